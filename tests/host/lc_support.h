// Light curves for tests: files of them, a store's tables as text, and runs within a memory.
#pragma once
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "formats_support.h"
#include "host/formats/sqlite.h"
#include "host/lc/ingest.h"

namespace sluice::lc_test {

using namespace lc;
using formats_test::caught;
using formats_test::Caught;
using formats_test::Folder;
using formats_test::get;
using formats_test::put;

inline RunOptions run_in(std::uint64_t memory = 64 << 20, int threads = 2) {
  RunOptions run;
  run.memory = memory;
  run.threads = threads;
  return run;
}

inline IngestOptions into(const std::string& database, std::vector<std::string> inputs) {
  IngestOptions options;
  options.read.inputs = std::move(inputs);
  options.output = database;
  return options;
}

/// All rows of a query, fields between '|', NULL as such, doubles with all digits.
inline std::string sql(const std::string& database, const std::string& query) {
  sqlite::Database db(database, sqlite::Database::Mode::kRead);
  sqlite::Statement rows = db.prepare(query);
  std::string text;
  while (rows.step()) {
    for (int i = 0; i < rows.columns(); ++i) {
      if (i > 0) text += "|";
      text += rows.null(i) ? "NULL" : std::string(rows.text(i));
    }
    text += "\n";
  }
  return text;
}

/// What a set holds, whatever the order in which it came.
inline std::string content(const std::string& database, const std::string& table = "rawPhot") {
  return sql(database, "SELECT * FROM objects ORDER BY objId") + "--\n" +
         sql(database, "SELECT objId, pb, printf('%!.17g', t), printf('%!.17g', flux), dflux FROM " + table +
                           " ORDER BY objId, pb, t, flux") +
         "--\n" + sql(database, "SELECT * FROM lcLabels ORDER BY objId");
}

/// Nothing wrong with the file: its pages, its references, its journal.
inline void expect_sound(const std::string& database) {
  EXPECT_EQ(sql(database, "PRAGMA integrity_check"), "ok\n");
  EXPECT_EQ(sql(database, "PRAGMA foreign_key_check"), "");
  EXPECT_EQ(sql(database, "PRAGMA journal_mode"), "delete\n");
  EXPECT_EQ(sql(database, "PRAGMA user_version"), "1\n");
}

/// Numbers that differ, without a library's generator.
inline double wave(std::int64_t i, double scale) {
  return scale * std::sin(double(i) * 12.9898) * 43.7585;
}

struct Line {
  std::int64_t object;
  double t;
  char band;
  double flux, error;
};

/// `rows` rows of each object; times are unsorted and differ within an object.
inline std::vector<Line> lines_of(std::int64_t object, int rows) {
  std::vector<Line> lines;
  for (int i = 0; i < rows; ++i) {
    const int place = i * 7 % rows;  // 7 does not divide the numbers of rows that tests use
    lines.push_back({object, 56000 + place * 0.25, "ugriz"[place % 5], wave(object * 1000 + place, 10),
                     1 + std::fabs(wave(place, 0.01))});
  }
  return lines;
}

inline std::string text_of(const std::vector<Line>& lines, const std::string& front = "") {
  std::string text = front + "  t pb flux dflux\n";
  char line[120];
  for (const Line& l : lines) {
    std::snprintf(line, sizeof line, "%15.6f  %c %.17g  %.9g\n", l.t, l.band, l.flux, l.error);
    text += line;
  }
  return text;
}

inline std::string csv_of(const std::vector<Line>& lines) {
  std::string text = "object_id,mjd,passband,flux,flux_err\n";
  char line[120];
  for (const Line& l : lines) {
    std::snprintf(line, sizeof line, "%lld,%.6f,%c,%.17g,%.9g\n", static_cast<long long>(l.object), l.t,
                  l.band, l.flux, l.error);
    text += line;
  }
  return text;
}

}  // namespace sluice::lc_test
