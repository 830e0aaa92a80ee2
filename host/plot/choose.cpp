#include "host/plot/choose.h"

#include <fcntl.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "host/error.h"
#include "host/formats/hdf5.h"
#include "host/formats/names.h"
#include "host/formats/npy.h"
#include "host/nearest.h"
#include "host/plot/build.h"

namespace sluice::plot_detail {
namespace {

[[noreturn]] void refuse(const std::string& what, const std::string& advice = {}) {
  throw Error(ErrorKind::kUsage, what, advice);
}

bool numbered(const std::vector<std::string>& names) {
  return names.size() > 1 && names[0] == "0" && names[1] == "1" &&
         names.back().find_first_not_of("0123456789") == std::string::npos;
}

std::string listed(const std::vector<std::string>& names) {
  if (numbered(names)) return "0 to " + names.back();
  std::string list;
  for (std::size_t i = 0; i < names.size() && i < 12; ++i) list += (i == 0 ? "" : ", ") + names[i];
  return names.size() > 12 ? list + ", ... (" + std::to_string(names.size()) + ")" : list;
}

void check_name(const PlotOptions& options, const char* option, const std::string& name,
                const std::vector<std::string>& names) {
  if (name.empty() || std::find(names.begin(), names.end(), name) != names.end()) return;
  const std::string near = numbered(names) ? "" : nearest(name, names);
  refuse(options.input + ": " + option + ": unknown column '" + name + "'" +
             (near.empty() ? "" : "; did you mean " + near + "?"),
         "there are: " + listed(names));
}

/// Columns where none is named: one is drawn, of two the second over the first.
void take_defaults(const PlotOptions& options, const std::vector<std::string>& names, Choice& c) {
  if (names.size() == 1) {
    c.y = names;
  } else if (names.size() == 2 && c.kind != PlotKind::kHistogram) {
    c.x = names[0], c.y = {names[1]};
  } else {
    refuse(options.input + ": which columns? expected --x, --y or both", "there are: " + listed(names));
  }
}

bool drawn_whole(const PlotOptions& options, const MatrixInfo& matrix) {
  if (!options.x.empty() || !options.y.empty() || !options.color.empty() || !options.y_error.empty())
    return false;
  if (options.kind == PlotKind::kHeat || options.kind == PlotKind::kHistogram) return true;
  return options.kind == PlotKind::kAuto && matrix.dimensions > 1 && matrix.columns > 2 && matrix.rows > 1;
}

void settle_kind(Choice& c) {
  if (c.kind == PlotKind::kHistogram) {
    if (c.x.empty() && c.y.size() == 1) c.x.swap(c.y.front()), c.y.clear();
    if (!c.y.empty()) refuse("--kind hist: expected one column, --x; found --y too");
    if (!c.error.empty()) refuse("--y-error: error bars are of points: expected --kind scatter");
    return;
  }
  if (c.y.empty()) {
    if (c.kind != PlotKind::kAuto) refuse(std::string("--kind ") + name_of(c.kind) + ": expected --y");
    if (!c.error.empty()) refuse("--y-error: expected --y");
    c.kind = PlotKind::kHistogram, c.kind_reason = "only --x is given";
    return;
  }
  const bool not_points = c.kind == PlotKind::kLine || c.kind == PlotKind::kHeat;
  if (!c.error.empty() && not_points) refuse("--y-error: error bars are of points: expected --kind scatter");
  if (!c.color.empty() && c.y.size() > 1)
    refuse("--color: expected one --y, found " + std::to_string(c.y.size()));
  if (!c.error.empty() && c.y.size() > 1)
    refuse("--y-error: expected one --y, found " + std::to_string(c.y.size()));
  if (c.kind != PlotKind::kAuto) return;
  if (!c.error.empty())
    c.kind = PlotKind::kScatter, c.kind_reason = "there are error bars";
  else if (!c.color.empty())
    c.kind = PlotKind::kScatter, c.kind_reason = "points have colours";
  else if (c.x.empty())
    c.kind = PlotKind::kLine, c.kind_reason = "x is the number of the row";
}

}  // namespace

bool is_matrix(const PlotOptions& options) {
  const bool raw = options.input_options.has_shape || options.input_options.has_type;
  if (raw && options.table.is_table)
    refuse("--shape and --dtype are of raw data, the options of tables are not: expected one of both");
  if (raw) return true;
  if (options.table.is_table || csv::has_table_name(options.input)) return false;
  const FileName name = split_input(options.input);
  std::error_code code;
  if (!name.dataset.empty() || has_hdf5_name(name.file) || ends_with(name.file, ".npy") ||
      !std::filesystem::is_regular_file(name.file, code))
    return true;  // whose errors fit
  const sys::File file(name.file, O_RDONLY);
  unsigned char bytes[1024];
  const std::size_t have = sys::read_some(file, bytes, sizeof bytes, 0);
  const bool compressed =
      have > 4 && (std::memcmp(bytes, "\x1f\x8b", 2) == 0 || std::memcmp(bytes, "\x28\xb5\x2f\xfd", 4) == 0);
  if (compressed) return false;
  return have == 0 || has_npy_magic(bytes, have) || is_hdf5(file) || std::memchr(bytes, 0, have) != nullptr;
}

Choice choose(const PlotOptions& options, const std::vector<std::string>& names, const MatrixInfo* matrix) {
  Choice c{options.kind, {}, options.x, options.color, options.y_error, options.y};
  if (matrix != nullptr && drawn_whole(options, *matrix)) {
    c.whole = true;
    if (c.kind == PlotKind::kAuto)
      c.kind = PlotKind::kHeat, c.kind_reason = "no columns of the matrix are named";
    if (c.kind == PlotKind::kHeat && (options.log_x || options.log_y))
      refuse("--log: rows and columns of a matrix have no logarithm: expected --x and --y");
    return c;
  }
  check_name(options, "--x", c.x, names), check_name(options, "--color", c.color, names);
  check_name(options, "--y-error", c.error, names);
  for (const std::string& y : c.y) check_name(options, "--y", y, names);
  if (c.x.empty() && c.y.empty()) take_defaults(options, names, c);
  settle_kind(c);
  return c;
}

void choose_by_order(Choice& c, const Series& series, const Surveys& seen) {
  if (c.kind != PlotKind::kAuto) return;
  const bool line = seen.x.ascending && seen.x.range.finite > 1;
  c.kind = line ? PlotKind::kLine : PlotKind::kScatter;
  c.kind_reason = series.x().name + (line ? " ascends" : " does not ascend");
}

void check_parts(const PlotOptions& options, const Choice& c, const Series& series) {
  const auto no_category = [&](const TableColumn& column, const char* option) {
    if (column.kind != ColumnKind::kCategory) return;
    refuse(
        options.input + ": " + option + " " + column.name + ": expected numbers or times, found categories",
        "--color " + column.name + " tells them apart");
  };
  no_category(series.x(), "--x");
  for (std::size_t k = 0; k < series.y_count(); ++k) no_category(series.y(k), "--y");
  if (options.log_x && series.x().kind == ColumnKind::kTime)
    refuse("--log x: " + series.x().name + " holds times, which have no logarithm");
  for (std::size_t k = 0; k < series.y_count(); ++k)
    if (series.y(k).kind == ColumnKind::kTime && (options.log_y || series.y_count() > 1))
      refuse(options.input + ": --y " + series.y(k).name + ": expected numbers, found times");
  const TableColumn* color = series.color();
  if (color == nullptr) return;
  if (color->kind == ColumnKind::kTime)
    refuse(options.input + ": --color " + color->name + ": expected numbers or categories, found times");
  if (color->kind == ColumnKind::kNumber && (c.kind == PlotKind::kLine || c.kind == PlotKind::kHistogram))
    refuse(options.input + ": --color " + color->name + ": a " + name_of(c.kind) +
           " has one colour: expected categories, found numbers");
  if (color->levels.size() > kMostSeries)
    refuse(options.input + ": --color " + color->name + ": expected at most " + std::to_string(kMostSeries) +
           " categories, found " + std::to_string(color->levels.size()));
}

}  // namespace sluice::plot_detail
