// Labels by the reader of separated values.
#include "host/lc/labels.h"

#include <algorithm>
#include <cctype>

#include "host/error.h"
#include "host/formats/csv/reader.h"
#include "host/formats/csv/walk.h"

namespace sluice::lc {
namespace {

std::string found(const std::vector<std::string>& names, const std::vector<std::string>& may_be,
                  const std::string& path) {
  for (const std::string& wanted : may_be)
    for (const std::string& name : names)
      if (std::equal(name.begin(), name.end(), wanted.begin(), wanted.end(), [](unsigned char a, char b) {
            return std::tolower(a) == static_cast<unsigned char>(b);
          }))
        return name;
  std::string all;
  for (const std::string& wanted : may_be) all += (all.empty() ? "" : ", ") + wanted;
  throw Error(ErrorKind::kInput, path + ": missing column: expected one of " + all + ", found none of them");
}

}  // namespace

LabelFile read_labels(const std::string& path, const ReadOptions& options, Budget& budget) {
  csv::Input input = options.table;
  input.path = path;
  input.options.dialect.missing = {"", "nan", "NaN", "null", "NULL"};  // a class may be called None
  csv::detect(input, budget);
  const std::vector<std::string> names = csv::Walk(path, input.options, budget).names();
  const bool given = !options.columns.object.empty() &&
                     std::find(names.begin(), names.end(), options.columns.object) != names.end();
  input.options.select = {
      given ? options.columns.object
            : found(names, {"object", "object_id", "objid", "oid", "source_id", "id", "name"}, path),
      found(names, {"label", "class", "target", "type", "true_target"}, path)};
  for (const std::string& name : input.options.select)
    input.options.given.push_back({name, csv::Type::kText, {}});
  csv::Format format;
  const csv::Schema schema = csv::scan_as_found(input, budget, format);
  LabelFile found_in;
  std::uint64_t bytes = 0;
  csv::read(path, input.options, schema, budget, [&](const csv::Batch& batch) {
    for (std::size_t row = 0; row < std::size_t(batch.rows); ++row) {
      if (batch.columns[0].missing[row] != 0 || batch.columns[1].missing[row] != 0) {
        ++found_in.empty;
        continue;
      }
      const auto& [object, label] =
          found_in.labels.emplace_back(batch.columns[0].text_at(row), batch.columns[1].text_at(row));
      bytes += 2 * sizeof(found_in.labels[0]) + object.capacity() + label.capacity();
    }
  });
  found_in.share = Share(budget, bytes, "the labels");
  return found_in;
}

}  // namespace sluice::lc
