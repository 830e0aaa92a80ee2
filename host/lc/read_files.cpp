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

constexpr std::size_t kGroup = 32;
constexpr std::size_t kRead = 4 << 10;  // steps of what a file's bytes take
constexpr std::uint64_t kGroupBytes = 4 << 20;
constexpr std::uint64_t kSlotBytes = 2 << 20;  // of the budget, of which more slots are worth their while
constexpr std::uint64_t kPacked = 10;          // times that a packed file may grow

/// The bytes of one file after the other, with room around them.
class FileBytes {
 public:
  void let_go() { buffer_.reset(), share_ = Share(), room_ = 0; }
  explicit FileBytes(Budget& budget) : budget_(budget) {}

  std::string_view read(const std::string& path) {
    const sys::File file(path, O_RDONLY);
    std::size_t size = 0;
    make_room(std::size_t(sys::identity(file).bytes) + 1, 0);
    for (;;) {
      const std::size_t got = sys::read_some(file, data() + size, room_ - size, size);
      size += got;
      if (size < room_) break;
      make_room(2 * size, size);  // it has grown
    }
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
  Share share;
};

/// Bytes of a file as text, about; of one that is not there 0.
std::uint64_t text_bytes(const std::string& path) {
  std::error_code ignored;
  const std::uintmax_t size = std::filesystem::file_size(path, ignored);
  if (ignored) return 0;
  return std::uint64_t(size) * (ends_with(path, ".gz") || ends_with(path, ".zst") ? kPacked : 1);
}

struct Group {
  std::uint32_t first, last;  // files
  bool large;                 // one file that no slot can hold
};

/// Consecutive files, of at most so many bytes that all slots have room.
std::vector<Group> groups_of(const std::vector<std::string>& files, std::uint64_t most) {
  std::vector<Group> groups;
  std::uint64_t held = 0;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::uint64_t bytes = text_bytes(files[i]);
    const bool large = bytes > most;
    Group* const open = groups.empty() ? nullptr : &groups.back();
    if (open == nullptr || large || open->large || held + bytes > std::min(most, kGroupBytes) ||
        open->last - open->first == kGroup)
      groups.push_back({std::uint32_t(i), std::uint32_t(i), large}), held = 0;
    groups.back().last = std::uint32_t(i + 1);
    held += bytes;
  }
  return groups;
}

class FilesReader {
 public:
  FilesReader(const ReadOptions& options, const RunOptions& run, Budget& budget, Collector& collector)
      : options_(options),
        run_(run),
        budget_(budget),
        collector_(collector),
        threads_(std::size_t(std::max(1, run.threads > 0 ? run.threads : available_cores()))),
        parts_(std::size_t(std::clamp<std::uint64_t>(budget.left() / kSlotBytes, 3, 2 * threads_ + 3))),
        groups_(groups_of(collector.files, budget.left() / (16 * parts_.size()))) {
    for (std::size_t i = 0; i < parts_.size(); ++i)
      workers_.push_back({TextParser(options), FileBytes(budget)});
  }

  void read() {
    for (std::size_t next = 0; next < groups_.size();) {
      if (groups_[next].large) {
        read_large(options_, run_, budget_, collector_, groups_[next++].first);
        if (run_.observer != nullptr) run_.observer->progress(double(collector_.counts.files));
        continue;
      }
      first_ = next;
      while (next < groups_.size() && !groups_[next].large) ++next;
      read_groups(next - first_);
      let_go();
    }
  }

 private:
  struct Worker {
    TextParser parser;
    FileBytes bytes;
  };

  void read_groups(std::size_t count) {
    csv::Pipeline pipeline(threads_, parts_.size(), false);
    pipeline_ = &pipeline;
    pipeline.tell([&] { pipeline.last(count - 1); });
    pipeline.run({[](std::uint64_t) {}, [&](std::uint64_t group) { parse(group); },
                  [&](std::uint64_t group) { merge(group); }});
  }

  /// What the slots hold, for a large file behind them.
  void let_go() {
    for (Part& part : parts_) part = Part();
    for (Worker& worker : workers_) worker.bytes.let_go();
  }

  void parse(std::uint64_t group) {
    const Group& files = groups_[first_ + group];
    const std::size_t slot = pipeline_->slot(group);
    Part& part = parts_[slot];
    part.parsed.rows.clear();
    part.parsed.bands = {};
    part.files.clear();
    part.bytes = 0;
    const bool fail = options_.table.options.on_error == csv::OnError::kFail;
    for (std::size_t file = files.first; file < files.last; ++file) {
      Part::One& one = part.files.emplace_back();
      try {
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
    std::size_t file = groups_[first_ + group].first;
    const std::vector<std::int32_t> bands = collector_.bands_of(part.parsed.bands, collector_.files[file]);
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
      for (std::int64_t i = 0; i < one.facts.rows; ++i, ++row) {
        collector_.add({id, row->t, row->flux, row->error, bands[std::size_t(row->band)], number});
        collector_.offer();
      }
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
  std::vector<Group> groups_;
  std::size_t first_ = 0;  // of the groups that are read in one go
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
