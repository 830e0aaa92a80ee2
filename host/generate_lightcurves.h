// Light curves of many objects as a survey would see them: constant, periodic and transient ones, in several
// bands at irregular times. An object depends on the seed and its number alone: the same bytes at any
// threads.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "host/run.h"

namespace sluice {

struct GenerateLightcurvesOptions {
  std::int64_t objects = -1;
  std::int64_t least = 30, most = 1000;  // points of an object, over all bands
  std::string bands = "ugriz";           // a letter a band
  std::uint64_t seed = 0;
  std::string output;  // .csv or .tsv, a folder of text tables, or a database (.db, .sqlite)
  /// Takes the table's text in order in place of a file, where output is "-"; false: no more is wanted.
  std::function<bool(std::string_view)> sink;
};

struct GenerateLightcurvesSummary {
  RunSummary run;
  std::int64_t rows = 0;
  std::int64_t shapes[3] = {};  // objects that are constant, periodic, transient
  std::uint64_t bytes = 0;      // of all files
  std::string format;           // "table", "folder", "database"
  std::string labels_file;      // of a table: the shape of each object
  std::string open_hint;
};

struct GenerateLightcurvesPlan {
  std::int64_t rows = 0;
  std::uint64_t bytes = 0, disk_free = 0;  // bytes: about
  std::string format;
};

/// Error{kUsage}: no objects, a range of points that makes no sense, bands that are no letters or come twice,
/// an output of no known kind.
GenerateLightcurvesPlan plan_generate_lightcurves(const GenerateLightcurvesOptions&);

/// Memory: a block of objects a thread, within the budget. A table goes on with --resume; a folder and a
/// database are made under the name OUTPUT.partial, anew after a crash. Error{kOutput}: the output exists and
/// run.force is not set; a folder that holds other files is never replaced.
GenerateLightcurvesSummary generate_lightcurves(const GenerateLightcurvesOptions&, const RunOptions&);

}  // namespace sluice
