// Curves of a store, object by object in the order of the index. Rows of other bands are counted without a
// look at their values.
#include <algorithm>

#include "host/formats/sqlite.h"
#include "host/lc/gather.h"
#include "host/lc/store.h"

namespace sluice::lc {
namespace {

std::string text(const std::string& value) {
  std::string quoted = "'";
  for (const char c : value) quoted.append(c == '\'' ? 2 : 1, c);
  return quoted + "'";
}

/// Columns of the index, and the values where the band is wanted.
std::string query_of(const std::string& table, const std::vector<std::string>& bands, bool one_object) {
  std::string list;
  for (const std::string& band : bands) list += (list.empty() ? "" : ", ") + text(band);
  const std::string wanted = "CASE WHEN pb IN (" + list + ") THEN ";
  return "SELECT objId, pb, t, " + wanted + "flux END, " + wanted + "dflux END FROM " + table +
         " INDEXED BY " + table + "_curve" + (one_object ? " WHERE objId = ?" : "") +
         " ORDER BY objId, pb, t, id";
}

class Rows {
 public:
  Rows(sqlite::Statement& rows, const RunOptions& run, Gatherer& gatherer)
      : rows_(rows), run_(run), gatherer_(gatherer) {}

  std::int64_t take_all() {
    std::int64_t taken = 0, object = 0;
    while (rows_.step()) {
      if ((taken & 4095) == 0 && run_.stop != nullptr && run_.stop->load())
        throw Error(ErrorKind::kInterrupted, "interrupted");
      const std::int64_t of = rows_.integer(0);
      if (taken == 0 || of != object) gatherer_.begin(of), object = of;
      const std::string_view band = rows_.text(1);
      if (band != band_) band_ = band, place_ = gatherer_.place_of(band);
      if (place_ < 0)
        gatherer_.other();
      else
        gatherer_.add(place_, rows_.real(2), rows_.real(3), rows_.real(4));
      ++taken;
    }
    return taken;
  }

 private:
  sqlite::Statement& rows_;
  const RunOptions& run_;
  Gatherer& gatherer_;
  std::string band_;
  int place_ = gatherer_.place_of("");
};

}  // namespace

SelectedCounts read_curves(Store& store, const Selection& selection, const RunOptions& run, Budget& budget,
                           const std::function<void(const Curves&)>& take) {
  if (!store.has_set(selection.set)) {
    std::string sets;
    for (const std::string& set : store.sets()) sets += (sets.empty() ? "" : ", ") + set;
    throw Error(ErrorKind::kInput,
                store.path() + ": no such set: expected one of " + sets + ", found '" + selection.set + "'");
  }
  const std::string index = tables_of(selection.set).phot + "_curve";
  sqlite::Statement indexed =
      store.database().prepare("SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = ?");
  if (!indexed.bind(1, std::string_view(index)).step())
    throw Error(ErrorKind::kInput, store.path() + ": no index " + index + ": expected one as ingest makes it",
                "sluice lc ingest into the same set makes it again");
  std::vector<std::string> bands = selection.bands;
  if (bands.empty())
    for (const auto& [band, rows] : store.bands(selection.set)) bands.push_back(band);
  Gatherer gatherer(store.path(), bands, budget, take);
  const std::string table = tables_of(selection.set).phot;
  sqlite::Statement rows = store.database().prepare(query_of(table, bands, !selection.objects.empty()));
  if (selection.objects.empty()) {
    Rows(rows, run, gatherer).take_all();
    return gatherer.finish();
  }
  std::vector<std::int64_t> objects = selection.objects;
  std::sort(objects.begin(), objects.end());
  objects.erase(std::unique(objects.begin(), objects.end()), objects.end());
  for (const std::int64_t object : objects) {
    rows.bind(1, object);
    if (Rows(rows, run, gatherer).take_all() > 0) continue;
    store.find(std::to_string(object));  // an error where there is no such object at all
    gatherer.begin(object);
  }
  return gatherer.finish();
}

}  // namespace sluice::lc
