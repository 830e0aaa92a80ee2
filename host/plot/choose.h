// What is drawn of a file: which columns play which part, and which kind of picture. What the user left open
// follows from the file, and the reason is kept to be said.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "host/plot/series.h"

namespace sluice::plot_detail {

/// True where the file is a matrix (.npy, HDF5, or raw with shape and type), false for separated values.
bool is_matrix(const PlotOptions& options);

/// The parts as names; `whole`: all entries of a matrix, as a heat map or a histogram.
struct Choice {
  PlotKind kind = PlotKind::kAuto;
  std::string kind_reason;
  std::string x, color, error;
  std::vector<std::string> y;
  bool whole = false;
};

/// names: of the columns ("0", "1", ... of a matrix). Error{kUsage} for unknown names, and for parts that do
/// not go together.
Choice choose(const PlotOptions& options, const std::vector<std::string>& names, const MatrixInfo* matrix);

/// The kind, where the order of the values decides it.
void choose_by_order(Choice& choice, const Series& series, const Surveys& seen);

/// Error{kUsage} where a part cannot be played by what its column holds.
void check_parts(const PlotOptions& options, const Choice& choice, const Series& series);

}  // namespace sluice::plot_detail
