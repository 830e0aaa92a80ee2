// Reading light curves: many small text tables, an object each, or tables with an object column. Files are
// parsed in parallel and handed over in order, in batches that the budget bounds.
//
// A text table has comment lines (#key:value is metadata of the object), a line of column names, and rows
// whose fields stand between white space, or between commas where the line of names has some. Where a column
// names the object (object=..., --id column:NAME, or one of the usual names), the file is read by the
// project's reader of separated values, at any size.
#pragma once
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "host/budget.h"
#include "host/formats/csv/detect.h"
#include "host/lc/curves.h"
#include "host/lc/rows.h"
#include "host/run.h"

namespace sluice::lc {

/// Names of columns in the files; an empty one is found by the usual names, case aside:
///   object  object, object_id, objid, oid, source_id
///   t       t, time, mjd, jd, hjd
///   pb      pb, passband, band, filter, fid
///   flux    flux, f; of magnitudes also mag, magnitude, m
///   dflux   dflux, flux_err, fluxerr, flux_error, error, err; of magnitudes also magerr, mag_err, dmag,
///   sigma
/// Others are not read. Without a dflux column errors are NaN. Without a pb column `only_band` is all rows'.
struct ColumnNames {
  std::string object, t, pb, flux, dflux;
};

struct ReadOptions {
  std::vector<std::string> inputs;                        // files, folders, patterns
  std::string files_from;                                 // a file of names, one a line; "-": standard input
  std::string except;                                     // no input, though it lies among them: the output
  std::shared_ptr<const std::vector<std::string>> files;  // what files_of() gave before; null: it is asked
  ColumnNames columns;
  std::string only_band;  // of files without a column for it
  /// What stands in the band column and the name that it is kept by ("0" and "u"); others keep theirs.
  std::vector<std::pair<std::string, std::string>> passbands;
  bool magnitudes = false;   // flux is 10^(-0.4 (mag - zero_point)), its error flux * 0.4 ln 10 * the mag's
  double zero_point = 27.5;  // SNANA's
  std::string id = "name";   // name, meta:KEY, column:NAME, order
  csv::Input table;          // dialect and on_error, as --separator and its likes set them; no path
};

/// What was read. Rows that were left out are in `faults`, the first ten with file and line.
struct ReadCounts {
  std::int64_t files = 0, empty_files = 0;  // empty: without a row
  std::int64_t rows = 0, objects = 0;       // handed over
  std::int64_t bad_rows = 0;                // left out (on_error skip)
  std::int64_t bad_files = 0;               // left out as a whole: no header, no such column
  std::vector<std::string> faults;          // "FILE: line 7: ..."
  std::uint64_t bytes = 0;
};

/// "u,g,r,i,z,y", "ugrizy" (0 is u, 1 is g ...), or "1=g,2=r": what ReadOptions::passbands holds.
/// Error{kUsage}: neither.
std::vector<std::pair<std::string, std::string>> parse_passbands(const std::string& text);
/// "object=object_id,t=mjd,pb=passband,flux=flux,dflux=flux_err", any of them. Error{kUsage} for others.
ColumnNames parse_columns(const std::string& text);

/// The files that the inputs stand for, in natural order within each. Error{kInput}: none.
std::vector<std::string> files_of(const ReadOptions& options);

/// Reads all files; batches of at most about `batch_bytes` come from the calling thread, in the files' order.
/// Objects are numbered by options.id:
///   name         the digits that end the file's stem, or the object column's text; a number is itself
///   meta:KEY     the file's metadata
///   column:NAME  a column
///   order        1, 2, ... in the order in which names come; names that `known` gives keep their number
/// Error{kInput}: a bad line (on_error fail), a file or object without a number, two files of one number;
/// {kInterrupted}: run.stop.
using KnownNames = std::function<void(const std::function<void(std::int64_t id, std::string name)>&)>;
ReadCounts read_rows(const ReadOptions& options, const RunOptions& run, Budget& budget,
                     std::uint64_t batch_bytes, const std::function<void(Batch&&)>& take,
                     const KnownNames& known = {});

struct SelectedCounts {
  std::int64_t objects = 0, rows = 0;      // handed over
  std::int64_t other_rows = 0;             // of bands that were not asked for
  std::vector<std::string> bands;          // as handed over
  std::vector<std::int64_t> rows_by_band;  // of each of them
};

/// Files directly as batches of whole objects, ascending in objId, within the budget. Without `bands`: all
/// that appear, in the order of their names. Rows that repeat (object, band, time and values) come once.
/// Where the rows do not fit in memory, they are sorted in a file without a name in `beside`'s folder.
SelectedCounts read_curves(const ReadOptions& options, const std::vector<std::string>& bands,
                           const RunOptions& run, Budget& budget, const std::string& beside,
                           const std::function<void(const Curves&)>& take, ReadCounts* counts = nullptr);

}  // namespace sluice::lc
