// The first 4096 rows decide what is a number: a column whose values all are. What comes later and is none
// is a bad value of its row.
#include "host/fit/source.h"

#include <fcntl.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "host/error.h"
#include "host/fit/files.h"
#include "host/fit/rows.h"
#include "host/formats/csv/format.h"
#include "host/formats/csv/parse.h"
#include "host/formats/csv/reader.h"
#include "host/formats/csv/walk.h"
#include "host/formats/names.h"
#include "host/nearest.h"

namespace sluice::fit {
namespace {

constexpr std::int64_t kSampleRows = 4096;
struct Enough {};  // ends a walk when the sample is there

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < 20; ++i) text += (i == 0 ? "" : ", ") + names[i];
  return names.size() > 20 ? text + ", ..." : text;
}

std::string columns_advice(const std::vector<std::string>& names, const RecordTable& records) {
  if (records.left_out().empty()) return "its columns: " + listed(names);
  return "its columns: " + listed(names) + "; fields that are none: " + records.left_out() +
         " (pandas writes a field for each column with format='table', data_columns=True)";
}

void check_columns(const Formula& formula, const Expression& e, const TableColumns& walk,
                   const std::string& path, const RecordTable* records) {
  if (e.kind == Expression::Kind::kName && walk.index_of(e.text) < 0) {
    const std::string near = nearest(e.text, walk.names());
    throw FormulaError(
        formula.text, e.place, e.size,
        path + " has no column '" + e.text + "'" + (near.empty() ? "" : "; did you mean " + near + "?"),
        records != nullptr ? columns_advice(walk.names(), *records)
                           : "'sluice info " + path + "' lists its columns");
  }
  for (const Expression& part : e.inside) check_columns(formula, part, walk, path, records);
}

/// What stands in the columns of a binary table, as the texts that a file of separated values would have.
std::vector<csv::ColumnData> sample_of(const RecordTable& records, const csv::Dialect& dialect,
                                       const TableColumns& all, const std::vector<std::string>& names) {
  const csv::MissingWords missing(dialect);
  std::vector<std::size_t> columns;
  for (const std::string& name : names) columns.push_back(std::size_t(all.index_of(name)));
  const auto rows = std::size_t(std::min(records.rows(), kSampleRows));
  std::vector<RecordValues> values;
  records.read(0, rows, columns, values);
  std::vector<csv::ColumnData> sample(names.size());
  for (std::size_t k = 0; k < columns.size(); ++k)
    for (std::size_t row = 0; row < rows; ++row) {
      const std::string text = record_text(values[k], records.columns()[columns[k]].kind, row);
      sample[k].text += text;
      sample[k].text_ends.push_back(std::int64_t(sample[k].text.size()));
      sample[k].missing.push_back(text.empty() || missing.contains({text, false}));
    }
  return sample;
}

/// Columns that are categories by their bare names: of texts and of truth values.
std::vector<std::string> texts_of(const RecordTable& records) {
  std::vector<std::string> names;
  for (const RecordColumn& column : records.columns())
    if (column.kind == RecordColumn::Kind::kText || column.kind == RecordColumn::Kind::kFlag)
      names.push_back(column.name);
  return names;
}

bool has_value(const csv::ColumnData& column) {
  return std::any_of(column.missing.begin(), column.missing.end(), [](std::uint8_t m) { return m == 0; });
}

/// The sample as texts, a column for each name: the first rows, and of a column without a value there the
/// first rows that have one.
std::vector<csv::ColumnData> sample_of(const csv::Input& input, const std::vector<std::string>& names,
                                       Budget& budget) {
  csv::Schema schema;
  for (const std::string& name : names) schema.columns.emplace_back().name = name;
  csv::Options options = input.options;
  options.batch_rows = kSampleRows, options.threads = 1, options.progress = nullptr;
  options.range_bytes = 64 << 10;
  options.on_error = csv::OnError::kSkip;  // the pass that counts says what is wrong, and where
  std::vector<csv::ColumnData> sample(names.size());
  try {
    csv::read(input.path, options, schema, budget, [&](const csv::Batch& batch) {
      bool all = true;
      for (std::size_t i = 0; i < names.size(); ++i) {
        if (!has_value(sample[i]) && (sample[i].rows() == 0 || has_value(batch.columns[i])))
          sample[i] = batch.columns[i];
        all = all && has_value(sample[i]);
      }
      if (all) throw Enough();
    });
  } catch (const Enough&) {
  }
  return sample;
}

/// So is a column without any value, which leaves no row to fit.
bool is_numbers(const csv::ColumnData& column, char decimal) {
  double value = 0;
  for (std::size_t row = 0; row < column.rows(); ++row)
    if (column.missing[row] == 0 && !csv::parse_float(column.text_at(row), decimal, value)) return false;
  return true;
}

class SampleColumns : public NumberColumns {
 public:
  std::map<std::string, std::vector<double>> values;
  const double* column(const std::string& name) const override { return values.at(name).data(); }
};

/// Shifts of each monomial, about the mean of the sample: few digits, so that most differences from it are
/// exact; and spreads.
void set_shifts(Source& source, const std::vector<std::string>& names,
                const std::vector<csv::ColumnData>& sample) {
  const std::size_t rows = sample.empty() ? 0 : sample[0].rows();
  const char decimal = source.records ? '.' : source.input.options.dialect.decimal;
  SampleColumns columns;
  for (const csv::Column& column : source.numbers.columns) {
    std::vector<double>& to = columns.values[column.name];
    const auto at = std::find(names.begin(), names.end(), column.name) - names.begin();
    to.assign(rows, NAN);
    for (std::size_t row = 0; row < std::min(rows, sample[std::size_t(at)].rows()); ++row)
      if (sample[std::size_t(at)].missing[row] == 0)
        csv::parse_float(sample[std::size_t(at)].text_at(row), decimal, to[row]);
  }
  // Rows that will be dropped say nothing, unless no row has all values.
  std::vector<double> none(rows, 0.0);
  for (const auto& [name, values] : columns.values)
    for (std::size_t row = 0; row < rows; ++row) none[row] += std::isnan(values[row]) ? NAN : 0;
  if (std::all_of(none.begin(), none.end(), [](double v) { return std::isnan(v); })) none.assign(rows, 0.0);
  source.shifts = source.spreads = {0};
  std::vector<double> product(rows), factor(rows);
  for (std::size_t m = 1; m < source.plan.monomials.size(); ++m) {
    for (std::size_t row = 0; row < rows; ++row) product[row] = 1 + none[row];
    for (const std::size_t f : source.plan.monomials[m]) {
      evaluate(source.formula.factors[f].expression, columns, rows, factor.data());
      for (std::size_t row = 0; row < rows; ++row) product[row] *= factor[row];
    }
    double sum = 0, count = 0;
    for (const double value : product)
      if (std::isfinite(value)) sum += value, ++count;
    const double mean = count > 0 && std::isfinite(sum) ? sum / count : 0;
    const bool fits = std::fabs(mean) < 1e38 && std::fabs(mean) > 1e-30;
    source.shifts.push_back(fits ? double(float(mean)) : mean);
    double spread = 0;
    for (const double value : product)
      if (std::isfinite(value)) spread = std::fmax(spread, std::fabs(value - source.shifts.back()));
    source.spreads.push_back(spread);
  }
}

/// As far as the first rows have them; the clusters' are not asked for.
std::vector<std::vector<std::string>> sample_levels_of(const Source& source,
                                                       const std::vector<std::string>& names,
                                                       const std::vector<csv::ColumnData>& sample) {
  std::vector<std::vector<std::string>> all;
  const char decimal = source.records ? '.' : source.input.options.dialect.decimal;
  std::string scratch;
  for (const std::size_t f : source.plan.categories) {
    const Factor& factor = source.formula.factors[f];
    Levels levels(factor.levels);
    const auto at = std::find(names.begin(), names.end(), factor.column()) - names.begin();
    for (std::size_t row = 0;
         !factor.levels && at < std::ptrdiff_t(names.size()) && row < sample[std::size_t(at)].rows(); ++row)
      if (sample[std::size_t(at)].missing[row] == 0)
        levels.code(with_point(sample[std::size_t(at)].text_at(row), decimal, scratch));
    all.push_back(levels.sorted().levels);
  }
  return all;
}

/// Its place among the columns of numbers.
int add_weights(Source& source, const SourceOptions& options, const TableColumns& walk,
                const std::vector<std::string>& texts) {
  const char* option = options.repeats ? "--freq-weights" : "--weights";
  if (walk.index_of(options.weights) < 0) {
    const std::string near = nearest(options.weights, walk.names());
    throw Error(ErrorKind::kUsage, std::string(option) + ": " + source.input.path + " has no column '" +
                                       options.weights + "'" +
                                       (near.empty() ? "" : "; did you mean " + near + "?"));
  }
  if (std::find(texts.begin(), texts.end(), options.weights) != texts.end())
    throw Error(ErrorKind::kInput, source.input.path + ": column '" + options.weights +
                                       "' holds text: expected numbers for " + option);
  source.repeats = options.repeats;
  auto& columns = source.numbers.columns;
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (columns[i].name == options.weights) return int(i);
  csv::Column& column = columns.emplace_back();
  column.name = options.weights, column.index = walk.index_of(options.weights);
  column.type = csv::Type::kFloat;
  return int(columns.size()) - 1;
}

void add_cluster(Source& source, const std::string& name, const TableColumns& walk) {
  if (walk.index_of(name) < 0) {
    const std::string near = nearest(name, walk.names());
    throw Error(ErrorKind::kUsage, "--cluster: " + source.input.path + " has no column '" + name + "'" +
                                       (near.empty() ? "" : "; did you mean " + near + "?"));
  }
  Factor factor;
  factor.name = name, factor.category = true;
  factor.expression.kind = Expression::Kind::kName, factor.expression.text = name;
  source.formula.factors.push_back(factor);
  source.plan.categories.push_back(source.formula.factors.size() - 1);
  source.cluster = true;
}

}  // namespace

/// Tables of other programs, which pass for text of one column otherwise.
void refuse_other_formats(const std::string& path) {
  char bytes[16] = {};
  const std::size_t size = sys::read_some(sys::File(path, O_RDONLY), bytes, sizeof bytes, 0);
  const std::string first(bytes, size);
  static const std::vector<std::pair<std::string, const char*>> known{
      {"PAR1", "a Parquet file"},
      {"ARROW1", "an Arrow file"},
      {"PK\3\4", "a zip archive"},
      {"\x89PNG", "a picture"},
      {"%PDF", "a PDF"},
      {"SQLite format 3", "an SQLite database"},
      {"\xff\xfe", "text in UTF-16"},
      {"\xfe\xff", "text in UTF-16"}};
  const char* found = size > 1 && first[0] == '\x80' && first[1] >= 2 && first[1] <= 5 ? "a pickle" : nullptr;
  for (const auto& [magic, name] : known)
    if (first.starts_with(magic)) found = name;
  if (found != nullptr)
    throw Error(ErrorKind::kInput,
                path + ": expected a table of separated values, HDF5 or .npy, found " + found,
                "pandas or the program that wrote it saves it as CSV");
}

TableColumns::TableColumns(const csv::Input& input, const RecordTable* records, Budget& budget) {
  if (records == nullptr) {
    names_ = csv::Walk(input.path, input.options, budget).names();
  } else {
    for (const RecordColumn& column : records->columns()) names_.push_back(column.name);
  }
}

int TableColumns::index_of(const std::string& name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  return found == names_.end() ? -1 : int(found - names_.begin());
}

Source open_source(const SourceOptions& options, Budget& budget) {
  Source source;
  source.input = options.input;
  source.files = options.files.empty() ? table_files(options.input.path) : options.files;
  source.input.path = source.files[0];
  source.identities = identities_of(source.files);
  if (is_record_file(source.input.path))
    source.records = open_records(source.input.path, options.input.options.dialect.names);
  else
    refuse_other_formats(source.input.path), source.format = csv::detect(source.input, budget);
  source.input.options.given.clear();
  const TableColumns walk(source.input, source.records.get(), budget);
  source.file_columns = int(walk.names().size());
  source.formula = parse_formula(options.formula, walk.names(), options.levels);
  for (const Factor& factor : source.formula.factors)
    check_columns(source.formula, factor.expression, walk, source.input.path, source.records.get());
  std::vector<std::string> names = source.formula.columns();
  for (const std::string& name : walk.names())
    if (std::find(names.begin(), names.end(), name) != names.end()) source.formula_columns.push_back(name);
  if (walk.index_of(options.weights) >= 0 &&
      std::find(names.begin(), names.end(), options.weights) == names.end())
    names.push_back(options.weights);
  const std::vector<csv::ColumnData> sample =
      source.records ? sample_of(*source.records, source.input.options.dialect, walk, names)
                     : sample_of(source.input, names, budget);
  std::vector<std::string> texts;
  if (source.records) texts = texts_of(*source.records);
  for (std::size_t i = 0; i < names.size() && !source.records; ++i)
    if (!is_numbers(sample[i], source.input.options.dialect.decimal)) texts.push_back(names[i]);
  for (const csv::Given& given : options.input.options.given) {
    if (!source.records) std::erase(texts, given.column);
    if (given.type == csv::Type::kCategory || given.type == csv::Type::kText) texts.push_back(given.column);
  }
  resolve(source.formula, texts);
  source.plan = plan_of(source.formula);
  if (!options.cluster.empty()) add_cluster(source, options.cluster, walk);
  set_number_columns(source);
  for (csv::Column& column : source.numbers.columns) column.index = walk.index_of(column.name);
  if (!options.weights.empty()) source.weight_column = add_weights(source, options, walk, texts);
  source.numbers.file_columns = source.file_columns;
  for (const std::size_t f : source.plan.categories) {
    const Factor& factor = source.formula.factors[f];
    source.category_columns.push_back(factor.truth ? -1 : walk.index_of(factor.column()));
  }
  for (Factor& factor : source.formula.factors) {
    std::vector<Expression*> whole;
    add_whole_columns(factor.expression, whole);
    source.measured = source.measured && whole.empty();
  }
  set_shifts(source, names, sample);
  for (std::size_t i = 0; i < names.size(); ++i)
    if (!has_value(sample[i]) && (!source.records || source.records->rows() <= kSampleRows))
      source.empty_columns.push_back(names[i]);
  source.sample_levels = sample_levels_of(source, names, sample);
  return source;
}

void set_shifts(Source& source, Budget& budget) {
  std::vector<std::string> names;
  for (const csv::Column& column : source.numbers.columns) names.push_back(column.name);
  const TableColumns all(source.input, source.records.get(), budget);
  set_shifts(source, names,
             source.records ? sample_of(*source.records, source.input.options.dialect, all, names)
                            : sample_of(source.input, names, budget));
}

void set_number_columns(Source& source) {
  std::vector<std::string> names;
  for (const auto& monomial : source.plan.monomials)
    for (const std::size_t f : monomial) add_columns(source.formula.factors[f].expression, names);
  for (const std::size_t f : source.plan.categories)
    if (source.formula.factors[f].truth) add_columns(source.formula.factors[f].expression, names);
  source.numbers.columns.clear();
  for (const std::string& name : names) {
    csv::Column& column = source.numbers.columns.emplace_back();
    column.name = name, column.type = csv::Type::kFloat;
  }
}

void keep_for_predictions(Source& source) {
  source.weight_column = -1, source.repeats = false, source.every_row = true;
  source.plan.monomials.back().clear();
  if (source.cluster) source.plan.categories.pop_back(), source.category_columns.pop_back();
  source.cluster = false;
  set_number_columns(source);
}

Source of_file(const Source& source, const std::string& file, Budget& budget) {
  Source here = source;
  here.input.path = file;
  here.records = nullptr;
  if (is_record_file(file)) here.records = open_records(file, here.input.options.dialect.names);
  TableColumns walk(here.input, here.records.get(), budget);
  const auto missing = [&](const csv::Column& column) { return walk.index_of(column.name) < 0; };
  if (!here.records && here.input.find_separator &&
      std::any_of(here.numbers.columns.begin(), here.numbers.columns.end(), missing)) {
    csv::detect(here.input, budget);  // its separator may be another
    walk = TableColumns(here.input, nullptr, budget);
  }
  here.file_columns = here.numbers.file_columns = int(walk.names().size());
  const auto place = [&](const std::string& name) {
    if (walk.index_of(name) < 0)
      throw Error(ErrorKind::kInput,
                  file + (file == source.files[0] ? "" : ": does not continue " + source.files[0]) +
                      ": expected a column '" + name + "', found none of that name");
    return walk.index_of(name);
  };
  for (csv::Column& column : here.numbers.columns) column.index = place(column.name);
  for (std::size_t k = 0; k < here.category_columns.size(); ++k) {
    const Factor& factor = here.formula.factors[here.plan.categories[k]];
    here.category_columns[k] = factor.truth ? -1 : place(factor.column());
  }
  for (const csv::Column& column : here.numbers.columns)
    if (here.records && here.records->columns()[std::size_t(column.index)].kind == RecordColumn::Kind::kText)
      throw Error(ErrorKind::kInput, file + ": column '" + column.name + "' holds text: expected numbers");
  return here;
}

std::vector<sys::Identity> identities_of(const std::vector<std::string>& files) {
  std::vector<sys::Identity> found;
  for (const std::string& file : files)
    found.push_back(sys::identity(sys::File(split_input(file).file, O_RDONLY)));
  return found;
}

std::string why_no_rows(const Source& source, std::int64_t dropped) {
  if (dropped == 0) return "";
  if (source.empty_columns.empty()) return std::to_string(dropped) + " rows lack a value";
  return "column '" + source.empty_columns[0] + "' has no value in " + source.files[0];
}

std::uint64_t bytes_of(const Source& source) {
  std::uint64_t bytes = 0;
  for (const std::string& file : source.files) bytes += csv::file_bytes(split_input(file).file);
  return bytes;
}

}  // namespace sluice::fit
