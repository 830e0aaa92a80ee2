// The machine's own ceilings, for bench/cov.py to print beside sluice's figures: one bare cblas_ssyrk,
// copying in memory, reading a file from the page cache, a plain pwrite loop; and touching memory. One line
// of JSON a measurement; medians.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

double seconds_of(const std::function<void()>& work) {
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
}

std::vector<double> repeat(int times, const std::function<void()>& work) {
  work();  // warms up: pages, threads, clocks
  std::vector<double> seconds;
  for (int i = 0; i < times; ++i) seconds.push_back(seconds_of(work));
  return seconds;
}

void print(const char* what, double amount, const char* unit, const std::vector<double>& seconds) {
  std::printf("{\"what\": \"%s\", \"seconds\": %.6f, \"best\": %.6f, \"rate\": %.4g, \"unit\": \"%s\"}\n",
              what, median(seconds), *std::min_element(seconds.begin(), seconds.end()),
              amount / median(seconds) / 1e9, unit);
}

/// OpenBLAS's OpenMP build by its full path: the system's default under the same name may be another build.
void* open_blas() {
  const char* const folders[] = {"/usr/lib/x86_64-linux-gnu/openblas-openmp/",
                                 "/usr/lib/aarch64-linux-gnu/openblas-openmp/", "/usr/lib64/", "/usr/lib/",
                                 ""};
  for (const char* folder : folders)
    for (const char* name : {"libopenblas.so.0", "libopenblaso.so.0", "libopenblas.so"}) {
      void* library = dlopen((std::string(folder) + name).c_str(), RTLD_NOW | RTLD_LOCAL);
      if (!library) continue;
      auto parallel = reinterpret_cast<int (*)()>(dlsym(library, "openblas_get_parallel"));
      if (parallel && parallel() == 2) return library;
    }
  throw std::runtime_error("OpenBLAS's OpenMP build was not found (Debian: libopenblas-openmp-dev)");
}

using Syrk = void (*)(int, int, int, int, int, float, const float*, int, float, float*, int);

/// C = X X' of n variables x k observations; by columns, X is k x n in memory, as --variables columns reads
/// it.
void syrk(std::int64_t n, std::int64_t k, bool columns, int times) {
  void* library = open_blas();
  auto ssyrk = reinterpret_cast<Syrk>(dlsym(library, "cblas_ssyrk"));
  auto config = reinterpret_cast<char* (*)()>(dlsym(library, "openblas_get_config"));
  if (!ssyrk) throw std::runtime_error("OpenBLAS without cblas_ssyrk");
  std::vector<float> x(std::size_t(n * k));
  std::uint32_t state = 1;
  for (float& value : x) {
    state = state * 1664525u + 1013904223u;
    value = float(state >> 8) * 0x1p-24f - 0.5f;
  }
  const std::unique_ptr<float[]> c(new float[std::size_t(n * n)]());
  enum { kRowMajor = 101, kUpper = 121, kNoTrans = 111, kTrans = 112 };
  const auto seconds = repeat(times, [&] {
    ssyrk(kRowMajor, kUpper, columns ? kTrans : kNoTrans, int(n), int(k), 1.0f, x.data(),
          int(columns ? n : k), 0.0f, c.get(), int(n));
  });
  double want = 0, scale = 0;  // entry (0, n - 1)
  for (std::int64_t i = 0; i < k; ++i) {
    const double a = x[std::size_t(columns ? i * n : i)],
                 b = x[std::size_t(columns ? i * n + n - 1 : (n - 1) * k + i)];
    want += a * b, scale += a * a;
  }
  if (!(std::abs(c[std::size_t(n - 1)] - want) <= 1e-4 * scale))
    throw std::runtime_error("ssyrk gave a wrong result");
  std::fprintf(stderr, "%s\n", config ? config() : "OpenBLAS");
  print("ssyrk", double(n) * double(n) * double(k), "GFLOP/s (n^2 k)", seconds);
}

void copy(std::int64_t bytes, int threads, int times) {
  std::vector<char> from(std::size_t(bytes), 'x'), to(std::size_t(bytes), 'y');
  const auto seconds = repeat(times, [&] {
    std::vector<std::thread> team;
    const std::size_t part = std::size_t(bytes / threads);
    for (int t = 0; t < threads; ++t)
      team.emplace_back([&, t] { std::memcpy(to.data() + t * part, from.data() + t * part, part); });
    for (auto& one : team) one.join();
  });
  if (to[0] != 'x') throw std::runtime_error("the copy did not arrive");
  print("copy", double(bytes), "GB/s copied", seconds);
}

int open_or_throw(const std::string& path, int flags) {
  const int fd = open(path.c_str(), flags | O_CLOEXEC, 0666);
  if (fd < 0) throw std::runtime_error(path + ": " + std::strerror(errno));
  return fd;
}

/// Every byte of the file into buffers of 4 MiB, a contiguous part a thread.
void read(const std::string& path, int threads, int times) {
  const int fd = open_or_throw(path, O_RDONLY);
  const auto bytes = std::int64_t(std::filesystem::file_size(path));
  constexpr std::int64_t kPiece = 4 << 20;
  std::vector<std::vector<char>> buffers{std::size_t(threads), std::vector<char>(kPiece)};
  std::atomic<bool> failed = false;
  const auto seconds = repeat(times, [&] {
    std::vector<std::thread> team;
    for (int t = 0; t < threads; ++t)
      team.emplace_back([&, t] {
        const std::int64_t end = bytes * (t + 1) / threads;
        for (std::int64_t at = bytes * t / threads; at < end;) {
          const ssize_t got =
              pread(fd, buffers[std::size_t(t)].data(), std::size_t(std::min(kPiece, end - at)), at);
          if (got <= 0) {
            failed = true;
            return;
          }
          at += got;
        }
      });
    for (auto& one : team) one.join();
  });
  close(fd);
  if (failed) throw std::runtime_error(path + ": a read failed");
  print("read", double(bytes), "GB/s", seconds);
}

/// A new file by a plain loop of pwrites of 4 MiB; sync apart. What `sluice generate` is measured against.
void write(const std::string& path, std::int64_t bytes, int times) {
  std::vector<char> piece(4 << 20, '\1');
  std::vector<double> written, synced;
  for (int i = 0; i <= times; ++i) {
    std::filesystem::remove(path);
    const int fd = open_or_throw(path, O_WRONLY | O_CREAT | O_TRUNC);
    const double loop = seconds_of([&] {
      for (std::int64_t at = 0; at < bytes;) {
        const ssize_t put =
            pwrite(fd, piece.data(),
                   std::size_t(std::min<std::int64_t>(std::int64_t(piece.size()), bytes - at)), at);
        if (put <= 0) throw std::runtime_error(path + ": " + std::strerror(errno));
        at += put;
      }
    });
    const double sync = seconds_of([&] { fsync(fd); });
    close(fd);
    if (i) written.push_back(loop), synced.push_back(loop + sync);
  }
  std::filesystem::remove(path);
  print("write", double(bytes), "GB/s", written);
  print("write_and_sync", double(bytes), "GB/s", synced);
}

/// Touches memory and gives it back: on a virtual machine whose host takes idle memory away, whoever runs
/// next would otherwise pay for getting it again.
void touch(std::int64_t bytes) {
  std::vector<char> memory(static_cast<std::size_t>(bytes));
  print("touch", double(bytes), "GB/s", {seconds_of([&] {
          for (std::size_t i = 0; i < memory.size(); i += 4096) memory[i] = '\1';
        })});
}

std::int64_t number(const char* text) {
  char* end = nullptr;
  const long long value = std::strtoll(text, &end, 10);
  if (*end || value <= 0) throw std::runtime_error(std::string("expected a number above 0, found ") + text);
  return value;
}

}  // namespace

int main(int argc, char** argv) {
  const char* usage =
      "usage: ceilings_bench syrk N K rows|columns TIMES | copy BYTES THREADS TIMES | read FILE THREADS "
      "TIMES |\n"
      "       write FILE BYTES TIMES | touch BYTES\n";
  try {
    const std::string what = argc > 1 ? argv[1] : "";
    if (what == "syrk" && argc == 6)
      syrk(number(argv[2]), number(argv[3]), std::strcmp(argv[4], "columns") == 0, int(number(argv[5])));
    else if (what == "copy" && argc == 5)
      copy(number(argv[2]), int(number(argv[3])), int(number(argv[4])));
    else if (what == "read" && argc == 5)
      read(argv[2], int(number(argv[3])), int(number(argv[4])));
    else if (what == "write" && argc == 5)
      write(argv[2], number(argv[3]), int(number(argv[4])));
    else if (what == "touch" && argc == 3)
      touch(number(argv[2]));
    else
      return std::fputs(usage, stderr), 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ceilings_bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
