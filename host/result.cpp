#include "host/result.h"

#include <fcntl.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "host/error.h"

namespace sluice {
namespace {

constexpr const char* kFingerprintKey = "fingerprint";
constexpr const char* kBytesKey = "bytes";  // of text, whose size nothing else tells

std::atomic<double (*)()> checkpoint_clock{nullptr};

/// The first line in which two fingerprints differ, as "key: expected X, found Y".
std::string difference(const std::string& then, const std::string& now) {
  std::istringstream a(then), b(now);
  std::string x, y;
  for (;;) {
    const bool more_a = bool(std::getline(a, x)), more_b = bool(std::getline(b, y));
    if (!more_a && !more_b) return "nothing";
    if (!more_a || !more_b || x != y) {
      const std::string key = (more_a ? x : y).substr(0, (more_a ? x : y).find(':'));
      auto value = [](bool there, const std::string& line) {
        const auto colon = line.find(": ");
        return !there ? std::string("nothing") : colon == std::string::npos ? line : line.substr(colon + 2);
      };
      return key + ": expected " + value(more_a, x) + ", found " + value(more_b, y);
    }
  }
}

/// Offsets are kept as the fingerprint's last line, since resuming must not ask the format again.
std::string with_offsets(const std::string& fingerprint, const std::vector<std::uint64_t>& offsets) {
  std::string text = fingerprint + "\x1f";
  for (std::uint64_t o : offsets) text += std::to_string(o) + " ";
  return text;
}

}  // namespace

void set_checkpoint_clock(double (*seconds)()) noexcept {
  checkpoint_clock = seconds;
}

double Result::age() const {
  const auto clock = checkpoint_clock.load();
  return clock != nullptr ? clock() - started_ : since_start_.seconds();
}

Result::Result(std::vector<OutputSpec> files, std::string fingerprint, const Provenance& provenance,
               const RunOptions& run)
    : files_(std::move(files)),
      provenance_(provenance),
      fingerprint_(std::move(fingerprint)),
      observer_(run.observer),
      interval_(run.checkpoint_seconds) {
  if (const auto clock = checkpoint_clock.load(); clock != nullptr) started_ = clock();
  provenance_.emplace_back(kFingerprintKey, fingerprint_);
  const bool unfinished = sys::exists(journal_path());
  if (run.resume && unfinished) {
    resume();
    if (journal_) return;
  } else if (run.resume && sys::exists(files_[0].path) && !run.force) {
    for (const auto& [key, value] : read_provenance(files_[0].path)) {
      if (key != kFingerprintKey) continue;
      if (value != fingerprint_)
        throw Error(ErrorKind::kOutput,
                    files_[0].path + ": is the result of another run: " + difference(value, fingerprint_),
                    "give --force to replace it, or another output");
      complete_ = all_there();
      if (complete_) return;
    }
  }
  if (!run.force) {
    for (const OutputSpec& f : files_)
      if (sys::exists(f.path))
        throw Error(ErrorKind::kOutput, f.path + ": exists already", "give --force to replace it");
    for (std::size_t i = 0; i < files_.size() && !unfinished; ++i)
      if (sys::exists(working(int(i))))
        throw Error(ErrorKind::kOutput, working(int(i)) + ": is in the way: no run of sluice left it",
                    "move it away, or give --force to replace it");
    if (unfinished && !run.resume)
      throw Error(ErrorKind::kOutput,
                  files_[0].path + ": an unfinished run is there (" + journal_path() + ")",
                  "give --resume to go on with it, or --force to start again");
  }
  start(provenance_);
}

void Result::start(const Provenance& provenance) {
  journal_.reset();
  // The journal is locked before anything of an earlier run is touched; its header is written again once the
  // files are there, so a crash in between leaves nothing that looks resumable.
  journal_ = Journal::create(journal_path(), "");
  try {
    for (std::size_t i = 0; i < files_.size(); ++i) {
      sys::unlink(working(int(i)));
      bool reserved = true;
      offsets_.push_back(create_output(files_[i], working(int(i)), provenance, &reserved));
      if (!reserved && observer_ != nullptr)
        observer_->note(files_[i].path +
                        ": this file system cannot reserve space; what is free now was checked");
      handles_.emplace_back(working(int(i)), O_RDWR);
    }
    for (int turn : {0, 1}) sys::unlink(state_path(turn));
    journal_.reset();
    journal_ = Journal::create(journal_path(), with_offsets(fingerprint_, offsets_));
    sys::sync_folder(journal_path());  // so that there is something to resume after a power cut
  } catch (...) {
    remove_all();
    throw;
  }
}

void Result::resume() {
  JournalContents contents;
  Journal journal = Journal::open(journal_path(), contents);
  const auto cut = contents.header.rfind('\x1f');
  if (!contents.valid || cut == std::string::npos) return;  // torn at birth: nothing was done
  const std::string then = contents.header.substr(0, cut);
  if (then != fingerprint_)
    throw Error(
        ErrorKind::kOutput,
        files_[0].path + ": cannot be resumed: the unfinished run differs: " + difference(then, fingerprint_),
        "give the options and inputs of the unfinished run, or --force without --resume to start again");
  std::istringstream offsets(contents.header.substr(cut + 1));
  for (std::uint64_t o; offsets >> o;) offsets_.push_back(o);
  if (offsets_.size() != files_.size()) {
    offsets_.clear();
    return;
  }
  if (contents.finishing) {  // every byte is there; the names may be half changed
    journal_ = std::move(journal);
    resumed_ = any_tile_ = keep_ = true;
    for (const TileRecord& t : contents.tiles) note_largest(t);
    rename_all();
    complete_ = true;
    return;
  }
  bool whole = true;
  for (std::size_t i = 0; i < files_.size(); ++i) whole = whole && sys::exists(working(int(i)));
  if (!whole) {
    offsets_.clear();
    return;
  }
  for (std::size_t i = 0; i < files_.size(); ++i) handles_.emplace_back(working(int(i)), O_RDWR);
  journal_ = std::move(journal);
  found_ = std::move(contents.tiles);
  for (const TileRecord& t : found_) note_largest(t);
  resumed_ = true;
  any_tile_ = !found_.empty();
  keep_ = true;
}

Result::~Result() {
  if (finished_ || complete_) return;
  try {
    if (journal_) commit();
  } catch (const Error&) {  // the journal then says less than is on disk: still true
  }
  bool state = false;
  try {
    for (int turn : {0, 1}) state = state || sys::exists(state_path(turn));
  } catch (const Error&) {
    state = true;
  }
  if (!any_tile_ && !state && !keep_) remove_all();
}

void Result::discard() noexcept {
  remove_all();
  finished_ = true;
}

/// Files under their final names with the sizes that they must have.
bool Result::all_there() const {
  for (const OutputSpec& f : files_) {
    if (!sys::exists(f.path)) return false;
    const std::uint64_t data = std::uint64_t(f.rows) * std::uint64_t(f.columns) * size_of(f.type);
    const std::uint64_t bytes = sys::identity(sys::File(f.path, O_RDONLY)).bytes;
    if (f.format == FileFormat::kText) {
      const Provenance provenance = read_provenance(f.path);
      const auto same = [&](const auto& entry) {
        return entry.first == kBytesKey && entry.second == std::to_string(bytes);
      };
      if (std::none_of(provenance.begin(), provenance.end(), same)) return false;
      continue;
    }
    if (f.format == FileFormat::kHdf5 ? bytes < data
                                      : bytes != data + (f.format == FileFormat::kNpy ? 4096 : 0))
      return false;
  }
  return true;
}

/// Ties go to the entry that comes first, so that the answer does not depend on the order of the tiles.
void Result::note_largest(const TileRecord& t) {
  if (t.largest_row < 0) return;
  const double a = std::fabs(t.largest), b = std::fabs(largest_.largest);
  const auto place = [](const TileRecord& r) { return std::pair(r.largest_row, r.largest_column); };
  if (largest_.largest_row < 0 || a > b || (a == b && place(t) < place(largest_))) largest_ = t;
}

void Result::remove_all() noexcept {
  auto quietly = [](const std::string& path) {
    try {
      sys::unlink(path);
    } catch (const Error&) {
    }
  };
  for (std::size_t i = 0; i < files_.size(); ++i) quietly(working(int(i)));
  for (int turn : {0, 1}) quietly(state_path(turn));
  quietly(journal_path());
}

void Result::write(int file, std::uint64_t at, const void* from, std::size_t bytes) {
  sys::write_at(handles_[std::size_t(file)], from, bytes, offsets_[std::size_t(file)] + at);
  bytes_written_ += bytes;
}

void Result::cut(int file, std::uint64_t bytes) {
  sys::set_size(handles_[std::size_t(file)], offsets_[std::size_t(file)] + bytes);
}

void Result::completed(const TileRecord& tile) {
  {
    std::lock_guard lock(mutex_);
    pending_.push_back(tile);
    note_largest(tile);
    const double now = age();
    const double wait = first_ < 0 ? interval_ : std::min(interval_, std::max(first_, last_commit_));
    if (now - last_commit_ < wait) return;
    last_commit_ = now;
  }
  commit();
}

void Result::commit() {
  std::lock_guard one_at_a_time(commit_mutex_);
  std::vector<TileRecord> tiles;
  {
    std::lock_guard lock(mutex_);
    tiles.swap(pending_);
  }
  if (tiles.empty() || sync_failed_) return;
  const Clock clock;
  try {
    for (const sys::File& f : handles_) sys::sync_data(f);
    journal_->append(tiles);
    journal_->sync();
  } catch (...) {
    sync_failed_ = true;  // the kernel may have dropped the pages: a later sync that succeeds proves nothing
    throw;
  }
  any_tile_ = true;
  sync_seconds_ += clock.seconds();
}

void Result::finish() {
  commit();
  const Clock clock;
  for (const sys::File& f : handles_) sys::sync_all(f);
  journal_->append_finishing();
  journal_->sync();
  any_tile_ = true;
  handles_.clear();
  rename_all();
  finished_ = true;
  sync_seconds_ += clock.seconds();
}

void Result::rename_all() {
  for (std::size_t i = 0; i < files_.size(); ++i) {
    if (!sys::exists(working(int(i)))) continue;  // renamed before a crash
    Provenance provenance = provenance_;
    if (files_[i].format == FileFormat::kText)
      provenance.emplace_back(kBytesKey,
                              std::to_string(sys::identity(sys::File(working(int(i)), O_RDONLY)).bytes));
    write_provenance(files_[i], provenance);
    sys::rename(working(int(i)), files_[i].path);
  }
  for (int turn : {0, 1}) sys::unlink(state_path(turn));
  sys::unlink(journal_path());
}

}  // namespace sluice
