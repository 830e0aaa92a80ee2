// A random matrix, file and table of pairs: what is asked for, checked; the pairs, chosen; the result, opened
// and finished. Its entries are drawn in on_host.cpp or on_device.cpp.
#include "host/generate.h"

#include <fcntl.h>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "host/clock.h"
#include "host/error.h"
#include "host/generate/entries.h"
#include "host/machine.h"
#include "host/result.h"
#include "host/units.h"
#include "sluice_version.h"

namespace sluice {
namespace {

using i64 = std::int64_t;

}  // namespace

void check_generate(const GenerateOptions& o) {
  if (o.rows < 1 || o.columns < 1)
    throw Error(ErrorKind::kUsage, "--shape: expected two extents of at least 1, found " +
                                       std::to_string(o.rows) + "x" + std::to_string(o.columns));
  if (__int128(o.rows) * o.columns > (__int128(1) << 60))
    throw Error(ErrorKind::kUsage, "--shape " + std::to_string(o.rows) + "x" + std::to_string(o.columns) +
                                       ": more elements than a file can hold");
  if (!is_float(o.type))
    throw Error(ErrorKind::kUsage,
                std::string("--dtype ") + name_of(o.type) + ": expected float32 or float64");
  if (o.output.empty())
    throw Error(ErrorKind::kUsage, "an output is needed: -o FILE", "for example -o big.npy");
  if (o.correlated_pairs < 0 || o.correlated_pairs > o.rows / 2)
    throw Error(ErrorKind::kUsage, "--correlated-pairs " + std::to_string(o.correlated_pairs) +
                                       ": disjoint pairs need two rows each: expected at most " +
                                       std::to_string(o.rows / 2));
  if (o.correlated_pairs > 0 && !(std::isfinite(o.low) && std::isfinite(o.high) && o.low <= o.high))
    throw Error(ErrorKind::kUsage,
                "--strength " + number(o.low) + ":" + number(o.high) + ": expected LOW:HIGH, LOW <= HIGH");
  if (o.distance < 0 || o.distance >= o.rows)
    throw Error(ErrorKind::kUsage, "--distance " + std::to_string(o.distance) + ": expected less than the " +
                                       std::to_string(o.rows) + " rows");
}

namespace {

/// Disjoint pairs (a, b) of distinct rows, chosen by the seed alone, sorted.
std::vector<std::pair<i64, i64>> choose_pairs(const GenerateOptions& o) {
  std::mt19937_64 random(o.seed ^ 0x9e3779b97f4a7c15ull);
  std::vector<std::pair<i64, i64>> pairs;
  std::vector<bool> taken(std::size_t(o.correlated_pairs > 0 ? o.rows : 0));
  auto below = [&](i64 n) { return i64(random() % std::uint64_t(n)); };
  if (o.correlated_pairs == 0) return pairs;
  if (o.distance == 0) {
    while (i64(pairs.size()) < o.correlated_pairs) {
      // The first free row at or after a random one: ends even when every row is to be in a pair.
      auto draw = [&] {
        i64 r = below(o.rows);
        while (taken[std::size_t(r)]) r = (r + 1) % o.rows;
        taken[std::size_t(r)] = true;
        return r;
      };
      const i64 a = draw(), b = draw();
      pairs.emplace_back(a, b);
    }
  } else {
    std::vector<i64> starts(static_cast<std::size_t>(o.rows - o.distance));
    std::iota(starts.begin(), starts.end(), i64(0));
    for (std::size_t i = starts.size(); i > 1; --i)
      std::swap(starts[i - 1], starts[std::size_t(below(i64(i)))]);
    for (i64 a : starts) {
      if (i64(pairs.size()) == o.correlated_pairs) break;
      if (taken[std::size_t(a)] || taken[std::size_t(a + o.distance)]) continue;
      taken[std::size_t(a)] = taken[std::size_t(a + o.distance)] = true;
      pairs.emplace_back(a, a + o.distance);
    }
    if (i64(pairs.size()) < o.correlated_pairs)
      throw Error(ErrorKind::kUsage,
                  "--distance " + std::to_string(o.distance) + ": " + std::to_string(o.rows) +
                      " rows leave room for " + std::to_string(pairs.size()) + " such pairs, expected " +
                      std::to_string(o.correlated_pairs),
                  "give fewer --correlated-pairs or another --distance");
  }
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

/// The table of pairs, written whole under a working name and then renamed.
void write_pairs(const std::string& path, const std::vector<std::pair<i64, i64>>& pairs,
                 const GenerateOptions& o) {
  std::string text = "row_a,row_b,low,high\n";
  for (const auto& [a, b] : pairs)
    text += std::to_string(a) + "," + std::to_string(b) + "," + number(o.low) + "," + number(o.high) + "\n";
  {
    const sys::File file(path + ".partial", O_WRONLY | O_CREAT | O_TRUNC);
    sys::write_at(file, text.data(), text.size(), 0);
    sys::sync_all(file);
  }
  sys::rename(path + ".partial", path);
}

std::string fingerprint(const GenerateOptions& o) {
  std::string t = "operation: generate matrix\nversion: " + std::string(SLUICE_VERSION) + "\n";
  t += "--shape: " + std::to_string(o.rows) + "x" + std::to_string(o.columns) + "\n";
  t += std::string("--dtype: ") + name_of(o.type) + "\n";
  t += std::string("--dist: ") + (o.distribution == Distribution::kNormal ? "normal" : "uniform") + "\n";
  t += "--seed: " + std::to_string(o.seed) + "\n";
  t += "--correlated-pairs: " + std::to_string(o.correlated_pairs) + "\n";
  t += "--strength: " + number(o.low) + ":" + number(o.high) + "\n";
  t += "--distance: " + std::to_string(o.distance) + "\n";
  t += "dataset: " + parse_output(o.output, "matrix").dataset + "\n";
  return t;
}

}  // namespace

GenerateSummary generate_matrix(const GenerateOptions& o, const RunOptions& run) {
  const Clock total;
  check_generate(o);
  Machine m = open_machine(run);
  GenerateSummary out;
  OutputSpec spec = parse_output(o.output, "matrix");
  spec.rows = o.rows, spec.columns = o.columns, spec.type = o.type;
  // A row's partner, and while distances are chosen its place in the draw.
  const Share rows(m.budgets->host, o.correlated_pairs > 0 ? std::uint64_t(o.rows) * 16 : 0,
                   "the table of pairs");
  const auto pairs = choose_pairs(o);
  if (!pairs.empty()) out.pairs_file = spec.path + ".pairs.csv";
  if (!pairs.empty() && !run.force && !run.resume && sys::exists(out.pairs_file))
    throw Error(ErrorKind::kOutput, out.pairs_file + ": exists already", "give --force to replace it");
  std::vector<i64> partner(pairs.empty() ? 0 : std::size_t(o.rows), -1);
  for (const auto& [a, b] : pairs) partner[std::size_t(b)] = a;

  Result result({spec}, fingerprint(o),
                {{"command", run.command}, {"version", std::string("sluice ") + SLUICE_VERSION}}, run);
  const i64 element = i64(size_of(o.type));
  if (!result.complete()) {
    const Entries entries{o, partner, result, run};
    out.run.stages = m.shared() ? draw_on_host(m, entries) : draw_on_device(m, entries);
    out.run.compute_seconds = total.seconds();
    if (!pairs.empty()) write_pairs(out.pairs_file, pairs, o);
    result.finish();
  } else if (run.observer != nullptr) {
    run.observer->note("complete: nothing was left to do");
  }
  m.report(out.run);
  out.run.resumed = result.resumed();
  out.run.bytes_written = result.bytes_written();
  out.run.sync_seconds = result.sync_seconds();
  out.run.seconds = total.seconds();
  out.bytes = std::uint64_t(o.rows) * std::uint64_t(o.columns) * std::uint64_t(element);
  out.format = spec.format == FileFormat::kNpy ? "npy" : spec.format == FileFormat::kHdf5 ? "hdf5" : "raw";
  out.open_hint = open_hint(spec);
  return out;
}

}  // namespace sluice
