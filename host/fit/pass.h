// One pass over a table: its pieces' rows, each by a thread, merged in the table's order. Pieces have one
// size whatever the memory and the threads, so what is merged is too. Memory: the reader's (34 bytes for one
// of text) for twice as many pieces as threads and three; where the budget is short, fewer threads.
#pragma once
#include <functional>
#include <memory>

#include "host/fit/profile.h"
#include "host/fit/rows.h"
#include "host/run.h"

namespace sluice::fit {

/// What is made of one piece; used again for later ones.
class PassPiece : public RowTaker {
 public:
  virtual void restart() = 0;
};

struct Pass {
  const char* stage = "";
  std::function<std::unique_ptr<PassPiece>()> piece;
  std::function<void(PassPiece&)> merge;
  std::uint64_t piece_memory = 0;  // bytes that one holds, about
  std::size_t piece_bytes = 0;     // of text; 0: 128 KiB
  Profile* profile = nullptr;      // told who does what when; null: nobody asks
};

struct PassCounts {
  std::int64_t dropped = 0;  // rows without a value
  csv::Faults faults;
};

/// Of a pass over text in pieces of 128 KiB, by one thread.
std::uint64_t least_pass_memory(std::uint64_t piece_memory);

/// The categories whose levels become columns, for LevelLimit: clusters do not.
std::vector<std::string> limited_categories(const Source& source);

/// The same over a binary table; what a file of it adds goes to `counts`. `done`: told how many bytes are.
/// Memory: two pieces a thread and three, of 8192 rows.
void run_record_file(const Pass& pass, const Source& source, AllLevels& levels, Budget& budget,
                     const RunOptions& run, const std::function<void(std::uint64_t)>& done,
                     PassCounts& counts);

/// Error{kInput} as csv::read, and where the file changed meanwhile; {kMemory} where a category has more than
/// kMostCodedLevels; {kInterrupted}.
PassCounts run_pass(const Pass& pass, const Source& source, AllLevels& levels, Budget& budget,
                    const RunOptions& run, RunSummary& summary);

}  // namespace sluice::fit
