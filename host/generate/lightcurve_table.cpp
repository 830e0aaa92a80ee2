// One table of all objects, in blocks that threads make and put to their places, with the table of labels
// beside it. A block's record in the journal holds its objects and, as columns, its bytes.
#include <fcntl.h>

#include <mutex>
#include <optional>

#include "host/block_places.h"
#include "host/error.h"
#include "host/generate/lightcurve_outputs.h"
#include "host/io/whole_file.h"
#include "host/parallel.h"
#include "host/result.h"
#include "sluice_version.h"

namespace sluice {
namespace {

using i64 = std::int64_t;

std::string fingerprint(const GenerateLightcurvesOptions& o, char separator) {
  std::string t = "operation: generate lightcurves\nversion: " + std::string(SLUICE_VERSION) + "\n";
  t += "--objects: " + std::to_string(o.objects) + "\n--points: " + std::to_string(o.least) + ":" +
       std::to_string(o.most) + "\n";
  t += "--bands: " + o.bands + "\n--seed: " + std::to_string(o.seed) + "\n";
  return t + "separator: " + (separator == '\t' ? "tab" : "comma") + "\n";
}

/// Objects follow each other from the first on: where to go on.
struct Position {
  i64 object = 1;
  std::uint64_t offset = 0;
};
Position end_of(std::vector<TileRecord> found, std::uint64_t header) {
  std::sort(found.begin(), found.end(),
            [](const TileRecord& a, const TileRecord& b) { return a.rect.row < b.rect.row; });
  Position at{1, header};
  for (const TileRecord& t : found)
    if (t.rect.row == at.object && std::uint64_t(t.rect.column) == at.offset)
      at = {at.object + t.rect.rows, at.offset + std::uint64_t(t.rect.columns)};
  return at;
}

/// Returns where the text ends.
std::uint64_t make_blocks(LightcurveJob& job, Result* result, Position at, const std::string& header,
                          char separator) {
  const GenerateLightcurvesOptions& o = job.options;
  const i64 block = objects_in_block(o, job.machine);
  const Share held(job.machine.budgets->host, std::uint64_t(job.machine.threads) * block_bytes(o, block),
                   "rows and their text");
  Places places(at.offset);
  if (at.object == 1 && result != nullptr) result->write(0, 0, header.data(), header.size());
  if (o.sink && !o.sink(header)) places.fail();
  std::mutex progress;
  i64 done = at.object - 1;
  const i64 first = at.object, blocks = (o.objects - first + block) / block;
  in_parallel(std::size_t(job.machine.threads), std::size_t(blocks), [&](std::size_t k) {
    try {
      if (places.failed()) return;
      job.check_stop();
      std::vector<DrawnRow> rows;
      std::string text;
      const i64 from = first + i64(k) * block, to = std::min(from + block, o.objects + 1);
      for (i64 object = from; object < to; ++object) {
        draw_curve(job.survey, object, rows);
        for (const DrawnRow& row : rows) put_table_row(object, row, job.survey, separator, text);
      }
      std::uint64_t offset = 0;
      const bool placed = places.place(i64(k), text.size(), offset, [&] { return !o.sink || o.sink(text); });
      if (!placed) return;
      if (result != nullptr) {
        result->write(0, offset, text.data(), text.size());
        TileRecord record;
        record.rect = {from, i64(offset), to - from, i64(text.size())};
        result->completed(record);
      }
      const std::lock_guard lock(progress);
      done += to - from;
      if (job.run.observer != nullptr) job.run.observer->progress(double(done));
    } catch (...) {
      places.fail();  // those that wait for this block's length wait in vain
      throw;
    }
  });
  return places.end();
}

void write_labels(const std::string& path, const LightcurveJob& job, char separator) {
  write_whole(path, [&](const std::string& working) {
    const sys::File file(working, O_WRONLY | O_CREAT | O_TRUNC);
    std::string text = std::string("object_id") + separator + "label\n";
    std::uint64_t at = 0;
    const auto put = [&] {
      sys::write_at(file, text.data(), text.size(), at);
      at += text.size();
      text.clear();
    };
    for (i64 object = 1; object <= job.options.objects; ++object) {
      text += std::to_string(object) + separator + name_of(facts_of(job.survey, object).shape) + "\n";
      if (text.size() > (1u << 18)) put();
    }
    put();
  });
}

/// "lc.csv": "lc.labels.csv".
std::string labels_path(const std::string& output) {
  const std::size_t dot = output.rfind('.');
  return output.substr(0, dot) + ".labels" + output.substr(dot);
}

}  // namespace

void write_lightcurve_table(LightcurveJob& job) {
  const GenerateLightcurvesOptions& o = job.options;
  const char separator = o.output.ends_with(".tsv") || o.output.ends_with(".tab") ? '\t' : ',';
  std::string header;
  for (const char* name : {"object_id", "mjd", "passband", "flux", "flux_err"})
    header += (header.empty() ? "" : std::string(1, separator)) + name;
  header += '\n';
  OutputSpec spec;
  spec.path = o.output, spec.format = FileFormat::kText, spec.rows = job.out.rows, spec.columns = 5;
  std::optional<Result> result;
  if (!o.sink && sys::exists(labels_path(o.output)) && !job.run.force && !job.run.resume)
    throw Error(ErrorKind::kOutput, labels_path(o.output) + ": exists already", "--force replaces it");
  if (!o.sink)
    result.emplace(
        std::vector<OutputSpec>{spec}, fingerprint(o, separator),
        Provenance{{"command", job.run.command}, {"version", std::string("sluice ") + SLUICE_VERSION}},
        job.run);
  if (result && result->complete()) {
    if (job.run.observer != nullptr) job.run.observer->note("complete: nothing was left to do");
  } else {
    Position at{1, header.size()};
    if (result) at = end_of(result->found(), header.size());
    if (job.run.observer != nullptr)
      job.run.observer->begin("generate", double(o.objects), "objects", double(at.object - 1));
    job.out.bytes = make_blocks(job, result ? &*result : nullptr, at, header, separator);
    if (job.run.observer != nullptr) job.run.observer->end();
    if (result) {
      write_labels(labels_path(o.output), job, separator);
      result->cut(0, job.out.bytes);
      result->finish();
    }
  }
  if (!result) return;
  job.out.run.resumed = result->resumed();
  job.out.run.bytes_written = result->bytes_written();
  job.out.run.sync_seconds = result->sync_seconds();
  job.out.bytes = sys::identity(sys::File(o.output, 0)).bytes;
  job.out.labels_file = labels_path(o.output);
  job.out.open_hint = open_hint(spec);
}

}  // namespace sluice
