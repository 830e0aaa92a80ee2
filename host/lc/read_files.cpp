// Many small files, an object each: several threads read and parse groups of them, the caller's merges the
// groups in order. Files that are large against the memory are walked over by the reader of tables instead.
// Memory: slots x (a group's bytes and rows), taken from the budget as they grow.
#include <fcntl.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <memory>
#include <utility>

#include "host/error.h"
#include "host/formats/csv/pipeline.h"
#include "host/formats/csv/source.h"
#include "host/formats/names.h"
#include "host/io/sys.h"
#include "host/lc/collector.h"
#include "host/lc/text_table.h"

namespace sluice::lc {
namespace {

constexpr std::size_t kGroup = 12;
constexpr std::size_t kRead = 4 << 10;    // steps of what a file's bytes take
constexpr std::size_t kFirst = 32 << 10;  // read at once
constexpr std::uint64_t kGroupBytes = 4 << 20;
constexpr std::uint64_t kSlotBytes = 2 << 20;  // of the budget, of which more slots are worth their while
constexpr std::uint64_t kPacked = 10;          // times that a packed file may grow

/// The bytes of one file after the other, with room around them.
class FileBytes {
 public:
  void let_go() { buffer_.reset(), share_ = Share(), room_ = 0; }
  explicit FileBytes(Budget& budget) : budget_(budget) {}

  /// Opens a file and reads its beginning; how many bytes it has as text, about.
  std::uint64_t open(const std::string& path) {
    file_ = sys::File(path, O_RDONLY);
    make_room(kFirst, 0);
    size_ = sys::read_some(file_, data(), room_, 0);
    bytes_ = size_ < room_ ? size_ : std::max<std::uint64_t>(size_, sys::identity(file_).bytes);
    return bytes_ * (ends_with(path, ".gz") || ends_with(path, ".zst") ? kPacked : 1);
  }
  /// Of the file that is open.
  std::string_view read(const std::string& path) {
    std::size_t size = size_;
    if (size == room_) {
      make_room(std::size_t(bytes_) + 1, size);
      for (;;) {
        size += sys::read_some(file_, data() + size, room_ - size, size);
        if (size < room_) break;
        make_room(2 * size, size);  // it has grown
      }
    }
    file_.close();
    const std::string_view bytes(data(), size);
    return is_compressed(bytes) ? unpacked(path) : bytes;
  }

 private:
  char* data() { return buffer_.get() + csv::kPadding; }
  static bool is_compressed(std::string_view bytes) {
    return bytes.substr(0, 2) == "\x1f\x8b" || bytes.substr(0, 4) == "\x28\xb5\x2f\xfd";
  }
  /// For `bytes`, of which the first `kept` are there already.
  void make_room(std::size_t bytes, std::size_t kept) {
    if (bytes <= room_) return;
    bytes = (bytes + kRead - 1) / kRead * kRead;
    if (kept == 0) let_go();
    Share more(budget_, bytes + 2 * csv::kPadding, "the bytes of a file");
    std::unique_ptr<char[]> buffer(new char[bytes + 2 * csv::kPadding]);
    std::memset(buffer.get(), 0, csv::kPadding);
    if (kept > 0) std::memcpy(buffer.get() + csv::kPadding, data(), kept);
    std::memset(buffer.get() + csv::kPadding + kept, 0, bytes - kept + csv::kPadding);
    buffer_ = std::move(buffer);
    share_ = std::move(more);
    room_ = bytes;
  }
  std::string_view unpacked(const std::string& path) {
    const auto source = csv::open_source(path, budget_);
    std::size_t size = 0;
    for (;;) {
      if (size == room_) make_room(2 * size, size);
      const std::size_t got = source->read(reinterpret_cast<unsigned char*>(data()) + size, room_ - size);
      if (got == 0) return {data(), size};
      size += got;
    }
  }
  Budget& budget_;
  sys::File file_;
  std::size_t size_ = 0;     // of the beginning
  std::uint64_t bytes_ = 0;  // of the file
  Share share_;
  std::unique_ptr<char[]> buffer_;
  std::size_t room_ = 0;
};

struct Part {
  ParsedRows parsed;
  struct One {
    TextFacts facts;
    std::string fault;  // of the file as a whole
    bool bad = false;
  };
  std::vector<One> files;
  std::uint64_t bytes = 0, paid = 0;
  bool cut = false, large = false;  // ends before its last file; that one is too large for any slot
  Share share;
};

class FilesReader {
 public:
  FilesReader(const ReadOptions& options, const RunOptions& run, Budget& budget, Collector& collector)
      : options_(options),
        run_(run),
        budget_(budget),
        collector_(collector),
        threads_(std::size_t(std::max(1, run.threads > 0 ? run.threads : available_cores()))),
        parts_(std::size_t(std::clamp<std::uint64_t>(budget.left() / kSlotBytes, 3, 2 * threads_ + 3))),
        most_(budget.left() / (16 * parts_.size())) {
    for (std::size_t i = 0; i < parts_.size(); ++i)
      workers_.push_back({TextParser(options), FileBytes(budget)});
  }

  void read() {
    while (next_ < collector_.files.size()) {
      read_groups();
      let_go();
      if (!large_) continue;
      read_large(options_, run_, budget_, collector_, std::uint32_t(next_++));
      if (run_.observer != nullptr) run_.observer->progress(double(collector_.counts.files));
    }
  }

 private:
  struct Worker {
    TextParser parser;
    FileBytes bytes;
  };

  /// From next_ on, to the end or to the file that does not fit: sizes are seen when files are opened.
  void read_groups() {
    first_ = next_;
    large_ = false;
    csv::Pipeline pipeline(threads_, parts_.size(), false);
    pipeline_ = &pipeline;
    const std::size_t groups = (collector_.files.size() - first_ + each_ - 1) / each_;
    pipeline.tell([&] { pipeline.last(groups - 1); });
    pipeline.run({[](std::uint64_t) {}, [&](std::uint64_t group) { parse(group); },
                  [&](std::uint64_t group) { merge(group); }});
  }

  /// What the slots hold, for a large file behind them.
  void let_go() {
    for (Part& part : parts_) part = Part();
    for (Worker& worker : workers_) worker.bytes.let_go();
  }

  void parse(std::uint64_t group) {
    const std::size_t first = first_ + std::size_t(group) * each_;
    const std::size_t last = std::min(first + each_, collector_.files.size());
    const std::size_t slot = pipeline_->slot(group);
    Part& part = parts_[slot];
    part.parsed.rows.clear();
    part.parsed.bands = {};
    part.files.clear();
    part.bytes = 0;
    part.cut = part.large = false;
    const bool fail = options_.table.options.on_error == csv::OnError::kFail;
    for (std::size_t file = first; file < last; ++file) {
      Part::One& one = part.files.emplace_back();
      try {
        const std::uint64_t expected = workers_[slot].bytes.open(collector_.files[file]);
        part.large = expected > most_;
        part.cut =
            part.large || (part.files.size() > 1 && part.bytes + expected > std::min(most_, kGroupBytes));
        if (part.cut) {
          part.files.pop_back();
          pipeline_->tell([&] { pipeline_->last(group); });
          break;
        }
        const std::string_view bytes = workers_[slot].bytes.read(collector_.files[file]);
        part.bytes += bytes.size();
        one.facts = workers_[slot].parser.parse(collector_.files[file], bytes, part.parsed);
      } catch (const Error& error) {
        if (fail || error.kind() != ErrorKind::kInput) throw;
        one.bad = true;
        one.fault = error.what();
      }
      const std::uint64_t held = part.parsed.rows.capacity() * sizeof(Row);
      if (held > part.paid) {
        Share more(budget_, held, "the rows of files");
        part.share = std::move(more);
        part.paid = held;
      }
    }
  }

  void merge(std::uint64_t group) {
    if (run_.stop != nullptr && run_.stop->load()) throw Error(ErrorKind::kInterrupted, "interrupted");
    Part& part = parts_[pipeline_->slot(group)];
    std::size_t file = first_ + std::size_t(group) * each_;
    const std::vector<std::int32_t> bands = collector_.bands_of(part.parsed.bands, collector_.files[file]);
    next_ = file + part.files.size();
    if (part.cut) {
      large_ = part.large;
      // Groups of so few files that as large ones fit.
      if (!large_) each_ = std::max<std::size_t>(1, part.files.size());
    }
    ReadCounts& counts = collector_.counts;
    const Row* row = part.parsed.rows.data();
    for (Part::One& one : part.files) {
      const std::uint32_t number = std::uint32_t(file++);
      const std::string& path = collector_.files[number];
      ++counts.files;
      counts.bad_rows += one.facts.bad_rows;
      for (const std::string& fault : one.facts.faults) collector_.fault(fault);
      if (one.bad) {
        ++counts.bad_files;
        collector_.fault(one.fault);
        continue;
      }
      counts.empty_files += std::int64_t(one.facts.rows == 0);
      ObjectFacts facts;
      facts.name = ObjectNumbers::name_of_file(path);
      try {
        facts.id = collector_.numbers.of_file(collector_.files, number, facts.name, one.facts.key);
      } catch (const Error& error) {
        collector_.leave_out(error, options_);
        row += one.facts.rows;
        continue;
      }
      facts.metadata = std::move(one.facts.metadata);
      facts.label = std::move(one.facts.label);
      facts.file = number;
      const std::int64_t id = facts.id;
      collector_.add(std::move(facts));
      collector_.add(row, std::size_t(one.facts.rows), id, number, bands);
      row += one.facts.rows;
      collector_.offer();
    }
    counts.bytes += part.bytes;
    if (run_.observer != nullptr) run_.observer->progress(double(counts.files));
  }

  const ReadOptions& options_;
  const RunOptions& run_;
  Budget& budget_;
  Collector& collector_;
  std::size_t threads_;
  std::vector<Part> parts_;
  std::uint64_t most_;         // bytes of a file that a slot takes
  std::size_t each_ = kGroup;  // files of a group
  std::size_t first_ = 0;      // of the groups that are read in one go
  std::size_t next_ = 0;       // the first that is not merged
  bool large_ = false;         // next_ is too large for a slot
  std::vector<Worker> workers_;
  csv::Pipeline* pipeline_ = nullptr;
};

}  // namespace

void read_files(const ReadOptions& options, const RunOptions& run, Budget& budget, Collector& collector) {
  if (collector.files.empty()) return;
  if (run.observer != nullptr) run.observer->begin("read", double(collector.files.size()), "files", 0);
  FilesReader(options, run, budget, collector).read();
  collector.flush();
  if (run.observer != nullptr) run.observer->end();
}

}  // namespace sluice::lc
