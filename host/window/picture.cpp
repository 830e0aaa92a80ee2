#include "host/window/picture.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>

#include "host/element.h"
#include "host/error.h"
#include "host/formats/csv/reader.h"
#include "host/picture/canvas.h"
#include "host/picture/figure.h"
#include "host/plot/envelope.h"
#include "host/window/along.h"
#include "host/window/files.h"
#include "host/window/spectrogram.h"

namespace sluice::window_detail {
namespace {

using i64 = std::int64_t;
constexpr i64 kMostLines = 8;  // that colours can tell apart
constexpr i64 kMostWindows = 10000, kFewestColumns = 64;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// values: (rows, channels), of windows [first, first + rows).
using Take = std::function<void(i64 first, i64 rows, const double* values)>;

void read_text(const Problem& p, const Dataset& s, Budget& budget, const Take& take) {
  csv::Options options;
  csv::Schema schema;
  for (i64 c = 0; c < p.channels; ++c) {
    csv::Column column;
    column.name = s.name + "_" + p.channel_name(c), column.type = csv::Type::kFloat;
    options.select.push_back(column.name);
    schema.columns.push_back(column);
  }
  Budget reading(std::min<std::uint64_t>(budget.left() / 2, 64 << 20), "--memory");
  std::vector<double> values;
  csv::read(p.options.output, options, schema, reading, [&](const csv::Batch& batch) {
    values.resize(std::size_t(batch.rows * p.channels));
    for (i64 c = 0; c < p.channels; ++c)
      for (i64 r = 0; r < batch.rows; ++r)
        values[std::size_t(r * p.channels + c)] = batch.columns[std::size_t(c)].floats[std::size_t(r)];
    take(batch.first_row, batch.rows, values.data());
  });
}

void read_matrix(const Problem& p, const Dataset& s, Budget& budget, const Take& take) {
  OpenOptions raw;
  const OutputSpec spec = output_spec(p);
  const bool whole = spec.format == FileFormat::kRaw;
  raw.rows = p.grid.windows(), raw.columns = p.channels, raw.has_shape = raw.has_type = whole;
  raw.type = s.type;
  const auto source = open_matrix(p.output == OutputKind::kHdf5 ? spec.path + ":/" + s.name : spec.path, raw);
  const i64 element = i64(size_of(s.type)), windows = p.grid.windows();
  const i64 rows = std::clamp<i64>((i64(1) << 20) / (p.channels * 16), 1, windows);
  const Share share(budget, std::uint64_t(rows * p.channels * 16), "windows for the picture");
  std::vector<char> bytes(std::size_t(rows * p.channels * element));
  std::vector<double> values(std::size_t(rows * p.channels));
  for (i64 first = 0; first < windows; first += rows) {
    const i64 n = std::min(rows, windows - first);
    source->read({first, 0, n, p.channels}, bytes.data(), p.channels * element);
    for (i64 i = 0; i < n * p.channels; ++i)
      values[std::size_t(i)] = sluice::element(bytes.data() + i * element, s.type, false);
    take(first, n, values.data());
  }
}

/// Lines of a panel: the channels, or of many their extent.
class Lines {
 public:
  explicit Lines(const Problem& p) : many_(p.channels > kMostLines), channels_(p.channels) {
    if (many_) names_ = {"highest channel", "median channel", "lowest channel"};
    for (i64 c = 0; c < p.channels && !many_; ++c)
      names_.push_back(p.names.empty() ? "channel " + std::to_string(c) : p.names[std::size_t(c)]);
    values_.resize(many_ ? std::size_t(channels_) : 0);
  }
  bool many() const { return many_; }
  const std::vector<std::string>& names() const { return names_; }
  /// One value a line, of a window's channels; NaN are passed over where lines stand for many.
  template <class F>
  void each(const double* channels, const F& take) {
    if (!many_) {
      for (i64 c = 0; c < channels_; ++c) take(std::size_t(c), channels[c]);
      return;
    }
    const auto end = std::copy_if(channels, channels + channels_, values_.begin(),
                                  [](double x) { return !std::isnan(x); });
    const auto n = end - values_.begin();
    if (n == 0) {
      for (std::size_t i = 0; i < 3; ++i) take(i, kNone);
      return;
    }
    std::nth_element(values_.begin(), values_.begin() + n / 2, end);
    const double median = values_[std::size_t(n / 2)];
    take(0, *std::max_element(values_.begin(), end)), take(1, median);
    take(2, *std::min_element(values_.begin(), end));
  }

 private:
  bool many_;
  i64 channels_;
  std::vector<std::string> names_;
  std::vector<double> values_;
};

std::string grouped(i64 n) {
  std::string digits = std::to_string(n);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

/// Those with one number a window and channel.
std::vector<const Dataset*> drawn(const Problem& p) {
  std::vector<const Dataset*> list;
  for (const Dataset& d : p.datasets)
    if (d.values == 1 && !d.cube && !d.complex) list.push_back(&d);
  return list;
}

}  // namespace

void check_picture(const WindowOptions& o, const RunOptions& run) {
  if (o.materialize)
    throw Error(ErrorKind::kUsage, "--picture: shows statistics: expected no --materialize",
                "sluice plot draws columns of any file");
  picture::picture_format(o.picture);
  picture::check_extents(o.picture_width, o.picture_height);
  if (o.picture == o.output)
    throw Error(ErrorKind::kUsage, "--picture " + o.picture + ": is the output: expected another name");
  if (!run.force && !run.resume && sys::exists(o.picture))
    throw Error(ErrorKind::kOutput, o.picture + ": exists already", "give --force to replace it");
  const std::filesystem::path folder = std::filesystem::path(o.picture).parent_path();
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder.empty() ? "." : folder, ignored))
    throw Error(ErrorKind::kOutput, o.picture + ": there is no folder " + folder.string());
}

void check_drawable(const Problem& p) {
  if (!p.options.picture.empty() && drawn(p).empty() && spectrum_of(p) == nullptr)
    throw Error(
        ErrorKind::kUsage,
        "--picture " + p.options.picture + ": expected a spectrum, or a statistic of one number a channel",
        "add one to --stats, or --psd");
}

std::string draw_statistics(const Problem& p, const RunOptions& run, Budget& budget) {
  const WindowOptions& o = p.options;
  const i64 windows = p.grid.windows();
  const std::vector<const Dataset*> shown = drawn(p);
  const i64 spectra = spectrum_of(p) == nullptr ? 0 : std::min(p.channels, kMostSpectrograms);
  const i64 panels = i64(shown.size()) + spectra;
  Lines lines(p);
  const Along along(p);
  const i64 line_count = i64(lines.names().size());
  // Of the points of all lines a quarter of the memory at most.
  const i64 most =
      std::clamp<i64>(i64(budget.left() / 4) / (16 * std::max<i64>(1, i64(shown.size())) * line_count),
                      4 * kFewestColumns, kMostWindows);
  const i64 columns = std::clamp<i64>(std::min<i64>(2 * o.picture_width, most / 4), kFewestColumns, 8192);
  const bool every = windows <= most;
  const Share share(budget,
                    std::uint64_t((every ? windows : 4 * columns) * 16 * panels * line_count +
                                  (every ? 0 : columns * 144 * line_count)),
                    "the lines of the picture");
  picture::Figure figure;
  const std::string input = o.input.substr(o.input.find_last_of('/') + 1);
  figure.kind = shown.empty() ? "Spectra of windows" : "Statistics of windows";
  figure.columns = panels <= 4 ? 1 : panels <= 10 ? 2 : 3;
  figure.rows = int((panels + figure.columns - 1) / figure.columns);
  figure.title = input + ": windows of " + o.size.text + (o.size.seconds ? "" : " samples");
  for (const Dataset* dataset : shown) {
    const Dataset& s = *dataset;
    picture::Panel panel;
    panel.x = along.axis, panel.y.label = s.name;
    const i64 number = i64(figure.panels.size());
    if (number + figure.columns < panels) panel.x.label.clear(), panel.x.unit.clear();
    if (s.name == "slope") panel.y.unit = p.has_time() ? "1/s" : "1/sample";
    std::vector<picture::LineLayer> layers(lines.names().size());
    std::vector<plot_detail::Envelope> envelopes;
    if (!every)
      envelopes.assign(layers.size(),
                       plot_detail::Envelope(along.at(0), along.at(windows - 1), columns, false));
    const Take take = [&](i64 first, i64 rows, const double* values) {
      if (run.stop != nullptr && run.stop->load()) throw Error(ErrorKind::kInterrupted, "interrupted");
      for (i64 r = 0; r < rows; ++r) {
        const double x = along.at(first + r);
        lines.each(values + r * p.channels, [&](std::size_t line, double y) {
          if (every)
            layers[line].x.push_back(x), layers[line].y.push_back(std::isfinite(y) ? y : kNone);
          else
            std::isfinite(y) ? envelopes[line].add(x, y) : envelopes[line].add_gap(x);
        });
      }
    };
    if (p.output == OutputKind::kCsv)
      read_text(p, s, budget, take);
    else
      read_matrix(p, s, budget, take);
    for (std::size_t i = 0; i < layers.size(); ++i) {
      if (!every) envelopes[i].append_to(layers[i]);
      // One legend says it for all panels.
      if (line_count > 1 && figure.panels.empty()) layers[i].name = lines.names()[i];
      const bool any = std::any_of(layers[i].y.begin(), layers[i].y.end(), [](double y) { return y == y; });
      if (any) panel.layers.emplace_back(std::move(layers[i]));
    }
    if (panel.layers.empty()) panel.empty = "no finite value";
    figure.panels.push_back(std::move(panel));
  }
  if (spectra > 0) add_spectrograms(p, spectra, run, budget, figure);
  std::string note;
  if (!every && !shown.empty())
    note = grouped(windows) + " windows as lowest and highest values in " + grouped(columns) + " columns";
  if (lines.many() && !shown.empty())
    note += (note.empty() ? "" : "; ") + std::string("of ") + grouped(p.channels) +
            " channels the highest, median and lowest";
  if (spectra > 0 && spectra < p.channels)
    note += (note.empty() ? "" : "; ") + std::string("spectra of the first ") + grouped(spectra) + " of " +
            grouped(p.channels) + " channels";
  figure.caption = note;
  if (!note.empty()) figure.caption[0] = char(std::toupper(static_cast<unsigned char>(note[0])));
  figure.description = (shown.empty() ? "Spectra of " : "Statistics of ") + grouped(windows) +
                       " windows of " + std::to_string(p.channels) + " channels" +
                       (note.empty() ? "." : "; " + note + ".");
  picture::draw(figure, o.picture, o.picture_width, o.picture_height);
  return note;
}

}  // namespace sluice::window_detail
