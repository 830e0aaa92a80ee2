// The journal of a run: which rectangles of the result are on disk. A file of CRC'd records, the first a text
// that names everything the result's bytes depend on; a torn tail is cut off, never believed.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "host/io/sys.h"
#include "host/matrix.h"

namespace sluice {

struct TileRecord {
  Rect rect;           // of the result, upper triangle where it is symmetric
  double largest = 0;  // largest off-diagonal entry by absolute value in it, and its place
  std::int64_t largest_row = -1, largest_column = -1;
};

struct JournalContents {
  bool valid = false;  // the first record is whole
  std::string header;
  std::vector<TileRecord> tiles;
  bool finishing = false;   // all tiles were written: only names were left to change
  std::uint64_t bytes = 0;  // of the whole records
};

/// Reads records up to the first that is torn or unknown. Never throws: any bytes are input.
JournalContents parse_journal(std::span<const unsigned char> bytes);

class Journal {
 public:
  /// Creates it with its header on disk, and locks it against a second run. Error{kOutput}.
  static Journal create(const std::string& path, const std::string& header);
  /// Opens an existing one, locked, with its torn tail cut off.
  static Journal open(const std::string& path, JournalContents& contents);
  void append(const std::vector<TileRecord>& tiles);
  void append_finishing();
  void sync();

 private:
  void append_record(unsigned char kind, const void* data, std::size_t bytes);
  sys::File file_;
  std::uint64_t end_ = 0;
};

}  // namespace sluice
