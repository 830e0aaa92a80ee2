// A picture of a file of any size: columns of a table or matrix as lines, points or histograms, a matrix as a
// heat map. plot_data() reads the file and leaves a figure of bounded size, the plain data of what is drawn;
// draw_plot() writes it, as often as there are outputs, from that one read.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/formats/csv/detect.h"
#include "host/matrix.h"
#include "host/picture/figure.h"
#include "host/run.h"

namespace sluice {

enum class PlotKind { kAuto, kLine, kScatter, kHistogram, kHeat };

struct PlotOptions {
  std::string input;
  OpenOptions input_options;  // raw data
  csv::Input table;           // a file of separated values; its path and `select` are not used

  PlotKind kind = PlotKind::kAuto;
  std::string x, color, y_error;  // columns by name, or by number from 0 in a matrix; empty: none
  std::vector<std::string> y;
  bool log_x = false, log_y = false, reverse_x = false, reverse_y = false;
  std::int64_t bins = 0;   // of a histogram; 0: by the data
  std::int64_t dots = -1;  // the most points that are drawn as dots; -1: 50000, more where all is pages

  std::optional<std::string> title, x_label, y_label;  // none: from the data
  std::vector<std::string> outputs;                    // .html: an interactive page
  int width = 1200, height = 1000;
  std::string colormap = "auto";
};

/// What became of the rows, and what stands for them in the picture.
struct PlotSummary {
  picture::Figure figure;  // one panel; layers say which data it is: points, lines, cells, bars
  std::optional<picture::ScatterLayer> sample;  // of the points behind a density, for pages
  std::string input;
  PlotKind kind = PlotKind::kAuto;
  std::string kind_reason;  // where the data decided the kind
  std::string form;         // "as density", "as lowest and highest values"; empty: every point is drawn
  std::string form_reason;
  std::int64_t rows = 0, columns = 0;  // columns: of a matrix drawn whole
  std::int64_t points = 0;             // that the picture stands for
  std::int64_t missing = 0;            // points left out: NaN, infinite or absent
  std::int64_t not_positive = 0;       // points left out of a logarithmic axis
  std::int64_t faulty = 0;             // rows that could not be read and were skipped
  RunSummary run;
  /// "read 1000 rows; 3 points without a value left out; drawn as density, as ..."
  std::string sentence() const;
};

const char* name_of(PlotKind kind);

/// Throws what is wrong with the outputs before anything is read: Error{kUsage} of an unknown extension or
/// size, Error{kOutput} where one exists and `force` is not set, or its folder is not there.
void check_plot(const PlotOptions& options, const RunOptions& run);

/// Memory: what the budget has; rows stay in memory where they fit a quarter of it, else the file is read
/// twice (a matrix as a heat map: once). Error{kUsage}: unknown columns or ones that make no sense;
/// Error{kInput}: a bad file, or nothing finite to draw.
PlotSummary plot_data(const PlotOptions& options, const RunOptions& run);

/// Writes the outputs, each through a working name. Error{kOutput}.
void draw_plot(const PlotOptions& options, const PlotSummary& data);

}  // namespace sluice
