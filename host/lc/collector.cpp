// Batches as they fill.
#include "host/lc/collector.h"

#include <algorithm>

#include "host/error.h"
#include "host/formats/csv/faults.h"

namespace sluice::lc {

constexpr std::size_t kMostBands = 1000;

Collector::Collector(const ReadOptions& options, std::shared_ptr<const std::vector<std::string>> names,
                     Budget& budget, std::uint64_t batch_bytes, const std::function<void(Batch&&)>& take,
                     const KnownNames& known)
    : numbers(options, budget, known),
      files(*names),
      names_(std::move(names)),
      share_(budget, 2 * batch_bytes, "a batch of rows"),
      full_(std::max<std::size_t>(1, batch_bytes / sizeof(Row))),
      take_(take),
      passbands_(options.passbands) {
  batch_.files = names_;
  batch_.rows.reserve(full_ + full_ / 8);
}

std::vector<std::int32_t> Collector::bands_of(const csv::Dictionary& bands, const std::string& path) {
  std::vector<std::int32_t> codes;
  for (const std::string& text : bands.levels()) {
    const auto named = std::find_if(passbands_.begin(), passbands_.end(),
                                    [&](const auto& pair) { return pair.first == text; });
    const bool kept = passbands_.empty() || named != passbands_.end();
    if (!kept && std::find(unlisted_.begin(), unlisted_.end(), text) == unlisted_.end())
      unlisted_.push_back(text);
    codes.push_back(dictionary_.add(named == passbands_.end() ? text : named->second, 0));
  }
  if (dictionary_.size() > kMostBands)
    throw Error(ErrorKind::kInput,
                path + ": too many bands: expected at most " + std::to_string(kMostBands) +
                    ", found more, '" + csv::shown(dictionary_[kMostBands]) + "' among them",
                "--columns pb=NAME says which column holds the band");
  return codes;
}

void Collector::leave_out(const Error& error, const ReadOptions& options) {
  if (options.table.options.on_error == csv::OnError::kFail || error.kind() != ErrorKind::kInput) throw error;
  ++counts.bad_files;
  fault(error.what());
}

std::string Collector::unlisted() const {
  std::string all;
  for (std::size_t i = 0; i < unlisted_.size() && i < 12; ++i)
    all += (i == 0 ? "" : ", ") + csv::shown(unlisted_[i]);
  return unlisted_.size() > 12 ? all + ", ..." : all;
}

void Collector::add(ObjectFacts facts) {
  text_bytes_ += sizeof(ObjectFacts) + facts.name.size() + facts.metadata.size() + facts.label.size();
  ++counts.objects;
  batch_.objects.push_back(std::move(facts));
}

void Collector::add(const Row* rows, std::size_t count, std::int64_t object, std::uint32_t file,
                    const std::vector<std::int32_t>& bands) {
  while (count > 0) {
    const std::size_t before = batch_.rows.size();
    const std::size_t some = std::min(count, full_ - std::min(full_ - 1, before));
    batch_.rows.insert(batch_.rows.end(), rows, rows + some);
    for (Row* row = batch_.rows.data() + before; row != batch_.rows.data() + before + some; ++row) {
      row->object = object;
      row->band = bands[std::size_t(row->band)];
      row->file = file;
    }
    rows += some, count -= some;
    offer();
  }
}

void Collector::flush() {
  if (batch_.rows.empty() && batch_.objects.empty()) return;
  batch_.bands = dictionary_.levels();
  counts.rows += std::int64_t(batch_.rows.size());
  take_(std::move(batch_));
  // What the taker left is used again: fresh memory costs more than filling it.
  std::vector<Row> rows = std::move(batch_.rows);
  rows.clear();
  batch_ = {};
  batch_.rows = std::move(rows);
  batch_.rows.reserve(full_ + full_ / 8);
  batch_.files = names_;
  text_bytes_ = 0;
}

}  // namespace sluice::lc
