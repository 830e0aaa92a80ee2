// The subcommands: each is a file that declares its records and makes one call into host/.
#pragma once
#include <vector>

#include "apps/frame/option.h"

namespace sluice {

frame::Command cov_command();
frame::Command design_command();
frame::Command devices_command();
frame::Command fit_command();
frame::Command generate_command();
frame::Command generate_graph_kind();  // of generate
frame::Command generate_lightcurves_kind();
frame::Command generate_series_kind();
frame::Command generate_table_kind();
frame::Command info_command();
frame::Command layout_command();
frame::Command lc_command();
frame::Command lc_features_kind();  // of lc
frame::Command lc_ingest_kind();
frame::Command lc_plot_kind();
frame::Command measure_command();
frame::Command merge_command();
frame::Command plot_command();
frame::Command svd_command();
frame::Command window_command();

/// All of them, in the order of help texts.
inline std::vector<frame::Command> all_commands() {
  return {cov_command(),    window_command(), lc_command(),     fit_command(),     merge_command(),
          design_command(), svd_command(),    layout_command(), measure_command(), generate_command(),
          info_command(),   plot_command(),   devices_command()};
}

}  // namespace sluice
