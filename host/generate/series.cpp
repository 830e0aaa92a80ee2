// A series of channels: numbers of a channel are a row of the backend's random matrix, then its kind makes of
// them what it is; channels are put side by side.
#include "host/generate_series.h"

#include <charconv>
#include <cmath>

#include "host/clock.h"
#include "host/error.h"
#include "host/fill.h"
#include "host/generate/waves.h"
#include "host/units.h"
#include "sluice_version.h"

namespace sluice {
namespace {

using i64 = std::int64_t;
using Kind = SeriesChannel::Kind;
constexpr i64 kSecondRows = i64(1) << 40;  // rows of the second numbers of gamma channels begin here
constexpr double kMost = 0x1p50;           // samples

struct KindName {
  const char* name;
  Kind kind;
  bool takes, needs;  // a value behind a colon
};
constexpr KindName kKinds[] = {
    {"normal", Kind::kNormal, false, false},    {"uniform", Kind::kUniform, false, false},
    {"gamma", Kind::kGamma, false, false},      {"ramp", Kind::kRamp, false, false},
    {"constant", Kind::kConstant, true, false}, {"sine", Kind::kSine, true, true}};

[[noreturn]] void wrong(const std::string& part) {
  throw Error(ErrorKind::kUsage,
              "--channels: expected normal, uniform, gamma, ramp, constant, constant:VALUE or "
              "sine:FREQUENCY, found '" +
                  part + "'",
              "for example --channels normal,gamma,ramp,constant,sine:0.01");
}

SeriesChannel parse_channel(const std::string& part) {
  const std::size_t colon = part.find(':');
  for (const KindName& k : kKinds) {
    if (part.substr(0, colon) != k.name) continue;
    SeriesChannel channel{k.kind, 1};
    if (colon == std::string::npos) {
      if (k.needs) wrong(part);
      return channel;
    }
    std::string value = part.substr(colon + 1);
    if (k.kind == Kind::kSine && value.ends_with("Hz")) value.resize(value.size() - 2);
    const char* const end = value.data() + value.size();
    const auto got = std::from_chars(value.data(), end, channel.value);
    if (!k.takes || got.ec != std::errc() || got.ptr != end || !std::isfinite(channel.value)) wrong(part);
    if (k.kind == Kind::kSine && channel.value < 0) wrong(part);
    return channel;
  }
  wrong(part);
}

i64 samples_of(const GenerateSeriesOptions& o) {
  if (!(o.rate > 0) || !std::isfinite(o.rate))
    throw Error(ErrorKind::kUsage, "--rate is missing: expected samples a second", "for example --rate 1Hz");
  if (o.channels.empty())
    throw Error(ErrorKind::kUsage, "--channels is missing", "for example --channels normal,sine:0.01");
  if ((o.samples > 0) == (o.days > 0))
    throw Error(ErrorKind::kUsage, "expected one of --days and --samples", "for example --days 30");
  if (!is_float(o.type))
    throw Error(ErrorKind::kUsage,
                std::string("--dtype ") + name_of(o.type) + ": expected float32 or float64");
  if (o.output.empty())
    throw Error(ErrorKind::kUsage, "an output is needed: -o FILE", "for example -o mag.npy");
  const double samples = o.samples > 0 ? double(o.samples) : o.days * 86400 * o.rate;
  const double whole = std::round(samples);
  if (!(whole >= 1) || std::fabs(samples - whole) > 1e-9 * whole)
    throw Error(ErrorKind::kUsage, "--days " + number(o.days) + ": expected a whole number of samples at " +
                                       number(o.rate) + " Hz, found " + number(samples));
  for (const SeriesChannel& channel : o.channels)
    if (channel.kind == Kind::kSine && !std::isfinite(channel.value / o.rate))
      throw Error(ErrorKind::kUsage, "--channels: sine:" + number(channel.value) +
                                         ": expected a number of turns a sample, found none at --rate " +
                                         number(o.rate));
  if (whole > kMost || whole * double(o.channels.size()) > 0x1p59)
    throw Error(ErrorKind::kUsage, number(whole) + " samples: more than a file can hold");
  return i64(whole);
}

/// Makes tiles of the series, with a device of its own and room for one channel's numbers.
class Lane {
 public:
  Lane(const GenerateSeriesOptions& o, i64 samples, Machine& m, const RunOptions& run, i64 most)
      : o_(o),
        samples_(samples),
        shared_(m.shared()),
        device_(*m.selection.backend,
                {m.selection.device, shared_ ? 1 : m.threads, run.late_seed, run.late_skip_wait}),
        stream_(device_),
        first_(device_, Memory::kPinned, most * 8, m.budgets->host, "random numbers"),
        second_(device_, Memory::kPinned, most * 8, m.budgets->host, "random numbers") {
    if (!shared_) drawn_ = Held(device_, Memory::kDevice, most * 8, m.budgets->device(), "random numbers");
  }

  void make(const Rect& piece, char* out) {
    for (i64 c = 0; c < piece.columns; ++c) {
      draw(o_.channels[std::size_t(piece.column + c)], piece.column + c, piece.row, piece.rows);
      const double* from = first_.as<double>();
      if (o_.type == DType::kFloat32)
        put(from, piece.rows, piece.columns, reinterpret_cast<float*>(out) + c);
      else
        put(from, piece.rows, piece.columns, reinterpret_cast<double*>(out) + c);
    }
  }

 private:
  template <class T>
  static void put(const double* from, i64 rows, i64 stride, T* to) {
    for (i64 r = 0; r < rows; ++r) to[r * stride] = T(from[r]);
  }
  void random(Distribution distribution, i64 row, i64 first, i64 n, double* to) {
    GenerateArgs args{};
    args.seed = o_.seed, args.distribution = distribution, args.type = DType::kFloat64;
    args.first_row = row, args.rows = 1, args.first_column = first, args.columns = args.ld = n;
    args.total_columns = samples_;
    args.out = shared_ ? to : drawn_.as<double>();
    stream_.run(args);
    if (!shared_) stream_.copy(to, drawn_.as<>(), n * 8);
    stream_.finish();
  }
  /// The channel's samples [first, first + n) to first_.
  void draw(const SeriesChannel& channel, i64 number, i64 first, i64 n) {
    double* const to = first_.as<double>();
    switch (channel.kind) {
      case Kind::kNormal:
        return random(Distribution::kNormal, number, first, n, to);
      case Kind::kUniform:
        return random(Distribution::kUniform, number, first, n, to);
      case Kind::kGamma:
        random(Distribution::kUniform, number, first, n, to);
        random(Distribution::kUniform, kSecondRows + number, first, n, second_.as<double>());
        return gamma_numbers(to, second_.as<double>(), n);
      case Kind::kRamp:
        for (i64 i = 0; i < n; ++i) to[i] = double(first + i);
        return;
      case Kind::kConstant:
        for (i64 i = 0; i < n; ++i) to[i] = channel.value;
        return;
      case Kind::kSine:
        return sine_wave(channel.value / o_.rate, first, n, to);
    }
  }

  const GenerateSeriesOptions& o_;
  i64 samples_;
  bool shared_;
  Device device_;
  Stream stream_;
  Held first_, second_, drawn_;
};

std::string fingerprint(const GenerateSeriesOptions& o, i64 samples) {
  std::string t = "operation: generate series\nversion: " + std::string(SLUICE_VERSION) + "\n";
  t += "--rate: " + number(o.rate) + "\n--samples: " + std::to_string(samples) + "\n";
  t += "--channels: " + text_of(o.channels) + "\n--seed: " + std::to_string(o.seed) + "\n";
  t += std::string("--dtype: ") + name_of(o.type) + "\n";
  return t + "dataset: " + parse_output(o.output, "series").dataset + "\n";
}

/// Lanes as many as there are threads and the memory holds, each of pieces as large as that leaves.
std::vector<StageTime> make_series(const GenerateSeriesOptions& o, const Filling& f, Machine& m) {
  m.device.reset();  // a context of all threads; here each thread has its own
  const ContextOptions one{m.selection.device, m.shared() ? 1 : m.threads, 0, 0};
  const std::uint64_t scratch = std::uint64_t(m.selection.backend->scratch_bytes(&one));
  i64 elements = piece_elements(f);
  const auto rows = [&] { return std::max<i64>(1, elements / f.columns); };
  const auto lane_bytes = [&] {
    return piece_bytes(f, elements) + 16 * std::uint64_t(rows()) + (m.shared() ? scratch : 0);
  };
  const std::uint64_t left = m.budgets->host.left();
  while (elements > 512 && lane_bytes() > left) elements /= 2;
  const int threads =
      m.shared() ? int(std::clamp<std::uint64_t>(left / lane_bytes(), 1, std::uint64_t(m.threads))) : 1;
  const Share scratches(m.budgets->device(), scratch * std::uint64_t(threads), "the backend's scratch");
  std::vector<std::unique_ptr<Lane>> lanes;
  return fill_result(f, threads, elements, [&]() -> Make {
    lanes.push_back(std::make_unique<Lane>(o, f.rows, m, f.run, rows()));
    return [lane = lanes.back().get()](const Rect& piece, char* out) { lane->make(piece, out); };
  });
}

}  // namespace

std::vector<SeriesChannel> parse_series_channels(const std::string& text) {
  std::vector<SeriesChannel> channels;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    channels.push_back(parse_channel(text.substr(at, comma - at)));
    at = comma + 1;
  }
  return channels;
}

std::string text_of(const std::vector<SeriesChannel>& channels) {
  std::string text;
  for (const SeriesChannel& c : channels)
    for (const KindName& k : kKinds)
      if (k.kind == c.kind) {
        text += (text.empty() ? "" : ",") + std::string(k.name);
        if (k.needs || (k.takes && c.value != 1)) text += ":" + number(c.value);
      }
  return text;
}

GenerateSeriesPlan plan_generate_series(const GenerateSeriesOptions& o) {
  GenerateSeriesPlan plan;
  plan.samples = samples_of(o);
  plan.bytes = std::uint64_t(plan.samples) * o.channels.size() * size_of(o.type);
  plan.disk_free = sys::free_space(parse_output(o.output, "series").path);
  return plan;
}

GenerateSeriesSummary generate_series(const GenerateSeriesOptions& o, const RunOptions& run) {
  const Clock total;
  GenerateSeriesSummary out;
  out.samples = samples_of(o);
  if (run.device == "check")
    throw Error(ErrorKind::kUsage, "--device check: series are not compared with serial",
                "run twice, with --device cpu and --device serial");
  OutputSpec spec = parse_output(o.output, "series");
  spec.rows = out.samples, spec.columns = i64(o.channels.size()), spec.type = o.type;
  Machine m = open_machine(run);
  Result result({spec}, fingerprint(o, out.samples),
                {{"command", run.command},
                 {"version", std::string("sluice ") + SLUICE_VERSION},
                 {"rate", number(o.rate)},
                 {"channels", text_of(o.channels)}},
                run);
  if (!result.complete()) {
    const Filling filling{result,    run,          m.budgets->host,        "generate",
                          spec.rows, spec.columns, i64(size_of(spec.type))};
    out.run.stages = make_series(o, filling, m);
    out.run.compute_seconds = total.seconds();
    result.finish();
  } else if (run.observer != nullptr) {
    run.observer->note("complete: nothing was left to do");
  }
  m.report(out.run);
  out.run.resumed = result.resumed();
  out.run.bytes_written = result.bytes_written();
  out.run.sync_seconds = result.sync_seconds();
  out.run.seconds = total.seconds();
  out.bytes = std::uint64_t(spec.rows) * std::uint64_t(spec.columns) * size_of(spec.type);
  out.format = spec.format == FileFormat::kNpy ? "npy" : spec.format == FileFormat::kHdf5 ? "hdf5" : "raw";
  out.open_hint = open_hint(spec);
  return out;
}

}  // namespace sluice
