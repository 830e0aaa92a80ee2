// Many small files, an object each: several threads read and parse groups of them, the caller's merges the
// groups in order.
// Memory: slots x (a group's rows, its largest file), taken from the budget as they grow.
#include <fcntl.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <utility>

#include "host/error.h"
#include "host/formats/csv/pipeline.h"
#include "host/formats/csv/source.h"
#include "host/io/sys.h"
#include "host/lc/collector.h"
#include "host/lc/text_table.h"

namespace sluice::lc {
namespace {

constexpr std::size_t kGroup = 32;
constexpr std::size_t kFirstRead = 64 << 10;
constexpr std::uint64_t kGroupBytes = 4 << 20;

/// The bytes of one file after the other, with room around them.
class FileBytes {
 public:
  explicit FileBytes(Budget& budget) : budget_(budget) {}

  std::string_view read(const std::string& path) {
    const sys::File file(path, O_RDONLY);
    std::size_t size = 0;
    for (;;) {
      if (buffer_.size() < size + kFirstRead + 2 * csv::kPadding) grow(2 * size + kFirstRead);
      const std::size_t room = buffer_.size() - size - 2 * csv::kPadding;
      const std::size_t got = sys::read_some(file, data() + size, room, size);
      size += got;
      if (got < room) break;
    }
    const std::string_view bytes(data(), size);
    return is_compressed(bytes) ? unpacked(path) : bytes;
  }

 private:
  char* data() { return buffer_.data() + csv::kPadding; }
  static bool is_compressed(std::string_view bytes) {
    return bytes.substr(0, 2) == "\x1f\x8b" || bytes.substr(0, 4) == "\x28\xb5\x2f\xfd";
  }
  void grow(std::size_t bytes) {
    Share more(budget_, bytes + 2 * csv::kPadding, "the bytes of a file");
    buffer_.resize(bytes + 2 * csv::kPadding);
    share_ = std::move(more);
  }
  std::string_view unpacked(const std::string& path) {
    const auto source = csv::open_source(path, budget_);
    std::size_t size = 0;
    for (;;) {
      if (buffer_.size() < size + kFirstRead + 2 * csv::kPadding) grow(2 * size + kFirstRead);
      const std::size_t got = source->read(reinterpret_cast<unsigned char*>(data()) + size,
                                           buffer_.size() - size - 2 * csv::kPadding);
      if (got == 0) return {data(), size};
      size += got;
    }
  }
  Budget& budget_;
  Share share_;
  std::vector<char> buffer_;
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

/// Files in a group: fewer where they are large.
std::size_t group_size(const std::vector<std::string>& files, std::size_t slots, const Budget& budget) {
  const std::uint64_t most = std::min<std::uint64_t>(kGroupBytes, budget.left() / (8 * slots));
  std::uint64_t largest = 1;
  const std::size_t step = std::max<std::size_t>(1, files.size() / 64);
  for (std::size_t i = 0; i < files.size(); i += step) {
    std::error_code ignored;
    const std::uintmax_t size = std::filesystem::file_size(files[i], ignored);
    if (!ignored) largest = std::max<std::uint64_t>(largest, size);
  }
  return std::size_t(std::clamp<std::uint64_t>(most / largest, 1, kGroup));
}

class FilesReader {
 public:
  FilesReader(const ReadOptions& options, const RunOptions& run, Budget& budget, Collector& collector)
      : options_(options),
        run_(run),
        budget_(budget),
        collector_(collector),
        threads_(std::size_t(std::max(1, run.threads > 0 ? run.threads : available_cores()))),
        parts_(2 * threads_ + 3),
        group_(group_size(collector.files, parts_.size(), budget)) {
    for (std::size_t i = 0; i < parts_.size(); ++i)
      workers_.push_back({TextParser(options), FileBytes(budget)});
  }

  void read() {
    const std::uint64_t groups = (collector_.files.size() + group_ - 1) / group_;
    csv::Pipeline pipeline(threads_, parts_.size(), false);
    pipeline_ = &pipeline;
    pipeline.tell([&] { pipeline.last(groups - 1); });
    pipeline.run({[](std::uint64_t) {}, [&](std::uint64_t group) { parse(group); },
                  [&](std::uint64_t group) { merge(group); }});
  }

 private:
  struct Worker {
    TextParser parser;
    FileBytes bytes;
  };

  void parse(std::uint64_t group) {
    const std::size_t slot = pipeline_->slot(group);
    Part& part = parts_[slot];
    part.parsed.rows.clear();
    part.parsed.bands = {};
    part.files.clear();
    part.bytes = 0;
    const bool fail = options_.table.options.on_error == csv::OnError::kFail;
    const std::size_t end = std::min(collector_.files.size(), std::size_t(group + 1) * group_);
    for (std::size_t file = std::size_t(group) * group_; file < end; ++file) {
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
    std::size_t file = std::size_t(group) * group_;
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
      facts.id = collector_.numbers.of_file(collector_.files, number, facts.name, one.facts.key);
      facts.metadata = std::move(one.facts.metadata);
      facts.label = std::move(one.facts.label);
      facts.file = number;
      const std::int64_t id = facts.id;
      collector_.add(std::move(facts));
      for (std::int64_t i = 0; i < one.facts.rows; ++i, ++row)
        collector_.add({id, row->t, row->flux, row->error, bands[std::size_t(row->band)], number});
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
  std::size_t group_;
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
