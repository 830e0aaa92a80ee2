// One walk over a table: pieces of it, each one's rows handed to a job in parallel, the results merged in the
// file's order. A piece's first true row start follows from the states behind all pieces before it; a row
// that is cut goes, whole, to the piece in which it ends.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "host/formats/csv/block.h"
#include "host/formats/csv/faults.h"
#include "host/formats/csv/feed.h"
#include "host/formats/csv/pipeline.h"
#include "host/formats/csv/schema.h"
#include "host/formats/csv/structure.h"

namespace sluice::csv {

class Job {
 public:
  virtual ~Job() = default;
  /// Called once, before all others, with the number of pieces in flight.
  virtual void slots(std::size_t count) = 0;
  /// A new piece for this slot.
  virtual void begin(std::size_t slot) = 0;
  /// Adds rows to the slot's piece; in parallel, one thread a slot. Bad rows are logged and left out; where
  /// the policy is to fail, those behind the first may be too.
  virtual void process(std::size_t slot, Block& block, FaultLog& faults) = 0;
  /// Whether unsound() is called: by jobs that count the places of all rows.
  virtual bool counts_unsound() const { return false; }
  /// A row that is not sound, and was logged, stands behind those that the slot was given so far.
  virtual void unsound(std::size_t slot) {}
  /// One after the other, in the file's order, by the caller's thread.
  virtual void merge(std::size_t slot) = 0;
};

class Walk {
 public:
  /// Opens the table and reads its header. Error{kInput} where it has neither header nor rows.
  Walk(const std::string& path, const Options& options, Budget& budget);
  ~Walk();
  const std::vector<std::string>& names() const { return names_; }
  /// Its number in the file, or -1.
  int index_of(const std::string& name) const;
  const std::vector<std::string>& renamed() const { return renamed_; }
  /// All rows. Returns what was left out; Error{kInput} at the first fault where the policy is to fail.
  Faults run(Job& job);

 private:
  struct Piece;
  struct Text;
  struct Chain {               // what pieces tell each other
    std::uint64_t pieces = 0;  // up to which it is known
    State state = State::kRowStart;
    std::uint64_t lines = 0;
    bool after_cr = false;
  };
  void read_header();
  void set_names(const Row& row);
  [[noreturn]] void refuse_row(std::uint64_t lines, const unsigned char* data, std::size_t size) const;
  std::string place(std::uint64_t lines, int column) const;

  void fill(std::uint64_t index);
  void process(std::uint64_t index, Job& job);
  void link(std::uint64_t index);
  bool join(std::uint64_t index, std::size_t end, bool found);
  void set_tail(std::uint64_t index, std::vector<unsigned char> bytes, std::uint64_t lines);
  bool hand_over(std::uint64_t index, const Text& text, Job& job);
  void merge(std::uint64_t index, Job& job, Faults& total);
  Piece& piece(std::uint64_t index);

  std::string path_;
  const Options& options_;
  Budget& budget_;
  std::size_t threads_, longest_row_, piece_bytes_ = 0;
  Structure structure_;
  Feed feed_;
  std::vector<std::string> names_, renamed_;
  std::unordered_map<std::string, int> indices_;
  std::vector<std::unique_ptr<Piece>> pieces_;
  std::unique_ptr<Pipeline> pipeline_;
  Chain chain_;
};

}  // namespace sluice::csv
