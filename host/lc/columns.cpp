// Usual names of columns, and what users write in their place.
#include "host/lc/columns.h"
#include "host/lc/feature_text.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "host/error.h"
#include "host/formats/csv/faults.h"

namespace sluice::lc {
namespace {

using Names = std::vector<std::string>;

const Names kObject = {"object", "object_id", "objid", "oid", "source_id"};
const Names kTime = {"t", "time", "mjd", "jd", "hjd"};
const Names kBand = {"pb", "passband", "band", "filter", "fid"};
const Names kFlux = {"flux", "f"};
const Names kError = {"dflux", "flux_err", "fluxerr", "flux_error", "error", "err"};
const Names kMag = {"mag", "magnitude", "m"};
const Names kMagError = {"magerr", "mag_err", "dmag", "sigma"};

std::string listed(const Names& names) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
  return all;
}

Names joined(Names first, const Names& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

/// Of the names that may be, the first that is there.
int usual(const Names& names, const Names& may_be) {
  for (const std::string& wanted : may_be)
    for (std::size_t i = 0; i < names.size(); ++i)
      if (lower(names[i]) == wanted) return int(i);
  return -1;
}

int exact(const Names& names, const std::string& wanted) {
  const auto found = std::find(names.begin(), names.end(), wanted);
  return found == names.end() ? -1 : int(found - names.begin());
}

[[noreturn]] void missing(const std::string& place, const std::string& expected, const Names& names) {
  std::string found;
  for (std::size_t i = 0; i < names.size() && i < 12; ++i)
    found += (i == 0 ? "" : " ") + csv::shown(names[i]);
  throw Error(ErrorKind::kInput, place + ": missing column: expected " + expected + ", found '" + found + "'",
              "--columns t=NAME,pb=NAME,flux=NAME,dflux=NAME says which is which");
}

int found(const Names& names, const std::string& given, const Names& may_be, const char* what,
          const std::string& place) {
  const int index = given.empty() ? usual(names, may_be) : exact(names, given);
  if (index < 0 && !given.empty()) missing(place, "'" + given + "' for " + what, names);
  return index;
}

}  // namespace

std::string key_of(const std::string& rule, const std::string& kind) {
  const std::string start = kind + ":";
  return rule.compare(0, start.size(), start) == 0 ? rule.substr(start.size()) : std::string();
}

void check(const ReadOptions& options) {
  const bool meta = !key_of(options.id, "meta").empty();
  const std::string column = key_of(options.id, "column");
  if (options.id != "name" && options.id != "order" && !meta && column.empty())
    throw Error(ErrorKind::kUsage, "--id " + options.id + ": expected name, meta:KEY, column:NAME or order");
  if (!column.empty() && !options.columns.object.empty() && column != options.columns.object)
    throw Error(ErrorKind::kUsage, "--id column:" + column + ": another object column was given: expected '" +
                                       options.columns.object + "'");
  if (meta && !options.columns.object.empty())
    throw Error(ErrorKind::kUsage, "--id " + options.id + " goes with files of an object each: expected no " +
                                       "object column, found '" + options.columns.object + "'");
  if (options.magnitudes && !std::isfinite(options.zero_point))
    throw Error(ErrorKind::kUsage, "--zero-point: expected a finite number");
}

int object_column(const Names& names, const ReadOptions& options) {
  const std::string given = key_of(options.id, "column");
  if (!given.empty()) return exact(names, given);
  if (!options.columns.object.empty()) return exact(names, options.columns.object);
  return key_of(options.id, "meta").empty() ? usual(names, kObject) : -1;
}

Layout layout_of(const Names& names, const ReadOptions& options, const std::string& place) {
  const ColumnNames& given = options.columns;
  Layout layout;
  layout.fields = int(names.size());
  layout.object = object_column(names, options);
  const std::string id = key_of(options.id, "column");
  const std::string& object = id.empty() ? given.object : id;
  if (layout.object < 0 && !object.empty()) missing(place, "'" + object + "' for the object", names);
  const Names flux = options.magnitudes ? joined(kMag, kFlux) : kFlux;
  const Names error = options.magnitudes ? joined(kMagError, kError) : kError;
  layout.t = found(names, given.t, kTime, "the time", place);
  if (layout.t < 0) missing(place, "a time (" + listed(kTime) + ")", names);
  layout.flux = found(names, given.flux, flux, "the flux", place);
  if (layout.flux < 0)
    missing(place, std::string(options.magnitudes ? "a magnitude (" : "a flux (") + listed(flux) + ")",
            names);
  layout.pb = found(names, given.pb, kBand, "the band", place);
  if (layout.pb < 0 && options.only_band.empty())
    missing(place, "a band (" + listed(kBand) + ") or --band NAME", names);
  layout.dflux = found(names, given.dflux, error, "the error", place);
  const std::vector<int> used = {layout.object, layout.t, layout.pb, layout.flux, layout.dflux};
  for (std::size_t i = 0; i < used.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (used[i] >= 0 && used[i] == used[j])
        throw Error(ErrorKind::kInput,
                    place + ": column '" + csv::shown(names[std::size_t(used[i])]) +
                        "' is used twice: expected a column for each of object, t, pb, flux, dflux",
                    "--columns says which is which");
  return layout;
}

Layout text_layout_of(const Names& names, const ReadOptions& options, const std::string& place) {
  Layout layout = layout_of(names, options, place);
  if (layout.object >= 0)
    throw Error(ErrorKind::kInput,
                place + ": column '" + csv::shown(names[std::size_t(layout.object)]) +
                    "' names objects: expected a file of one object, as those before it",
                "files of one object and tables of objects are read by runs of their own");
  return layout;
}

Layout table_layout_of(const Names& names, const ReadOptions& options, const std::string& place) {
  const Layout layout = layout_of(names, options, place);
  if (layout.object < 0)
    missing(place, "an object (" + listed(kObject) + "), as in the files before it", names);
  return layout;
}

ColumnNames parse_columns(const std::string& text) {
  ColumnNames names;
  std::size_t at = 0;
  while (at <= text.size()) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::string part = text.substr(at, end - at);
    const std::size_t equals = part.find('=');
    const std::string key = part.substr(0, equals);
    std::string* const to = key == "object"  ? &names.object
                            : key == "t"     ? &names.t
                            : key == "pb"    ? &names.pb
                            : key == "flux"  ? &names.flux
                            : key == "dflux" ? &names.dflux
                                             : nullptr;
    if (to == nullptr || equals == std::string::npos || equals + 1 == part.size() || !to->empty())
      throw Error(ErrorKind::kUsage,
                  "--columns: expected object=NAME,t=NAME,pb=NAME,flux=NAME,dflux=NAME or some of them, "
                  "found '" +
                      part + "'");
    *to = part.substr(equals + 1);
    at = end + 1;
  }
  return names;
}

std::vector<std::pair<std::string, std::string>> parse_passbands(const std::string& text) {
  std::vector<std::pair<std::string, std::string>> bands;
  const bool pairs = text.find('=') != std::string::npos, list = text.find(',') != std::string::npos;
  const auto refuse = [&](const std::string& found) {
    throw Error(ErrorKind::kUsage,
                "--passbands: expected 0=u,1=g or ugrizy (of 0, 1, ...), found '" + found + "'");
  };
  if (!pairs && !list)
    for (std::size_t i = 0; i < text.size(); ++i)
      bands.emplace_back(std::to_string(i), std::string(1, text[i]));
  for (std::size_t at = 0; (pairs || list) && at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::string part = text.substr(at, end - at);
    const std::size_t equals = part.find('=');
    if (pairs && (equals == std::string::npos || equals == 0 || equals + 1 == part.size())) refuse(part);
    if (part.empty()) refuse(text);
    if (pairs)
      bands.emplace_back(part.substr(0, equals), part.substr(equals + 1));
    else
      bands.emplace_back(std::to_string(bands.size()), part);
    at = end + 1;
  }
  if (bands.empty()) refuse(text);
  for (std::size_t i = 0; i < bands.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (bands[i].first == bands[j].first) refuse(bands[i].first + " twice");
  return bands;
}

}  // namespace sluice::lc
