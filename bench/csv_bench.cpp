// Separated values to columns: four numbers of 17 digits and a category a row. Prints the rates of both
// passes and of their parts beside a plain scan of the same bytes in memory and fast_float alone; fails where
// a sum differs.
// csv_bench [MiB of text (256)] [threads (0: all)] [folder for the file (/tmp)]
// csv_bench make FILE MiB      writes such a file, csv_bench read FILE MiB-of-memory RUNS reads it again.
#include <unistd.h>

#include <fast_float/fast_float.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <random>
#include <string>
#include <thread>
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
double seconds_of(const F& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

template <class F>
double median_seconds(const F& work) {
  std::vector<double> seconds;
  for (int i = 0; i < 3; ++i) seconds.push_back(seconds_of(work));
  std::sort(seconds.begin(), seconds.end());
  return seconds[1];
}

bool report(const char* what, std::size_t bytes, double seconds, bool right) {
  std::printf("{\"what\": \"%s\", \"seconds\": %.4f, \"GB/s\": %.3f%s}\n", what, seconds,
              double(bytes) / seconds / 1e9, right ? "" : ", \"wrong\": true");
  std::fflush(stdout);
  return right;
}

// The sum of all numbers that begin in text[from, to).
double sum_numbers(const std::string& text, std::size_t from, std::size_t to) {
  double sum = 0;
  const char* const end = text.data() + text.size();
  const auto is_break = [](char c) { return c == ',' || c == '\n'; };
  const char* p = text.data() + from;
  while (p != text.data() && p != end && !is_break(p[-1])) ++p;
  while (p < text.data() + to) {
    double value = 0;
    const auto result = fast_float::from_chars(p, end, value);
    if (result.ec == std::errc()) sum += value;
    for (p = std::max(p, result.ptr); p != end && !is_break(*p);) ++p;
    if (p != end) ++p;
  }
  return sum;
}

// In `threads` parts.
double fast_float_alone(const std::string& text, std::size_t threads) {
  std::vector<double> sums(threads);
  std::vector<std::thread> running;
  for (std::size_t i = 0; i < threads; ++i)
    running.emplace_back(
        [&, i] { sums[i] = sum_numbers(text, text.size() * i / threads, text.size() * (i + 1) / threads); });
  double sum = 0;
  for (std::size_t i = 0; i < threads; ++i) running[i].join(), sum += sums[i];
  return sum;
}

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Read {
  std::int64_t rows = 0;
  double sum = 0;
  std::uint64_t peak = 0;
};

Read read_columns(const std::string& path, const Options& options, const Schema& schema,
                  std::uint64_t memory) {
  sluice::Budget budget(memory, "--memory");
  Read result;
  read(path, options, schema, budget, [&](const Batch& batch) {
    for (const double value : batch.columns[0].floats) result.sum += value;
    result.rows += batch.rows;
  });
  result.peak = budget.peak();
  return result;
}

Schema scan_file(const std::string& path, const Options& options, std::uint64_t memory) {
  sluice::Budget budget(memory, "--memory");
  return scan(path, options, budget);
}

int parts(std::size_t mib, const Options& options, const std::string& path) {
  const Made made = make(path, mib << 20);
  bool right = true;
  {
    const std::string text = contents(path);
    const auto* data = reinterpret_cast<const unsigned char*>(text.data());
    std::int64_t lines = 0;
    const double plain = median_seconds([&] { lines = std::count(text.begin(), text.end(), '\n'); });
    right &= report("counting line ends in memory, one thread", text.size(), plain, lines == made.rows + 1);
    const Structure structure{{}};
    std::uint64_t found = 0;
    const double passage = median_seconds([&] { found = structure.passage(data, text.size()).lf; });
    right &=
        report("states in memory, one thread", text.size(), passage, found == std::uint64_t(made.rows) + 1);
    Ends ends;
    const double scanned = median_seconds([&] {
      for (std::size_t from = 0, to = 0; from < text.size(); from = to) {
        to = std::min(text.size(), from + (512 << 10));
        ends.clear();
        structure.scan(data, from, to, State::kUnquoted, ends);
      }
    });
    right &= report("ends of fields in memory, one thread", text.size(), scanned, ends.size() != 0);
    double sum = 0;
    const double floats = median_seconds([&] { sum = fast_float_alone(text, 1); });
    right &= report("fast_float alone in memory, one thread", text.size(), floats, sum > made.sum);
  }
  Schema schema;
  const double first = median_seconds([&] { schema = scan_file(path, options, 256 << 20); });
  right &= report("first pass: names, types, ranges", made.bytes, first,
                  schema.rows == made.rows && schema.columns[4].levels.size() == 5);
  Options types = options;
  types.ranges = false;
  const double plain_first = median_seconds([&] { schema = scan_file(path, types, 256 << 20); });
  right &= report("first pass: names, types", made.bytes, plain_first, schema.rows == made.rows);
  Read read;
  const double second = median_seconds([&] { read = read_columns(path, options, schema, 256 << 20); });
  right &= report("second pass: columns", made.bytes, second, read.sum == made.sum && read.rows == made.rows);
  std::printf("{\"what\": \"peak of 256 MiB\", \"MiB\": %.1f}\n", double(read.peak) / double(1 << 20));
  unlink(path.c_str());
  return right ? 0 : 1;
}

// Resident anonymous memory now, from the kernel.
double anonymous_mib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("RssAnon:")) return std::atof(line.c_str() + 8) / 1024;
  return 0;
}

// For bench/versus/csv: the first pass with and without ranges, and the second, with the largest anonymous
// memory seen while they ran.
int read_file(const std::string& path, std::uint64_t memory, int runs) {
  Options options;
  std::atomic<bool> done{false};
  double most = 0;
  std::thread watch([&] {
    for (; !done; usleep(5000)) most = std::max(most, anonymous_mib());
  });
  for (int run = 0; run < runs; ++run) {
    Schema schema;
    const double ranges = seconds_of([&] { schema = scan_file(path, options, memory); });
    Options types = options;
    types.ranges = false;
    const double first = seconds_of([&] { schema = scan_file(path, types, memory); });
    Read read;
    const double second = seconds_of([&] { read = read_columns(path, options, schema, memory); });
    std::printf(
        "{\"rows\": %lld, \"sum\": %.17g, \"ranges\": %.4f, \"types\": %.4f, \"seconds\": %.4f, \"budget "
        "MiB\": %.1f}\n",
        static_cast<long long>(read.rows), read.sum, ranges, first, second,
        double(read.peak) / double(1 << 20));
    std::fflush(stdout);
  }
  done = true;
  watch.join();
  std::printf("{\"anonymous MiB\": %.1f}\n", most);
  return 0;
}

// For bench/versus/csv: what the machine can do at most, in memory, on all cores.
int ceilings(const std::string& path) {
  const std::string text = contents(path);
  const std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::size_t> lines(threads);
  const double plain = seconds_of([&] {
    std::vector<std::thread> running;
    for (std::size_t i = 0; i < threads; ++i)
      running.emplace_back([&, i] {
        const auto at = [&](std::size_t k) { return text.data() + text.size() * k / threads; };
        for (const char* p = at(i);
             (p = static_cast<const char*>(std::memchr(p, '\n', std::size_t(at(i + 1) - p)))) != nullptr; ++p)
          ++lines[i];
      });
    for (std::thread& thread : running) thread.join();
  });
  double sum = 0;
  const double floats = seconds_of([&] { sum = fast_float_alone(text, threads); });
  std::size_t rows = 0;
  for (const std::size_t count : lines) rows += count;
  std::printf("{\"memory scan\": %.4f, \"fast_float\": %.4f, \"rows\": %zu, \"sum\": %.17g}\n", plain, floats,
              rows - 1, sum);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  const auto number = [&](int i, int otherwise) { return argc > i ? std::atoi(argv[i]) : otherwise; };
  if (mode == "make" && argc > 3) return make(argv[2], std::size_t(number(3, 256)) << 20).rows == 0;
  if (mode == "read" && argc > 2)
    return read_file(argv[2], std::uint64_t(number(3, 256)) << 20, number(4, 1));
  if (mode == "ceilings" && argc > 2) return ceilings(argv[2]);
  Options options;
  options.threads = number(2, 0);
  const std::string folder = argc > 3 ? argv[3] : "/tmp";
  return parts(std::size_t(number(1, 256)), options,
               folder + "/sluice_csv_bench_" + std::to_string(getpid()));
}
