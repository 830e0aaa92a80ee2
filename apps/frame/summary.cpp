#include "apps/frame/summary.h"

#include "apps/frame/invocation.h"
#include "apps/frame/text.h"
#include "host/units.h"
#include "sluice_version.h"

namespace sluice::frame {
namespace {

Json stage(double seconds, double bytes, double flop) {
  Json json = Json::object();
  json.add("seconds", seconds);
  if (bytes > 0) json.add("bytes", bytes).add("bytes_per_second", bytes / seconds);
  if (flop > 0) json.add("flop", flop).add("flop_per_second", flop / seconds);
  return json;
}

}  // namespace

Json summary_of(const std::string& command) {
  Json json = Json::object();
  json.add("schema", 1).add("command", command).add("version", SLUICE_VERSION).add("commit", SLUICE_COMMIT);
  return json.add("command_line", invocation().line());
}

Json json_of(const RunSummary& run, double flop) {
  Json json = Json::object();
  json.add("device", run.device).add("device_name", run.device_name).add("level", run.level);
  json.add("threads", run.threads).add("memory_limit", run.memory_limit).add("memory_peak", run.memory_peak);
  json.add("device_memory_peak", run.device_peak);
  json.add("bytes_read", run.bytes_read).add("bytes_written", run.bytes_written);
  json.add("seconds", run.seconds).add("compute_seconds", run.compute_seconds);
  json.add("sync_seconds", run.sync_seconds).add("resumed", run.resumed);
  Json stages = Json::object();
  stages.add("compute", stage(run.compute_seconds, double(run.bytes_read), flop));
  stages.add("sync", stage(run.sync_seconds, double(run.bytes_written), 0));
  for (const StageTime& s : run.stages) stages.add(s.stage, stage(s.seconds, s.bytes, s.flop));
  return json.add("stages", stages);
}

Json json_of(const MatrixInfo& info) {
  Json json = Json::object();
  json.add("path", info.path).add("format", info.format).add("detail", info.detail);
  json.add("rows", info.rows).add("columns", info.columns).add("dimensions", info.dimensions);
  if (!info.extents.empty()) {
    Json shape = Json::array();
    for (const std::int64_t extent : info.extents) shape.push(extent);
    json.add("shape", shape);
  }
  json.add("dtype", name_of(info.type)).add("byte_order", info.swapped ? "big" : "little");
  return json.add("order", info.fortran ? "F" : "C").add("bytes", info.bytes());
}

std::string stages_text(const RunSummary& run) {
  std::vector<std::vector<std::string>> rows;
  for (const StageTime& s : run.stages) {
    if (s.seconds <= 0) continue;
    rows.push_back({"  " + s.stage, human_seconds(s.seconds),
                    s.flop > 0    ? rate(s.flop, "flop", s.seconds)
                    : s.bytes > 0 ? rate(s.bytes, "bytes", s.seconds)
                                  : ""});
  }
  rows.push_back({"  final sync", human_seconds(run.sync_seconds), ""});
  return table(rows, {false, true, true});
}

std::string how(const RunSummary& run) {
  std::string text = "in " + human_seconds(run.seconds) + " on " + run.device;
  if (!run.level.empty()) text += " (" + run.level + ")";
  if (run.threads > 0) text += ", " + counted(run.threads, "thread");
  return text + ", at most " + human_bytes(double(run.memory_peak)) + " of memory";
}

}  // namespace sluice::frame
