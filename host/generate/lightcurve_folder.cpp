// A folder with a text table an object, made as OUTPUT.partial and renamed when all are there. A folder is
// replaced only where all that it holds was made here.
#include <fcntl.h>

#include <cctype>
#include <filesystem>
#include <mutex>

#include "host/error.h"
#include "host/generate/lightcurve_outputs.h"
#include "host/io/sys.h"
#include "host/parallel.h"

namespace sluice {
namespace {

namespace fs = std::filesystem;
using i64 = std::int64_t;

/// "lc000042.dat": as many digits for all, so that names sort as numbers.
std::string file_name(i64 object, std::size_t digits) {
  const std::string number = std::to_string(object);
  return "lc" + std::string(digits - number.size(), '0') + number + ".dat";
}

bool made_here(const std::string& name) {
  return name.starts_with("lc") && name.ends_with(".dat") && name.size() > 6 &&
         name.find_first_not_of("0123456789", 2) == name.size() - 4;
}

/// Error{kOutput} where the folder holds anything that may not go.
void check_replaceable(const std::string& folder) {
  for (const fs::directory_entry& entry : fs::directory_iterator(folder))
    if (!entry.is_regular_file() || !made_here(entry.path().filename().string()))
      throw Error(ErrorKind::kOutput,
                  folder + ": is not replaced: it holds " + entry.path().filename().string() +
                      ", which is no generated light curve",
                  "name a folder that is not there yet");
}

/// Whether the folder holds as many light curves as there are to be; they are renamed together.
bool is_done(const std::string& folder, i64 objects) {
  if (!fs::is_directory(folder) || fs::is_empty(folder)) return false;
  check_replaceable(folder);
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator()) == objects;
}

void prepare(const std::string& folder, const std::string& working, const RunOptions& run) {
  if (fs::exists(folder) && !fs::is_directory(folder))
    throw Error(ErrorKind::kOutput, folder + ": is a file: expected a folder");
  if (fs::exists(folder) && !fs::is_empty(folder)) {
    if (!run.force) throw Error(ErrorKind::kOutput, folder + ": exists already", "--force replaces it");
    check_replaceable(folder);
  }
  if (fs::exists(working)) {
    check_replaceable(working);
    fs::remove_all(working);
  }
  std::error_code error;
  fs::create_directory(working, error);
  if (error) throw Error(ErrorKind::kOutput, working + ": cannot be created: " + error.message());
}

}  // namespace

void write_lightcurve_folder(LightcurveJob& job) {
  const GenerateLightcurvesOptions& o = job.options;
  std::string folder = o.output;
  while (folder.size() > 1 && folder.back() == '/') folder.pop_back();
  const std::string working = folder + ".partial";
  job.out.open_hint = "sluice lc ingest " + folder + " -o survey.db";
  if (job.run.resume && is_done(folder, o.objects)) {
    if (job.run.observer != nullptr) job.run.observer->note("complete: nothing was left to do");
    return;
  }
  prepare(folder, working, job.run);
  const i64 block = objects_in_block(o, job.machine);
  const Share held(job.machine.budgets->host, std::uint64_t(job.machine.threads) * block_bytes(o, 1),
                   "rows and their text");
  if (job.run.observer != nullptr) job.run.observer->begin("generate", double(o.objects), "objects", 0);
  std::mutex progress;
  i64 done = 0;
  const std::size_t digits = std::to_string(o.objects).size();
  const i64 blocks = (o.objects + block - 1) / block;
  in_parallel(std::size_t(job.machine.threads), std::size_t(blocks), [&](std::size_t k) {
    job.check_stop();
    std::vector<DrawnRow> rows;
    std::string text;
    std::uint64_t bytes = 0;
    const i64 from = 1 + i64(k) * block, to = std::min(from + block, o.objects + 1);
    for (i64 object = from; object < to; ++object) {
      draw_curve(job.survey, object, rows);
      text.clear();
      put_text_table(object, facts_of(job.survey, object).shape, rows, job.survey, text);
      const sys::File file(working + "/" + file_name(object, digits), O_WRONLY | O_CREAT | O_TRUNC);
      sys::write_at(file, text.data(), text.size(), 0);
      bytes += text.size();
    }
    const std::lock_guard lock(progress);
    job.out.bytes += bytes;
    done += to - from;
    if (job.run.observer != nullptr) job.run.observer->progress(double(done));
  });
  if (job.run.observer != nullptr) job.run.observer->end();
  job.out.run.bytes_written = job.out.bytes;
  sys::sync_folder(working + "/" + file_name(1, digits));
  if (fs::exists(folder)) fs::remove_all(folder);
  sys::rename(working, folder);
}

}  // namespace sluice
