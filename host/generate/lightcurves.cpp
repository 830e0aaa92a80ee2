// What is asked for, checked and counted; then one of the outputs.
#include "host/generate_lightcurves.h"

#include <cctype>
#include <filesystem>

#include "host/clock.h"
#include "host/error.h"
#include "host/generate/lightcurve_outputs.h"
#include "host/io/sys.h"

namespace sluice {
namespace {

using i64 = std::int64_t;
constexpr i64 kMostObjects = i64(1) << 40;
constexpr double kRowBytes = 44;  // of text, at most about

const char* name_of(LightcurveFormat format) {
  return format == LightcurveFormat::kTable    ? "table"
         : format == LightcurveFormat::kFolder ? "folder"
                                               : "database";
}

void check(const GenerateLightcurvesOptions& o) {
  if (o.objects < 0) throw Error(ErrorKind::kUsage, "--objects is missing", "for example --objects 1000");
  if (o.objects < 1 || o.objects > kMostObjects)
    throw Error(ErrorKind::kUsage, "--objects: expected 1 to " + std::to_string(kMostObjects) + ", found " +
                                       std::to_string(o.objects));
  if (o.least < 1 || o.least > o.most || o.most > kMostPoints)
    throw Error(ErrorKind::kUsage,
                "--points: expected LEAST:MOST, from 1 to " + std::to_string(kMostPoints) + ", found " +
                    std::to_string(o.least) + ":" + std::to_string(o.most),
                "for example --points 30:1000");
  if (o.bands.empty()) throw Error(ErrorKind::kUsage, "--bands: expected letters, found none");
  for (std::size_t i = 0; i < o.bands.size(); ++i) {
    if (!std::isalnum(static_cast<unsigned char>(o.bands[i])))
      throw Error(ErrorKind::kUsage, "--bands: expected letters, found '" + o.bands + "'",
                  "for example --bands ugriz");
    if (o.bands.find(o.bands[i]) != i)
      throw Error(ErrorKind::kUsage,
                  std::string("--bands: ") + o.bands[i] + " stands in '" + o.bands + "' twice");
  }
  if (o.output.empty())
    throw Error(ErrorKind::kUsage, "an output is needed: -o FILE", "for example -o lc.csv");
}

Survey survey_of(const GenerateLightcurvesOptions& o) {
  return {o.seed, o.bands, o.least, o.most};
}

}  // namespace

void LightcurveJob::check_stop() const {
  if (run.stop != nullptr && run.stop->load(std::memory_order_relaxed))
    throw Error(ErrorKind::kInterrupted, "interrupted");
}

LightcurveFormat lightcurve_format(const std::string& output) {
  if (output == "-") return LightcurveFormat::kTable;
  if (output.ends_with('/') || std::filesystem::is_directory(output)) return LightcurveFormat::kFolder;
  const std::string name = std::filesystem::path(output).filename().string();
  const std::string extension = name.rfind('.') == std::string::npos ? "" : name.substr(name.rfind('.'));
  if (extension == ".csv" || extension == ".tsv" || extension == ".tab") return LightcurveFormat::kTable;
  if (extension == ".db" || extension == ".sqlite" || extension == ".sqlite3")
    return LightcurveFormat::kDatabase;
  throw Error(ErrorKind::kUsage, output + ": expected .csv, .tsv, .db or a folder, found '" + extension + "'",
              "a folder's name ends with /, such as -o curves/");
}

i64 objects_in_block(const GenerateLightcurvesOptions& o, const Machine& machine) {
  const double text = kRowBytes * double(o.least + o.most) / 2;
  i64 objects = std::clamp<i64>(i64(double(1 << 20) / text), 1, 4096);
  const std::uint64_t share = machine.memory / 2 / std::uint64_t(machine.threads);
  while (objects > 1 && block_bytes(o, objects) > share) objects /= 2;
  return objects;
}

std::uint64_t block_bytes(const GenerateLightcurvesOptions& o, i64 objects) {
  const double text = 2 * kRowBytes * double(o.most) * double(objects);  // a string doubles as it grows
  return std::uint64_t(text) + 2 * std::uint64_t(o.most) * sizeof(DrawnRow);
}

GenerateLightcurvesPlan plan_generate_lightcurves(const GenerateLightcurvesOptions& o) {
  check(o);
  GenerateLightcurvesPlan plan;
  const LightcurveFormat format = lightcurve_format(o.output);
  plan.format = name_of(format);
  const Survey survey = survey_of(o);
  if (o.objects <= 1000000)
    for (i64 object = 1; object <= o.objects; ++object) plan.rows += facts_of(survey, object).points;
  else
    plan.rows = i64(double(o.objects) * double(o.least + o.most) / 2);
  // A database has the rows twice: the table and its index.
  const double row = format == LightcurveFormat::kTable    ? 34 + double(std::to_string(o.objects).size()) - 3
                     : format == LightcurveFormat::kFolder ? 46
                                                           : 62;
  plan.bytes = std::uint64_t(row * double(plan.rows));
  std::string path = o.output;
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  if (path != "-") plan.disk_free = sys::free_space(path);
  return plan;
}

GenerateLightcurvesSummary generate_lightcurves(const GenerateLightcurvesOptions& o, const RunOptions& run) {
  const Clock total;
  check(o);
  RunOptions on_host = run;
  on_host.device = "serial";  // only for its view of the host's memory: nothing is computed on a device
  Machine machine = open_machine(on_host);
  GenerateLightcurvesSummary out;
  const LightcurveFormat format = lightcurve_format(o.output);
  out.format = name_of(format);
  LightcurveJob job{o, survey_of(o), machine, run, out};
  for (i64 object = 1; object <= o.objects; ++object) {
    const CurveFacts facts = facts_of(job.survey, object);
    out.rows += facts.points;
    ++out.shapes[int(facts.shape)];
  }
  if (format == LightcurveFormat::kTable)
    write_lightcurve_table(job);
  else if (format == LightcurveFormat::kFolder)
    write_lightcurve_folder(job);
  else
    write_lightcurve_database(job);
  machine.report(out.run);
  out.run.device = "cpu";
  out.run.device_name.clear(), out.run.level.clear();
  out.run.seconds = total.seconds();
  out.run.compute_seconds = out.run.seconds - out.run.sync_seconds;
  return out;
}

}  // namespace sluice
