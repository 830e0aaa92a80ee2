// The store's options, and what is said of it.
#include "apps/fit_store.h"

#include "apps/frame/table_options.h"
#include "apps/frame/text.h"
#include "apps/frame/values.h"
#include "host/error.h"
#include "host/formats/output.h"
#include "host/units.h"

namespace sluice {

using namespace frame;

Option compression_option(int& level, const char* group) {
  return {{"--compression"},
          "LEVEL",
          "of the store, zlib's: 1 (the default) to 9, or 0 for none",
          group,
          [&level](const std::string& v) { level = int(parse_integer("--compression", v)); }};
}

Options fit_store_options(FitOptions& o, const char* group) {
  return {{{"--store"},
           "FILE",
           "also keep the design matrix: X and Y in an HDF5 file, as 'sluice design' makes it",
           group,
           [&o](const std::string& v) { o.store = v; }},
          compression_option(o.compression, group),
          {{"--from"},
           "FILE",
           "fit a design that is kept in FILE (X and Y), in place of a table; the formula may be left out",
           group,
           [&o](const std::string& v) { o.from = v; }}};
}

Option define_option(fit::NamedLevels& levels, const char* group) {
  return {{"--define"},
          "NAME=LIST",
          "a list of levels that the formula names, such as lnames=0,1,2 for C(x, levels=lnames)",
          group,
          [&levels](const std::string& v) {
            const auto equals = v.find('=');
            if (equals == std::string::npos || equals == 0)
              throw Error(ErrorKind::kUsage, "--define: expected NAME=A,B,C, found '" + v + "'");
            levels[v.substr(0, equals)] = parse_list("--define", v.substr(equals + 1));
          },
          {},
          {},
          true};
}

std::string store_text(const StoreFacts& store, std::size_t columns) {
  if (store.complete) return store.path + ": complete: nothing was left to do";
  return store.path + ": X " + count(store.rows) + " x " + count(std::int64_t(columns)) + " and Y, " +
         human_bytes(double(store.bytes)) + "; h5py.File(" + python_text(store.path) + ")['X']";
}

}  // namespace sluice
