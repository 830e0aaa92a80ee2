#include "host/window/problem.h"

#include <fcntl.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "host/error.h"
#include "host/formats/names.h"
#include "host/formats/output.h"
#include "host/units.h"
#include "host/window/input.h"
#include "host/window/materialize.h"
#include "host/window/series.h"
#include "sluice_version.h"

namespace sluice::window_detail {
namespace {

constexpr double kMost = double(std::int64_t(1) << 48);

OutputKind kind_of(const WindowOptions& o, std::size_t statistics) {
  if (o.output.empty()) return OutputKind::kNone;
  if (ends_with(o.output, ".csv") && o.materialize)
    throw Error(ErrorKind::kUsage, o.output + ": windows themselves are not written as text",
                "give a name that ends with .npy or .h5");
  if (ends_with(o.output, ".csv")) return OutputKind::kCsv;
  for (const char* other :
       {".tsv", ".tab", ".psv", ".txt", ".CSV", ".csv.gz", ".png", ".svg", ".pdf", ".html"})
    if (ends_with(o.output, other))
      throw Error(ErrorKind::kUsage, o.output + ": statistics are not written in that format",
                  "give a name that ends with .h5, .csv or .npy (one statistic)");
  const OutputSpec spec = parse_output(o.output, "windows");
  if (spec.format == FileFormat::kHdf5) {
    if (spec.path != o.output)
      throw Error(ErrorKind::kUsage,
                  o.output + ": expected the name of a file alone: each statistic is a dataset",
                  "give -o " + spec.path);
    return OutputKind::kHdf5;
  }
  if (statistics > 1)
    throw Error(ErrorKind::kUsage,
                o.output + ": holds one statistic: expected one, found " + std::to_string(statistics),
                "give an output that ends with .h5 or .csv, or one of the --stats");
  return OutputKind::kMatrix;
}

void check(const WindowOptions& o) {
  if (o.time.empty() && !o.origin.empty())
    throw Error(ErrorKind::kUsage, "--origin: goes with --time",
                "without times, window 0 begins at sample 0");
  if (!o.time.empty() && o.rate > 0)
    throw Error(ErrorKind::kUsage, "--rate and --time: expected one of them: both say when samples are");
  if (!o.time.empty()) check_lengths(o);
  if (o.materialize && !o.statistics.empty())
    throw Error(ErrorKind::kUsage, "--materialize and --stats: expected one of them",
                "run twice, with two outputs");
  if (!std::isfinite(o.rate) || o.rate < 0)
    throw Error(ErrorKind::kUsage,
                "--rate " + number(o.rate) + ": expected a positive number of samples a second");
  if (!std::isfinite(o.scale) || o.scale == 0 || !std::isfinite(o.scale_offset))
    throw Error(ErrorKind::kUsage, "--scale " + number(o.scale) + ": expected a number that is not 0");
  if (o.min_count && !o.omit_nan)
    throw Error(ErrorKind::kUsage, "--min-count: goes with --nan omit",
                "with --nan propagate one NaN makes a window NaN");
  if (o.min_count && *o.min_count < 0)
    throw Error(ErrorKind::kUsage, "--min-count " + std::to_string(*o.min_count) + ": expected at least 0");
}

/// What is windows x channels x values fits into one kind of file.
void check_paired(const Problem& p) {
  for (const Dataset& d : p.datasets)
    if (p.output == OutputKind::kCsv ? d.values != 1 || d.cube
                                     : p.output == OutputKind::kMatrix && d.values != 1 && !d.cube)
      throw Error(ErrorKind::kUsage,
                  p.options.output + ": has two dimensions, and " + d.name +
                      " has three: windows, channels and " +
                      std::to_string(d.complex ? d.values / 2 : d.values) + " values of each",
                  "give an output that ends with .h5");
  if (!p.paired.empty() && p.options.omit_nan)
    throw Error(ErrorKind::kUsage, "--nan omit: cov and corr take all samples of a window",
                "a NaN makes its channel's entries NaN");
}

}  // namespace

std::int64_t samples_of(const char* option, const WindowLength& length, double rate) {
  double samples = length.value;
  if (length.seconds) {
    if (rate <= 0)
      throw Error(ErrorKind::kUsage,
                  std::string(option) + " " + length.text + ": a time needs a sampling rate",
                  "for example --rate 400Hz");
    samples *= rate;
    const double whole = std::round(samples);
    if (std::fabs(samples - whole) > 1e-9 * std::max(1.0, whole))
      throw Error(ErrorKind::kUsage, std::string(option) + " " + length.text +
                                         ": expected a whole number of samples at " + number(rate) +
                                         " Hz, found " + number(samples));
    samples = whole;
  }
  if (samples > kMost)
    throw Error(ErrorKind::kUsage,
                std::string(option) + " " + length.text + ": expected at most " + number(kMost) + " samples");
  if (!(samples >= 1) || samples != std::floor(samples))
    throw Error(ErrorKind::kUsage, std::string(option) + " " + length.text +
                                       ": expected at least one sample, a whole number of them");
  return std::int64_t(samples);
}

std::int64_t Problem::border_before(std::int64_t sample) const {
  if (sample >= grid.samples) return grid.samples;
  const WindowSegment s = grid.segment(grid.segment_of(sample));
  return sample < s.begin ? sample : s.begin;  // a gap may be cut anywhere
}

namespace {

/// The rate that the files say; 0: none does. Error{kInput}: they disagree.
double rate_of(const std::vector<std::string>& files) {
  double rate = 0;
  const std::string* says = nullptr;
  for (const std::string& file : files) {
    const double here = rate_of_file(file);
    if (here == 0) continue;
    if (says != nullptr && here != rate)
      throw Error(ErrorKind::kInput,
                  file + ": rate of another: expected " + number(rate) + " Hz, as " + *says +
                      " says, found " + number(here) + " Hz",
                  "give --rate to take all of them as one");
    rate = here, says = &file;
  }
  return rate;
}

/// The series behind the input, and where samples have times these too.
void open_input(Problem& p, const std::vector<std::string>& files, const Opening& opening) {
  const WindowOptions& o = p.options;
  const std::string beside =
      o.output.empty() || opening.plan ? (std::filesystem::temp_directory_path() / "x").string() : o.output;
  if (is_table(o, files)) {
    p.table = std::make_unique<Table>(o, files, opening.run);
    p.names = p.table->channels(), p.identities = p.table->identities();
    if (p.table->has_time() && !opening.plan && opening.before_reading) opening.before_reading(p);
    if (p.table->has_time()) opening.plan ? p.table->read_times() : p.table->read(beside);
    p.source = p.table->matrix();
  } else {
    p.source = open_series(o.input, files, o.input_options, o.channels_are_rows);
    p.identities = p.source->identities();
    double given = 0;
    if (o.rate == 0 && o.time.empty()) p.options.rate = given = rate_of(files);
    if (given > 0) p.notes.push_back("--rate " + number(p.options.rate) + "Hz, as " + files[0] + " says");
  }
  const MatrixInfo& info = p.source->info();
  // One-dimensional data are one channel, whichever way.
  p.across = !o.channels_are_rows && info.dimensions > 1;
  p.channels = p.across ? info.columns : info.rows;
  p.layout = p.across != info.fortran ? Layout::kObservations : Layout::kVariables;
  p.samples = p.across ? info.rows : info.columns;
  if (o.time.empty() || p.samples == 0) return;
  p.times = std::make_unique<Times>();
  p.times->samples = p.samples;
  if (p.table) {
    p.times->spill = p.table->times(), p.times->iso = p.table->iso_times(), p.times->zoned = p.table->zoned();
  } else {
    p.times->spill = read_times(o.time, p.samples, beside);
  }
  p.identities = p.identities_now();
  survey(*p.times);
  place(*p.times, o);
  if (!p.times->regular) return;
  p.options.rate = 1e9 / double(p.times->interval);
  p.notes.push_back("the samples are equally spaced, every " + number(double(p.times->interval) / 1e9) +
                    " s: windows have equally many");
}

void check_length(const Problem& p) {
  const WindowOptions& o = p.options;
  if (p.samples == 0 || p.channels == 0)
    throw Error(ErrorKind::kInput, o.input + ": holds nothing: expected samples and channels, found " +
                                       std::to_string(p.samples) + " x " + std::to_string(p.channels));
  if (p.samples > std::int64_t(kMost))
    throw Error(ErrorKind::kInput,
                o.input + ": " + std::to_string(p.samples) + " samples: expected at most 2^48");
}

/// The grid, in samples or where these have times of their own in units of time.
void place_windows(Problem& p) {
  const WindowOptions& o = p.options;
  if (p.times) {
    p.grid = grid_of(*p.times, o.partial);
    p.asked_size = p.times->size / p.times->unit;
    if (p.grid.samples < p.asked_size && o.partial == Partial::kDrop)
      throw Error(
          ErrorKind::kInput,
          o.input + ": is shorter than a window: expected " + o.size.text + ", found " +
              human_seconds((double(p.times->last) - double(p.times->origin) + double(p.times->interval)) /
                            1e9),
          "--partial keep takes what there is");
    return;
  }
  p.asked_size = samples_of("--size", o.size, p.options.rate);
  const std::int64_t step =
      o.step.value == 0 && o.step.text.empty() ? p.asked_size : samples_of("--step", o.step, p.options.rate);
  check_length(p);
  if (p.samples < p.asked_size && o.partial == Partial::kDrop)
    throw Error(
        ErrorKind::kInput,
        o.input + ": is shorter than a window: expected at least " + std::to_string(p.asked_size) +
            " samples, found " + std::to_string(p.samples),
        p.channels > p.samples && p.channels >= p.asked_size && !p.table
            ? (o.channels_are_rows ? "did you mean --variables columns?" : "did you mean --variables rows?")
            : "--partial keep takes what there is");
  p.grid = {p.samples, std::min(p.asked_size, p.samples), step, o.partial};
}

/// What is made of each window, and the datasets that it makes.
void open_statistics(Problem& p, DType type, DType result) {
  Statistics found;
  if (!p.options.statistics.empty()) found = parse_statistics(p.options.statistics, result, p.channels);
  const SpectrumOptions& asked = p.options.spectrum;
  const bool spectra = asked.psd || asked.stft || !asked.bands.empty() || !found.spectral.empty();
  if (p.timed() && (spectra || !found.ordered.empty() || !found.paired.empty()))
    throw Error(ErrorKind::kUsage,
                "windows of times that are not equally spaced: expected statistics that merge (count, mean, "
                "sum, std, var, min, max and their likes), found others",
                "sluice window --help lists them");
  constexpr std::int64_t kMostOrdered = (std::int64_t(1) << 30) - 1;
  if (!found.ordered.empty() && p.grid.size > kMostOrdered)
    throw Error(ErrorKind::kUsage, "--size " + p.options.size.text +
                                       ": expected fewer than 2^30 samples for " +
                                       found.datasets[std::size_t(found.ordered[0].dataset)].name);
  p.spectra = open_spectra(p.options, p.asked_size, type, result, found);
  p.statistics = std::move(found.merged), p.ordered = std::move(found.ordered);
  p.paired = std::move(found.paired), p.datasets = std::move(found.datasets);
  check_paired(p);
}

}  // namespace

std::vector<sys::Identity> Problem::identities_now() const {
  std::vector<sys::Identity> now = source->identities();
  if (times != nullptr && table == nullptr)
    now.push_back(sys::identity(sys::File(split_input(options.time).file, O_RDONLY)));
  return now;
}

Problem open_problem(const WindowOptions& o, const Opening& opening) {
  check(o);
  Problem p;
  p.options = o;
  const SpectrumOptions& asked = o.spectrum;
  const std::size_t spectra = (asked.psd ? 1 : 0) + (asked.stft ? 1 : 0) + (asked.bands.empty() ? 0 : 1);
  if (p.options.statistics.empty() && spectra == 0 && !o.materialize)
    p.options.statistics = {"mean", "std", "min", "max"};
  p.output = kind_of(o, p.options.statistics.size() + spectra);
  open_input(p, input_files(o, p.notes), opening);
  check_length(p);
  place_windows(p);
  // Text has no type: its numbers are those of float64.
  const DType type = p.source->info().type;
  const bool single = type == DType::kFloat32 && p.output != OutputKind::kCsv;
  if (!o.materialize) open_statistics(p, type, single ? DType::kFloat32 : DType::kFloat64);
  p.window_type = is_float(type) || (o.scale == 1 && o.scale_offset == 0) ? type : DType::kFloat64;
  if (o.materialize) check_materialize(p);
  const double rate = p.timed() ? 1e9 / double(p.times->unit) : p.options.rate;
  p.rules = {o.ddof, o.omit_nan ? 1 : 0, o.min_count.value_or(1), rate > 0 ? rate : 1};
  if (p.table && !p.table->is_read() && !opening.plan) {
    if (opening.before_reading) opening.before_reading(p);
    p.table->read(o.output);
    p.source = p.table->matrix();
  }
  return p;
}

std::string fingerprint(const Problem& p, const Machine& m) {
  const WindowOptions& o = p.options;
  const MatrixInfo& info = p.source->info();
  std::string t = "operation: window\nversion: " + std::string(SLUICE_VERSION) + "\n";
  const auto line = [&](const char* key, const std::string& value) {
    t += std::string(key) + ": " + value + "\n";
  };
  line("device", identity_text(m));
  line("input", o.input);
  for (const sys::Identity& i : p.identities)
    line("input file", std::to_string(i.bytes) + " bytes, modified " + std::to_string(i.modified_ns) +
                           ", inode " + std::to_string(i.inode));
  line("input elements",
       std::to_string(info.rows) + " x " + std::to_string(info.columns) + " " + name_of(info.type) +
           (info.swapped ? ", other byte order" : "") + (info.fortran ? ", Fortran order" : "") +
           (p.source->flat() ? ", from byte " + std::to_string(p.source->data_offset()) : ""));
  line("--variables", p.across ? "columns" : "rows");
  if (p.table) {
    std::string names;
    for (const std::string& name : p.names) names += (names.empty() ? "" : ",") + name;
    line("--columns", names);
    line("table", p.table->dialect_text());
  }
  if (p.times) {
    line("--time", o.time);
    line("--origin", std::to_string(p.times->origin));
    line("unit", std::to_string(p.times->unit) + " ns");
  }
  if (o.materialize) line("--materialize", name_of(p.window_type));
  line("--size", std::to_string(p.asked_size));
  line("--step", std::to_string(p.grid.step));
  line("--rate", number(o.rate));
  line("--partial", o.partial == Partial::kDrop ? "drop" : o.partial == Partial::kKeep ? "keep" : "pad");
  line("--scale", number(o.scale));
  line("--scale-offset", number(o.scale_offset));
  std::string names;
  for (const Dataset& d : p.datasets) names += (names.empty() ? "" : ",") + d.name;
  line("--stats", names);
  if (p.spectra) {
    for (const auto& [key, value] : describe(*p.spectra)) line(("--" + key).c_str(), value);
    std::string bands;
    for (const auto& [low, high] : o.spectrum.bands)
      bands += (bands.empty() ? "" : ",") + number(low) + ":" + number(high);
    line("--band-power", bands);
  }
  line("--ddof", std::to_string(o.ddof));
  line("--nan", o.omit_nan ? "omit" : "propagate");
  line("--min-count", std::to_string(p.rules.min_count));
  return t;
}

std::vector<std::string> advice(const Problem& p) {
  std::vector<std::string> lines;
  if (p.times && p.times->first < p.times->origin)
    lines.push_back("samples before --origin are in no window");
  if (p.grid.step > p.asked_size && p.timed())
    lines.push_back("the step is beyond the size: samples between two windows are in none");
  else if (p.grid.step > p.asked_size)
    lines.push_back("the step is beyond the size: " + std::to_string(p.grid.step - p.asked_size) +
                    " samples between two windows are in none");
  if (p.channels > 1000 && p.grid.samples < p.channels)
    lines.push_back("there are more channels than samples; did you mean --variables " +
                    std::string(p.across ? "rows" : "columns") + "?");
  return lines;
}

}  // namespace sluice::window_detail
