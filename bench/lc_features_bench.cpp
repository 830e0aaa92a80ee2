// Features of light curves in memory: the compute stage alone. Prints the seconds of each round beside those
// of a bare pass over the same bytes; bench/versus/lc_features.py makes the curves and checks the answers.
// lc_features_bench FOLDER BANDS FEATURES ROUNDS [DEVICE (cpu)] [THREADS (0: all)]
// FOLDER holds starts.i64 (objects x bands + 1), t.f64, flux.f64, error.f64; features.f64 is written there.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "host/clock.h"
#include "host/error.h"
#include "host/lc/features.h"
#include "host/parallel.h"

namespace {

using namespace sluice;

template <class T>
std::vector<T> read(const std::string& path) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!in) throw std::runtime_error(path + " cannot be read");
  std::vector<T> values(std::size_t(in.tellg()) / sizeof(T));
  in.seekg(0);
  in.read(reinterpret_cast<char*>(values.data()), std::streamsize(values.size() * sizeof(T)));
  return values;
}

lc::Curves load(const std::string& folder, const std::string& bands) {
  lc::Curves c;
  for (const char band : bands) c.bands.emplace_back(1, band);
  c.starts = read<std::int64_t>(folder + "/starts.i64");
  c.t = read<double>(folder + "/t.f64"), c.flux = read<double>(folder + "/flux.f64");
  c.error = read<double>(folder + "/error.f64");
  for (std::size_t i = 0; i < (c.starts.size() - 1) / bands.size(); ++i) c.objects.push_back(std::int64_t(i));
  return c;
}

/// Seconds to add up all bytes of the input: no feature can be had for less.
double bare_pass(const lc::Curves& c, int threads) {
  const std::size_t parts = 64, rows = c.t.size();
  std::vector<double> sums(parts * 8);
  const Clock clock;
  in_parallel(std::size_t(threads), parts, [&](std::size_t p) {
    for (const auto* x : {&c.t, &c.flux, &c.error}) {
      double sums_here[8] = {};
      for (std::size_t i = rows * p / parts; i + 8 <= rows * (p + 1) / parts; i += 8)
        for (std::size_t j = 0; j < 8; ++j) sums_here[j] += (*x)[i + j];
      for (const double s : sums_here) sums[p * 8] += s;
    }
  });
  const double seconds = clock.seconds();
  volatile double used = sums[0];
  (void)used;
  return seconds;
}

int run(int count, char** words) {
  if (count < 5)
    throw std::runtime_error("lc_features_bench FOLDER BANDS FEATURES ROUNDS [DEVICE] [THREADS]");
  const std::string folder = words[1];
  const lc::Curves curves = load(folder, words[2]);
  RunOptions options;
  options.device = count > 5 ? words[5] : "cpu";
  options.threads = count > 6 ? std::atoi(words[6]) : 0;
  Machine machine = open_machine(options);
  lc::FeatureOptions asked;
  asked.features = lc::parse_features(words[3]);
  lc::FeatureExtractor extractor(machine, curves.bands, asked);
  lc::Features features = extractor.compute(curves);  // warm
  std::printf("{\"threads\": %d, \"rows\": %lld, \"curves\": %lld, \"columns\": %zu, \"rounds\": [",
              machine.threads, static_cast<long long>(curves.rows()), static_cast<long long>(curves.curves()),
              features.columns.size());
  for (int i = 0; i < std::atoi(words[4]); ++i) {
    const double bare = bare_pass(curves, machine.threads);
    const Clock clock;
    features = extractor.compute(curves);
    std::printf("%s{\"seconds\": %.6f, \"bare\": %.6f}", i > 0 ? ", " : "", clock.seconds(), bare);
  }
  std::printf("], \"names\": [");
  for (std::size_t i = 0; i < features.columns.size(); ++i)
    std::printf("%s\"%s\"", i > 0 ? ", " : "", features.columns[i].name.c_str());
  std::printf("]}\n");
  std::ofstream out(folder + "/features.f64", std::ios::binary);
  out.write(reinterpret_cast<const char*>(features.values.data()),
            std::streamsize(8 * features.values.size()));
  return out.flush() ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
  try {
    return run(count, words);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "lc_features_bench: %s\n", error.what());
    return 1;
  }
}
