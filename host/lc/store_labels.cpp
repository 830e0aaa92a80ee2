// Labels of objects into the store. Names are looked up all at once: there is no index on them.
#include <unordered_map>

#include "host/formats/csv/faults.h"
#include "host/lc/numbers.h"
#include "host/lc/store_add.h"

namespace sluice::lc {
namespace {

constexpr int kLook = 4095;  // labels between two looks at `stop`

void stop_if(const std::atomic<bool>* stop) {
  if (stop != nullptr && stop->load()) throw Error(ErrorKind::kInterrupted, "interrupted");
}

struct Named {
  std::int64_t id = 0, count = 0;
};

/// The objects that have the labels' texts as names.
std::unordered_map<std::string_view, Named> named(sqlite::Database& database, const Labels& labels,
                                                  const std::atomic<bool>* stop) {
  std::unordered_map<std::string_view, Named> found;
  found.reserve(labels.size());
  for (const auto& [object, label] : labels) found[object];
  sqlite::Statement all(database, "SELECT objId, name FROM objects");
  for (std::int64_t i = 0; all.step(); ++i) {
    if ((i & kLook) == 0) stop_if(stop);
    if (const auto at = found.find(all.text(1)); at != found.end())
      at->second.id = all.integer(0), ++at->second.count;
  }
  return found;
}

}  // namespace

AddCounts Store::add_labels(const Labels& labels, OnConflict on_conflict, bool by_name,
                            const std::atomic<bool>* stop) {
  AddCounts counts;
  if (labels.empty()) return counts;
  sqlite::Transaction transaction(*database_);
  try {
    if (!adding_) adding_ = std::make_unique<Adding>(*database_, "train");
    const auto names = named(*database_, labels, stop);
    sqlite::Statement by_number = database_->prepare("SELECT 1 FROM objects WHERE objId = ?");
    std::size_t added = 0;
    for (const auto& [object, label] : labels) {
      if ((added++ & kLook) == 0) stop_if(stop);
      const Named& name = names.at(object);
      std::int64_t id = 0;
      const bool numbered = !by_name && whole_number(object, id) && by_number.bind(1, id).step();
      by_number.reset();
      if (name.count > 1 || (numbered && name.count == 1 && name.id != id))
        throw Error(ErrorKind::kInput,
                    path_ + ": the label of '" + csv::shown(object) + "': expected one object, found " +
                        (numbered ? "the number of one and the name of objId " + std::to_string(name.id)
                                  : std::to_string(name.count) + " of that name"),
                    "--id order takes labels by name; the objects' numbers are in the table objects");
      if (numbered || name.count == 1)
        adding_->add_label(numbered ? id : name.id, label, "the labels", on_conflict, counts);
      else
        ++counts.unknown_labels;
    }
    if (counts.unknown_labels == std::int64_t(labels.size())) find(labels.front().first);
    transaction.commit();
  } catch (...) {
    adding_.reset();
    throw;
  }
  return counts;
}

}  // namespace sluice::lc
