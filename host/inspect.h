// What is in a file (`sluice info`) and on a machine (`sluice devices`).
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/matrix.h"
#include "host/run.h"
#include "kernels/backend.h"

namespace sluice {

struct ColumnSummary {
  std::string name;  // "column 3", or "row 3" with variables in rows
  Summary summary;
};

struct FileFacts {
  MatrixInfo matrix;
  std::uint64_t file_bytes = 0, memory_available = 0;
  bool fits_memory = false;
  std::vector<std::pair<std::string, std::string>> provenance;  // of a sluice result, else empty
  std::vector<std::vector<double>> head;  // --head N: the first rows, at most 10 columns each
  bool has_stats = false;
  Summary total{};                     // --stats
  std::vector<ColumnSummary> columns;  // --stats: by column, where there are at most 1,000
  RunSummary run;
};

struct InspectOptions {
  std::string input;
  OpenOptions input_options;
  bool stats = false;
  std::int64_t head = 0;
};
FileFacts inspect_file(const InspectOptions&, const RunOptions&);

struct DeviceFacts {
  std::string selector;  // "cpu", "cuda:0", ...: what --device takes
  std::string backend, level, name, detail;
  int major = 0, minor = 0, units = 0;
  std::uint64_t memory_total = 0, memory_free = 0;
  bool usable = false;
  std::string problem;  // why not usable, and what to do
};
struct MachineFacts {
  std::vector<DeviceFacts> devices;
  std::string automatic;  // what `auto` takes
  int cores = 0;
  std::uint64_t memory_total = 0, memory_available = 0, memory_default = 0;  // default of --memory
};
MachineFacts inspect_machine();

}  // namespace sluice
