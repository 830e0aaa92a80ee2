// Separated values to columns: four numbers of 17 digits and a category a row. Prints the rates of both
// passes and of their parts beside a plain scan of the same bytes in memory; fails where a sum differs.
// Arguments: MiB of text (256), threads (0: all), a folder for the file (/tmp).
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "host/formats/csv/reader.h"
#include "host/formats/csv/structure.h"

namespace {

using namespace sluice::csv;

struct Made {
  std::size_t bytes = 0;
  std::int64_t rows = 0;
  double sum = 0;  // of the first column, row by row
};

Made make(const std::string& path, std::size_t bytes) {
  const char* const levels[] = {"red", "green", "blue", "yellow", "violet"};
  std::mt19937_64 random(1);
  std::ofstream file(path, std::ios::binary);
  std::string text = "a,b,c,d,colour\n";
  Made made;
  while (made.bytes < bytes) {
    char line[200];
    double values[4];
    for (double& value : values) value = double(random() >> 11) * 0x1p-53;
    const int size = std::snprintf(line, sizeof line, "%.17g,%.17g,%.17g,%.17g,%s\n", values[0], values[1],
                                   values[2], values[3], levels[random() % 5]);
    text.append(line, std::size_t(size));
    made.sum += values[0];
    ++made.rows;
    if (text.size() > (1 << 20) || made.bytes + text.size() >= bytes) {
      file << text;
      made.bytes += text.size();
      text.clear();
    }
  }
  return made;
}

template <class F>
double median_seconds(const F& work) {
  std::vector<double> seconds;
  for (int i = 0; i < 3; ++i) {
    const auto start = std::chrono::steady_clock::now();
    work();
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  std::sort(seconds.begin(), seconds.end());
  return seconds[1];
}

bool report(const char* what, std::size_t bytes, double seconds, bool right) {
  std::printf("{\"what\": \"%s\", \"seconds\": %.4f, \"GB/s\": %.3f%s}\n", what, seconds,
              double(bytes) / seconds / 1e9, right ? "" : ", \"wrong\": true");
  return right;
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t bytes = std::size_t(argc > 1 ? std::atoi(argv[1]) : 256) << 20;
  Options options;
  options.threads = argc > 2 ? std::atoi(argv[2]) : 0;
  const std::string path =
      std::string(argc > 3 ? argv[3] : "/tmp") + "/sluice_csv_bench_" + std::to_string(getpid());
  const Made made = make(path, bytes);
  bool right = true;
  {
    std::ifstream file(path, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    const auto* data = reinterpret_cast<const unsigned char*>(text.data());
    std::int64_t lines = 0;
    const double plain = median_seconds([&] { lines = std::count(text.begin(), text.end(), '\n'); });
    right &= report("counting line ends in memory, one thread", text.size(), plain, lines == made.rows + 1);
    std::uint64_t found = 0;
    const double structure = median_seconds([&] { found = Structure({}).passage(data, text.size()).lf; });
    right &= report("structure in memory, one thread", text.size(), structure,
                    found == std::uint64_t(made.rows) + 1);
  }
  Schema schema;
  std::uint64_t peak = 0;
  const double first = median_seconds([&] {
    sluice::Budget budget(256 << 20, "--memory");
    schema = scan(path, options, budget);
    peak = budget.peak();
  });
  right &= report("first pass: names, types, ranges", made.bytes, first,
                  schema.rows == made.rows && schema.columns[4].levels.size() == 5);
  double sum = 0;
  const double second = median_seconds([&] {
    sluice::Budget budget(256 << 20, "--memory");
    sum = 0;
    read(path, options, schema, budget, [&](const Batch& batch) {
      for (const double value : batch.columns[0].floats) sum += value;
    });
    peak = std::max(peak, budget.peak());
  });
  right &= report("second pass: columns", made.bytes, second, sum == made.sum);
  std::printf("{\"what\": \"peak of 256 MiB\", \"MiB\": %.1f}\n", double(peak) / double(1 << 20));
  unlink(path.c_str());
  return right ? 0 : 1;
}
