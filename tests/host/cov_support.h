// What the tests of `cov` share: runs with the options that most tests want, and what an error must look
// like.
#pragma once
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "../sanitized.h"
#include "host/backend.h"
#include "host/cov.h"
#include "matrix_files.h"

namespace sluice::test {

/// Elements of a result of any format, through the library's own reader.
inline std::string element_bytes(const std::string& path, const OpenOptions& options = {}) {
  const auto source = open_matrix(path, options);
  const MatrixInfo& info = source->info();
  std::string bytes(info.bytes(), '\0');
  if (info.bytes())
    source->read({0, 0, info.rows, info.columns}, bytes.data(),
                 info.columns * std::int64_t(size_of(info.type)));
  return bytes;
}

/// Every backend that this machine can run; cpu, serial and late are always among them.
inline std::vector<std::string> devices() {
  std::vector<std::string> names{"cpu", "serial", "late"};
  try {
    select_backend("cuda");
    names.push_back("cuda");
  } catch (const Error&) {  // no GPU here: design.md wants such cases skipped
  }
  return names;
}

inline CovOptions cov_of(const std::string& input, const std::string& output) {
  CovOptions options;
  options.input = input;
  options.output = output;
  return options;
}

inline RunOptions run_on(const std::string& device, std::uint64_t memory = std::uint64_t(1) << 30) {
  RunOptions run;
  run.device = device;
  run.memory = memory;
  run.threads = 2;
  return run;
}

/// The smallest --memory that plans with any --io and up to 3 threads, to within 0.1 MiB: what refusals name.
inline std::uint64_t smallest_memory(const CovOptions& options, RunOptions run) {
  run.memory = 1;
  run.threads = 3;
  run.io = "pread";
  for (int round = 0; round < 50; ++round) {
    try {
      plan_cov(options, run);
      return run.memory;
    } catch (const Error& error) {
      const std::string line = error.what(), before = "expected at least ";
      const std::size_t at = line.find(before);
      if (error.kind() != ErrorKind::kMemory || at == std::string::npos) throw;
      std::size_t used = 0;
      const double shown = std::stod(line.substr(at + before.size()), &used);
      const char unit = line[at + before.size() + used + 1];
      const double size = unit == 'G' ? 0x1p30 : unit == 'M' ? 0x1p20 : 0x1p10;
      run.memory = std::max(run.memory + 4096, std::uint64_t((shown + 0.05) * size));
    }
  }
  throw std::runtime_error("no end to the memory that is asked for");
}

/// `work` must throw an Error of `kind`, in one line that holds every one of `parts`.
inline void expect_error(const std::function<void()>& work, ErrorKind kind,
                         const std::vector<std::string>& parts) {
  try {
    work();
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    const std::string line = error.what();
    EXPECT_EQ(int(error.kind()), int(kind)) << line;
    EXPECT_EQ(line.find('\n'), std::string::npos) << line;
    EXPECT_EQ(error.advice().find('\n'), std::string::npos) << error.advice();
    for (const std::string& part : parts)
      EXPECT_NE(line.find(part), std::string::npos) << "no '" << part << "' in: " << line;
  }
}

}  // namespace sluice::test
