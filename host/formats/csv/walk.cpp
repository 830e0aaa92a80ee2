// Pieces, the rows that they cut, and their order.
#include "host/formats/csv/walk.h"

#include <algorithm>
#include <cstring>

#include "host/error.h"
#include "host/formats/csv/parse.h"
#include "host/units.h"

namespace sluice::csv {
namespace {

// Bytes of memory for a byte of text at most: the text, its ends, places of rows, and values of which vectors
// hold up to twice as much.
constexpr std::uint64_t kGrowth = 34;
constexpr std::uint64_t kColumnBytes = 512;  // of a piece, for what is known of a column whatever its rows
// Rows that jobs see at once stay in the nearest cache, but are as many as what is begun anew for each column
// of a block wants.
constexpr std::size_t kBlockBytes = 24 << 10, kBlockRows = 256;
constexpr std::size_t kLargestPiece = 512 << 10;

const Options& checked(const Options& options) {
  check(options.dialect);
  return options;
}

std::size_t threads_for(const Options& options) {
  return std::size_t(std::max(1, options.threads > 0 ? options.threads : available_cores()));
}

// Enough that no thread waits for the merging one; fewer where memory is short or columns are many.
std::size_t slots_for(std::size_t threads, std::size_t columns, const Budget& budget) {
  const std::uint64_t wanted = 2 * threads + 3;
  const std::uint64_t fit = budget.limit() / 2 / (kGrowth * (16 << 10));
  const std::uint64_t wide = budget.limit() / 8 / (kColumnBytes * columns);
  return std::size_t(std::max<std::uint64_t>(3, std::min({wanted, fit, wide})));
}

std::size_t piece_for(const Options& options, std::size_t slots, const Budget& budget) {
  const auto most =
      std::size_t(std::clamp<std::uint64_t>(budget.limit() / 2 / (kGrowth * slots), 256, kLargestPiece));
  return options.range_bytes != 0 ? std::min(options.range_bytes, most) : most;
}

bool ascii_of(const unsigned char* data, std::size_t size) {
  return is_ascii({reinterpret_cast<const char*>(data), size});
}

}  // namespace

struct Walk::Piece {
  std::unique_ptr<unsigned char[]> buffer;
  std::size_t size = 0;
  unsigned char* data() const { return buffer.get() + kPadding; }

  std::uint64_t linked = kNone, tailed = kNone;  // the piece of which passage and tail are known
  Structure::Passage passage;
  bool last = false;
  State entry = State::kRowStart;  // before its first byte
  std::uint64_t lines = 0;         // before it
  bool split = false;              // its first byte is the LF of the last piece's CR

  bool plain = false, ascii = false;  // found together with `ends` and `passage`
  Ends ends, joint_ends;
  Block block;
  // The start of its own last row, and the row that ends in it; kPadding bytes stand before both.
  std::vector<unsigned char> tail, joint;
  std::uint64_t tail_lines = 0, joint_lines = 0;
  Share tail_share, joint_share, parse_share;
  Faults faults;  // `first` with lines
  bool not_utf8 = false;

  std::uint64_t lines_behind() const { return lines + passage.lf + passage.lone_cr - std::uint64_t(split); }
  static constexpr std::uint64_t kNone = ~std::uint64_t(0);
};

/// Rows of one stretch of bytes.
struct Walk::Text {
  const unsigned char* data;
  std::size_t size, start;
  const Ends& ends;
  std::size_t first_end;
  bool open_quote;
  std::uint64_t lines;
  bool split;
  bool ascii;
};

Walk::Walk(const std::string& path, const Options& options, Budget& budget)
    : path_(path),
      options_(checked(options)),
      budget_(budget),
      threads_(threads_for(options)),
      longest_row_(std::size_t(std::min<std::uint64_t>(budget.limit() / 16, kLongestScan / 2))),
      structure_(options.dialect),
      feed_(path, budget) {
  read_header();
}

Walk::~Walk() = default;

int Walk::index_of(const std::string& name) const {
  const auto found = indices_.find(name);
  return found == indices_.end() ? -1 : found->second;
}

std::string Walk::place(std::uint64_t lines, int column) const {
  return path_ + ": line " + std::to_string(lines + 1) + ", column " + std::to_string(column) + ": ";
}

void Walk::refuse_row(std::uint64_t lines, const unsigned char* data, std::size_t size) const {
  Ends ends;
  structure_.scan(data, 0, size, State::kRowStart, ends);
  throw Error(ErrorKind::kInput,
              place(lines, int(ends.size()) + 1) + "row too long: expected its end within " +
                  human_bytes(double(longest_row_)) + ", a sixteenth of --memory, found none",
              "a quote may be open; if rows are that long, give more --memory");
}

Walk::Piece& Walk::piece(std::uint64_t index) {
  return *pieces_[pipeline_->slot(index)];
}

void Walk::fill(std::uint64_t index) {
  Piece& p = piece(index);
  p.size = feed_.fill(index, p.data(), piece_bytes_);
  p.last = p.size < piece_bytes_;
}

// Tells the state behind a piece, and behind those that waited for it.
void Walk::link(std::uint64_t index) {
  Piece& own = piece(index);
  own.ends.clear();
  own.passage = {};
  own.plain = structure_.plain(own.data(), own.size, own.ends, own.passage, own.ascii);
  if (!own.plain) own.passage = structure_.passage(own.data(), own.size);
  pipeline_->tell([&] {
    own.linked = index;
    for (; piece(chain_.pieces).linked == chain_.pieces; ++chain_.pieces) {
      Piece& p = piece(chain_.pieces);
      p.entry = chain_.state;
      p.lines = chain_.lines;
      p.split = chain_.after_cr && p.passage.first_is_lf;
      chain_.state = p.passage.after[std::size_t(p.entry)];
      chain_.lines = p.lines_behind();
      chain_.after_cr = p.passage.last_is_cr;
      if (p.last) pipeline_->last(chain_.pieces);
    }
  });
}

void Walk::set_tail(std::uint64_t index, std::vector<unsigned char> bytes, std::uint64_t lines) {
  Piece& p = piece(index);
  pipeline_->tell([&] {
    p.tail = std::move(bytes);
    p.tail_lines = lines;
    p.tailed = index;
  });
}

// The row that was cut before this piece, with the bytes up to its end here; where it has none, it becomes
// this piece's tail. False where the piece is not wanted any more.
bool Walk::join(std::uint64_t index, std::size_t end, bool found) {
  Piece& p = piece(index);
  Piece& before = piece(index - 1);
  if (!pipeline_->wait(index, [&] { return before.tailed == index - 1; })) return false;
  p.joint = std::move(before.tail);
  p.joint_lines = before.tail_lines;
  p.joint_share = std::move(before.tail_share);
  before.tail = {};
  const std::size_t size = p.joint.size() + end;
  if (size > longest_row_ + kPadding)
    refuse_row(p.joint_lines, p.joint.data() + kPadding, p.joint.size() - kPadding);
  if (size + kPadding > p.joint.capacity()) {
    const std::size_t larger = std::min(2 * (size + kPadding), longest_row_ + 3 * kPadding);
    if (larger > piece_bytes_) {
      Share both(budget_, larger, "a long row");
      p.joint_share = std::move(both);
    }
    p.joint.reserve(larger);
  }
  p.joint.insert(p.joint.end(), p.data(), p.data() + end);
  if (!found) {
    p.tail_share = std::move(p.joint_share);
    p.joint_share = {};
    set_tail(index, std::move(p.joint), p.joint_lines);
    p.joint = {};
  }
  return true;
}

// Sound rows go to the job. False where the run ends with a fault of these.
bool Walk::hand_over(std::uint64_t index, const Text& text, Job& job) {
  Piece& p = piece(index);
  Block& block = p.block;
  block.rows.clear();
  block.data = reinterpret_cast<const char*>(text.data);
  block.ends = text.ends.data();
  block.spaces = options_.dialect.spaces;
  FaultLog faults, values;
  Rows rows(options_.dialect, {text.data, text.size, text.start, text.size, text.open_quote}, text.ends,
            text.first_end);
  Row row;
  const auto process = [&] {
    if (!block.rows.empty()) job.process(pipeline_->slot(index), block, values);
    block.rows.clear();
  };
  std::size_t block_start = text.start;
  while (rows.next(row)) {
    if (sound(row, int(names_.size()), options_.dialect, text.ascii, faults))
      block.rows.push_back({std::uint32_t(row.start), std::uint32_t(row.ends - text.ends.data())});
    else if (options_.on_error == OnError::kFail)
      break;
    else if (job.counts_unsound())
      process(), job.unsound(pipeline_->slot(index)), block_start = row.end;
    if (row.end - block_start < kBlockBytes || block.rows.size() < kBlockRows) continue;
    process();
    block_start = row.end;
    if (!values.first().empty() && options_.on_error == OnError::kFail) break;
  }
  process();
  faults.merge(values);
  p.faults.ragged += faults.counts().ragged;
  p.faults.bad_value += faults.counts().bad_value;
  p.faults.not_utf8 += faults.counts().not_utf8;
  p.faults.open_quote += faults.counts().open_quote;
  for (const Fault& fault : faults.first()) {
    if (p.faults.first.empty()) p.not_utf8 = fault.kind == Fault::Kind::kNotUtf8;
    const std::uint64_t lines = text.lines + count_lines(text.data, fault.offset);
    p.faults.first.push_back(place(lines - std::uint64_t(text.split && fault.offset != 0), fault.column) +
                             fault.what);
  }
  return faults.first().empty() || options_.on_error == OnError::kSkip;
}

void Walk::process(std::uint64_t index, Job& job) {
  Piece& p = piece(index);
  link(index);
  if (!pipeline_->wait(index, [&] { return chain_.pieces > index; })) return;
  p.faults = {};
  p.joint_share = {};
  job.begin(pipeline_->slot(index));
  State after = p.passage.after[std::size_t(p.entry)];
  if (!p.plain || !Structure::entered_plainly(p.entry)) {
    p.ends.clear();
    after = structure_.scan(p.data(), 0, p.size, p.entry, p.ends);
  }
  if (p.last && !at_row_start(after)) p.ends.push_back(End::make(p.size, true));
  const bool open_quote = p.last && after == State::kQuoted;
  const bool cut = !at_row_start(p.entry);
  std::size_t start = std::size_t(p.entry == State::kAfterCr && p.size != 0 && p.data()[0] == '\n');
  std::size_t first = 0;
  bool found = false;
  if (cut) {
    while (first < p.ends.size() && !End::is_row(p.ends[first])) ++first;
    found = first < p.ends.size();
    start = found ? std::min(p.size, behind(p.data(), p.size, End::offset(p.ends[first]))) : p.size;
    first += std::size_t(found);
  }
  if (!cut || found) {  // told at once: the next piece waits for it
    std::size_t rest = start;
    for (std::size_t k = p.ends.size(); k-- > 0 && rest == start;)
      if (End::is_row(p.ends[k])) rest = std::min(p.size, behind(p.data(), p.size, End::offset(p.ends[k])));
    std::vector<unsigned char> tail;
    if (rest != p.size) {
      tail.resize(kPadding);
      tail.insert(tail.end(), p.data() + rest, p.data() + p.size);
    }
    set_tail(index, std::move(tail), p.lines_behind() - count_lines(p.data() + rest, p.size - rest));
  }
  if (cut) {
    if (!join(index, start, found)) return;
    if (!found) return;
    p.joint_ends.clear();
    const std::size_t size = p.joint.size() - kPadding;
    p.joint.resize(kPadding + size + kPadding);
    const unsigned char* joint = p.joint.data() + kPadding;
    const State behind_joint = structure_.scan(joint, 0, size, State::kRowStart, p.joint_ends);
    if (!at_row_start(behind_joint)) p.joint_ends.push_back(End::make(size, true));
    p.parse_share = {};
    if (size > piece_bytes_)
      p.parse_share = Share(budget_, 3 * size + 30 * p.joint_ends.size(), "the values of a long row");
    const bool open = open_quote && first == p.ends.size();
    if (!hand_over(index,
                   {joint, size, 0, p.joint_ends, 0, open, p.joint_lines, false, ascii_of(joint, size)}, job))
      return;
  }
  hand_over(index,
            {p.data(), p.size, start, p.ends, first, open_quote, p.lines, p.split,
             p.plain ? p.ascii : ascii_of(p.data(), p.size)},
            job);
}

[[noreturn]] static void throw_fault(const std::string& what, bool not_utf8) {
  if (not_utf8) throw NotUtf8(what, "it may be Latin-1; or --on-error skip leaves such rows out");
  throw Error(ErrorKind::kInput, what, "--on-error skip leaves such rows out");
}

void Walk::merge(std::uint64_t index, Job& job, Faults& total) {
  Piece& p = piece(index);
  total.ragged += p.faults.ragged;
  total.bad_value += p.faults.bad_value;
  total.not_utf8 += p.faults.not_utf8;
  total.open_quote += p.faults.open_quote;
  for (std::string& fault : p.faults.first)
    if (total.first.size() < Faults::kListed) total.first.push_back(std::move(fault));
  if (options_.on_error == OnError::kFail && !total.first.empty())
    throw_fault(total.first.front(), p.not_utf8);
  job.merge(pipeline_->slot(index));
  p.joint = {}, p.joint_share = {}, p.parse_share = {};  // a long row's
  if (options_.progress) options_.progress(feed_.file_offset(index, piece_bytes_, p.size));
}

Faults Walk::run(Job& job) {
  const std::size_t slots = slots_for(threads_, names_.size(), budget_);
  piece_bytes_ = piece_for(options_, slots, budget_);
  const Share share(budget_, slots * (kGrowth * piece_bytes_ + kColumnBytes * names_.size()),
                    "pieces of the table");
  for (std::size_t i = 0; i < slots; ++i) {
    pieces_.push_back(std::make_unique<Piece>());
    pieces_.back()->buffer.reset(new unsigned char[piece_bytes_ + 2 * kPadding]);
  }
  pipeline_ = std::make_unique<Pipeline>(threads_, slots, feed_.in_turn());
  job.slots(slots);
  Faults total;
  pipeline_->run({[&](std::uint64_t index) { fill(index); },
                  [&](std::uint64_t index) { process(index, job); },
                  [&](std::uint64_t index) { merge(index, job, total); }});
  pieces_.clear();
  return total;
}

}  // namespace sluice::csv
