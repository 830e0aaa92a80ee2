// Rows of parts, in order, to batches: bands get one numbering for all files, a batch goes out when it is
// full.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/budget.h"
#include "host/error.h"
#include "host/lc/numbers.h"
#include "host/lc/read.h"
#include "host/lc/row_parser.h"

namespace sluice::lc {

/// What reads files of both kinds shares while it reads.
class Collector {
 public:
  /// Twice `batch_bytes` are taken from the budget: the batch, and room for the last rows that it takes.
  Collector(const ReadOptions& options, std::shared_ptr<const std::vector<std::string>> names, Budget& budget,
            std::uint64_t batch_bytes, const std::function<void(Batch&&)>& take, const KnownNames& known);

  ObjectNumbers numbers;
  ReadCounts counts;
  const std::vector<std::string>& files;

  /// The codes of a part's bands, by that part's own. Error{kInput}: more than 1000 of them.
  std::vector<std::int32_t> bands_of(const csv::Dictionary& bands, const std::string& path);
  void add(ObjectFacts facts);
  /// Rows whose band and object are final.
  void add(const Row& row) { batch_.rows.push_back(row); }
  /// Rows of one object and file, whose bands are by a part's own numbers; hands over batches that are full.
  void add(const Row* rows, std::size_t count, std::int64_t object, std::uint32_t file,
           const std::vector<std::int32_t>& bands);
  /// Hands the batch over where it is full.
  void offer() {
    if (batch_.rows.size() >= full_ || text_bytes_ >= full_ * sizeof(Row)) flush();
  }
  void flush();
  /// Bands that --passbands does not name, where it names some; empty: none.
  std::string unlisted() const;
  /// A file that is left out as a whole; thrown on where such files are an error.
  void leave_out(const Error& error, const ReadOptions& options);
  void fault(const std::string& text) {
    if (counts.faults.size() < csv::Faults::kListed) counts.faults.push_back(text);
  }

 private:
  std::shared_ptr<const std::vector<std::string>> names_;
  Share share_;
  std::size_t full_, text_bytes_ = 0;
  const std::function<void(Batch&&)>& take_;
  csv::Dictionary dictionary_;
  std::vector<std::pair<std::string, std::string>> passbands_;
  std::vector<std::string> unlisted_;
  Batch batch_;
};

/// A file of one object that is too large to be held: by the reader of tables. Comment lines behind its names
/// are no metadata.
void read_large(const ReadOptions& options, const RunOptions& run, Budget& budget, Collector& collector,
                std::uint32_t file);
void read_files(const ReadOptions& options, const RunOptions& run, Budget& budget, Collector& collector);
void read_tables(const ReadOptions& options, const RunOptions& run, Budget& budget, Collector& collector);

}  // namespace sluice::lc
