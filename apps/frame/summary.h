// The parts of --json summaries that every command has (docs/json.md).
#pragma once
#include <string>

#include "apps/frame/json.h"
#include "host/matrix.h"
#include "host/run.h"

namespace sluice::frame {

/// {"schema": 1, "command": "cov", "version": ..., "commit": ..., "command_line": ...}
Json summary_of(const std::string& command);
/// Device, memory, bytes, seconds, and the stages with their rates.
Json json_of(const RunSummary& run, double flop);
Json json_of(const MatrixInfo& info);
/// The same for -v: a table of stages.
std::string stages_text(const RunSummary& run);
/// "in 1.2 s on cpu (x86-64-v3), 2 threads, at most 61.2 MiB of memory".
std::string how(const RunSummary& run);

}  // namespace sluice::frame
