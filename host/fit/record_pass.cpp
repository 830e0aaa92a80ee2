// A pass over a binary table: pieces of 8192 rows, fewer where rows are wide, read and worked on by several
// threads, merged in order. Their size depends on the table and the formula alone.
#include <algorithm>
#include <thread>

#include "host/error.h"
#include "host/fit/pass.h"
#include "host/formats/csv/pipeline.h"

namespace sluice::fit {
namespace {

constexpr std::int64_t kPieceRows = 8192, kFewRows = 256;
constexpr std::uint64_t kPieceBytes = std::uint64_t(8) << 20;

struct Slot {
  RecordRows rows;
  std::unique_ptr<RowMaker> maker;
  std::unique_ptr<PassPiece> piece;
  csv::FaultLog faults;
  std::thread::id thread = {};  // of a profile: who made it, from when to when
  double begun = 0, ended = 0;
};

void add_faults(const Source& source, const csv::FaultLog& log, std::int64_t first, csv::Faults& to) {
  to.bad_value += log.counts().bad_value;
  for (const csv::Fault& fault : log.first()) {
    const std::string text = source.input.path + ": row " +
                             std::to_string(first + std::int64_t(fault.offset) + 1) + ": " + fault.what;
    if (source.input.options.on_error == csv::OnError::kFail)
      throw Error(ErrorKind::kInput, text, "--on-error skip leaves such rows out");
    if (to.first.size() < csv::Faults::kListed) to.first.push_back(text);
  }
}

}  // namespace

void run_record_file(const Pass& pass, const Source& source, AllLevels& levels, Budget& budget,
                     const RunOptions& run, const std::function<void(std::uint64_t)>& done,
                     PassCounts& counts) {
  const RecordTable& table = *source.records;
  std::vector<std::size_t> columns;
  for (const csv::Column& column : source.numbers.columns) columns.push_back(std::size_t(column.index));
  for (const int column : source.category_columns)  // of a comparison's, which has none, the first
    columns.push_back(std::size_t(std::max(0, column)));
  const Share held(budget, table.held_bytes(columns), "chunks of the table");
  const std::uint64_t row = table.read_bytes(columns) + 64 * (columns.size() + 1);
  const std::int64_t rows =
      pass.piece_bytes != 0 ? std::max<std::int64_t>(1, std::int64_t(pass.piece_bytes / table.row_bytes()))
                            : std::clamp<std::int64_t>(std::int64_t(kPieceBytes / row), kFewRows, kPieceRows);
  const std::uint64_t each = pass.piece_memory + std::uint64_t(rows) * row;
  const auto wanted = std::uint64_t(std::max(1, run.threads > 0 ? run.threads : available_cores()));
  const std::uint64_t most = budget.left() / each;
  if (most < 5)
    throw Error(ErrorKind::kMemory, "--memory is too small for rows of " + std::to_string(columns.size()) +
                                        " columns: a fit needs at least " + std::to_string(5 * each >> 20) +
                                        "M more");
  const auto threads = std::size_t(std::min(wanted, (most - 3) / 2));
  const std::size_t count = 2 * threads + 3;
  const Share share(budget, count * each, "pieces of the table");
  std::vector<Slot> slots(count);
  for (Slot& slot : slots) {
    slot.maker = std::make_unique<RowMaker>(source, levels);
    slot.piece = pass.piece();
  }
  const std::int64_t pieces = std::max<std::int64_t>(1, (table.rows() + rows - 1) / rows);
  LevelLimit limit(levels, limited_categories(source));
  csv::Pipeline pipeline(threads, count, false);
  const auto fill = [&](std::uint64_t index) {
    const std::int64_t first = std::int64_t(index) * rows;
    Slot& slot = slots[pipeline.slot(index)];
    slot.rows.rows = std::size_t(std::max<std::int64_t>(0, std::min(rows, table.rows() - first)));
    if (std::int64_t(index) + 1 >= pieces) pipeline.tell([&] { pipeline.last(index); });
    if (slot.rows.rows > 0) table.read(first, slot.rows.rows, columns, slot.rows.values);
  };
  const auto process = [&](std::uint64_t index) {
    Slot& slot = slots[pipeline.slot(index)];
    if (pass.profile != nullptr) slot.begun = pass.profile->now(), slot.thread = std::this_thread::get_id();
    slot.maker->restart();
    slot.piece->restart();
    slot.faults.clear();
    if (slot.rows.rows > 0) slot.maker->make(slot.rows, slot.faults, *slot.piece);
    if (pass.profile != nullptr) slot.ended = pass.profile->now();
  };
  const auto merge = [&](std::uint64_t index) {
    Slot& slot = slots[pipeline.slot(index)];
    add_faults(source, slot.faults, std::int64_t(index) * rows, counts.faults);
    counts.dropped += slot.maker->dropped();
    limit.check();
    const double begun = pass.profile != nullptr ? pass.profile->now() : 0;
    pass.merge(*slot.piece);
    if (pass.profile != nullptr) {
      pass.profile->add(pass.stage, slot.thread, slot.begun, slot.ended, slot.rows.rows * table.row_bytes());
      pass.profile->add("merge", std::this_thread::get_id(), begun, pass.profile->now(), 0);
      pass.profile->sample();
    }
    done(std::min<std::uint64_t>(std::uint64_t(table.rows()), (index + 1) * std::uint64_t(rows)) *
         table.row_bytes());
  };
  pipeline.run({fill, process, merge});
}

}  // namespace sluice::fit
