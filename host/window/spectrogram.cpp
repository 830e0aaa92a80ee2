#include "host/window/spectrogram.h"

#include <fcntl.h>

#include <algorithm>
#include <cmath>

#include "host/element.h"
#include "host/error.h"
#include "host/formats/npy.h"
#include "host/picture/block_average.h"
#include "host/window/along.h"
#include "host/window/files.h"

namespace sluice::window_detail {
namespace {

using i64 = std::int64_t;
constexpr i64 kMostCells = 1000, kFewestCells = 64;  // in either direction
constexpr i64 kCellBytes = 40;

std::uint64_t data_begins(const OutputSpec& spec, const Dataset& d) {
  if (spec.format == FileFormat::kHdf5) return dataset_offset(spec.path, d.name);
  return spec.format == FileFormat::kNpy ? make_npy_header(d.type, d.complex, spec.shape).size() : 0;
}

void read(const sys::File& file, char* to, std::size_t bytes, std::uint64_t offset) {
  for (std::size_t got = 0; got < bytes;) {
    const std::size_t more = sys::read_some(file, to + got, bytes - got, offset + got);
    if (more == 0) throw Error(ErrorKind::kInput, file.path() + ": ends too early to be drawn");
    got += more;
  }
}

std::string label_of(const Problem& p, bool complex) {
  const std::string per = p.options.rate > 0 ? "Hz" : "cycle/sample";
  if (complex) return "power of stft";
  return p.spectra->density ? "power per " + per : "power";
}

/// Cells of frequencies x windows from a grid of windows x frequencies. What is less than 1e-12 of the
/// greatest power (120 dB down) is shown as that: below lies rounding, which would take most colours.
picture::ImageLayer image_of(const picture::BlockAverage& means) {
  picture::ImageLayer image;
  image.rows = means.columns(), image.columns = means.rows();
  const std::vector<double> grid = means.grid();
  double greatest = 0;
  for (const double power : grid) greatest = std::max(greatest, std::isfinite(power) ? power : 0);
  const double least = 1e-12 * greatest;
  image.cells.resize(grid.size());
  for (i64 r = 0; r < image.rows; ++r)
    for (i64 c = 0; c < image.columns; ++c)
      if (const double power = grid[std::size_t(c * image.rows + r)]; power == power)
        image.cells[std::size_t(r * image.columns + c)] = std::max(power, least);
      else
        image.cells[std::size_t(r * image.columns + c)] = power;
  image.log_colors = true;
  return image;
}

}  // namespace

const Dataset* spectrum_of(const Problem& p) {
  for (const Dataset& d : p.datasets)
    if (d.name == "psd" || d.name == "stft") return &d;
  return nullptr;
}

void add_spectrograms(const Problem& p, i64 channels, const RunOptions& run, Budget& budget,
                      picture::Figure& figure) {
  const Dataset& d = *spectrum_of(p);
  const OutputSpec spec = output_spec(p);
  const i64 windows = p.grid.windows(), frequencies = p.spectra->frequencies();
  const i64 element = i64(size_of(d.type)), row = p.channels * d.values * element, used = channels * d.values;
  const i64 rows = std::clamp<i64>((i64(1) << 20) / (used * 16), 1, windows);
  // Sums, means and the image of each cell: a quarter of the memory at most.
  const double fit = std::sqrt(double(budget.left() / 4) / double(channels * kCellBytes));
  const i64 side = std::clamp<i64>(i64(fit), kFewestCells, kMostCells);
  const i64 cells = std::min(windows, side) * std::min(frequencies, side);
  const Share share(budget,
                    std::uint64_t(rows * (used * element + frequencies * 8) + channels * cells * kCellBytes),
                    "spectra for the picture");
  std::vector<char> bytes(std::size_t(rows * used * element));
  std::vector<double> power(std::size_t(rows * frequencies));
  std::vector<picture::BlockAverage> means(std::size_t(channels),
                                           picture::BlockAverage(windows, frequencies, side));
  // Frequencies of both sides begin at 0: the negative ones, which follow, are drawn below.
  const i64 positive = p.spectra->two_sided ? (frequencies + 1) / 2 : frequencies;
  const sys::File file(spec.path, O_RDONLY);
  const std::uint64_t begin = data_begins(spec, d);
  for (i64 first = 0; first < windows; first += rows) {
    if (run.stop != nullptr && run.stop->load()) throw Error(ErrorKind::kInterrupted, "interrupted");
    const i64 n = std::min(rows, windows - first);
    for (i64 k = 0; k < n; ++k)
      read(file, bytes.data() + k * used * element, std::size_t(used * element),
           begin + std::uint64_t((first + k) * row));
    for (i64 c = 0; c < channels; ++c) {
      for (i64 k = 0; k < n; ++k)
        for (i64 f = 0; f < frequencies; ++f) {
          const i64 at = k * used + c * d.values + (d.complex ? 2 * f : f);
          const double x = sluice::element(bytes.data() + at * element, d.type, false);
          const double y = d.complex ? sluice::element(bytes.data() + (at + 1) * element, d.type, false) : 0;
          power[std::size_t(k * frequencies + f)] = d.complex ? x * x + y * y : x;
        }
      picture::BlockAverage& mean = means[std::size_t(c)];
      mean.add(first, frequencies - positive, n, positive, power.data(), frequencies);
      if (positive < frequencies)
        mean.add(first, 0, n, frequencies - positive, power.data() + positive, frequencies);
    }
  }
  const Along along(p);
  const double step = windows > 1 ? (along.at(windows - 1) - along.at(0)) / double(windows - 1) : 1;
  const double apart = frequencies > 1 ? p.spectra->frequency(1) - p.spectra->frequency(0) : 1;
  const double lowest = positive < frequencies ? p.spectra->frequency(positive) : p.spectra->frequency(0);
  for (i64 c = 0; c < channels; ++c) {
    picture::Panel panel;
    panel.x = along.axis;
    panel.y.label = "frequency", panel.y.unit = p.options.rate > 0 ? "Hz" : "cycles/sample";
    if (p.channels > 1)
      panel.title = p.names.empty() ? "channel " + std::to_string(c) : p.names[std::size_t(c)];
    picture::ImageLayer image = image_of(means[std::size_t(c)]);
    image.x_low = along.at(0), image.x_high = along.at(windows - 1) + step;
    image.y_low = lowest - apart / 2, image.y_high = lowest + (double(frequencies) - 0.5) * apart;
    if (!p.spectra->two_sided) panel.y.low = std::max(0.0, image.y_low);
    image.bar_label = label_of(p, d.complex);
    panel.layers.emplace_back(std::move(image));
    figure.panels.push_back(std::move(panel));
  }
}

}  // namespace sluice::window_detail
