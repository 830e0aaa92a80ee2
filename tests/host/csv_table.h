// Whole tables as text, one line a column and one a fact, so that two readings can be compared and shown.
#pragma once
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "host/budget.h"
#include "host/formats/csv/reader.h"
#include "host/units.h"

namespace sluice::csv_test {

struct Table {
  csv::Schema schema;
  csv::Faults faults;                            // of the second pass
  std::vector<std::vector<std::string>> values;  // by column; missing: <missing>
  std::vector<std::int64_t> batches;             // their rows
};

inline std::string value_text(const csv::Column& column, const csv::ColumnData& data, std::size_t row) {
  if (data.missing[row] != 0) return "<missing>";
  switch (column.type) {
    case csv::Type::kInteger:
      return std::to_string(data.integers[row]);
    case csv::Type::kFloat:
      return number(data.floats[row]);
    case csv::Type::kTime:
      return csv::time_text({data.integers[row], column.zoned});
    case csv::Type::kCategory:
      return column.levels[std::size_t(data.codes[row])];
    case csv::Type::kText:
      break;
  }
  return std::string(data.text_at(row));
}

inline Table read_table(const std::string& path, const csv::Options& options,
                        std::uint64_t memory = 64 << 20) {
  Table table;
  Budget first(memory, "--memory"), second(memory, "--memory");
  table.schema = csv::scan(path, options, first);
  table.values.resize(table.schema.columns.size());
  table.faults = csv::read(path, options, table.schema, second, [&](const csv::Batch& batch) {
    table.batches.push_back(batch.rows);
    for (std::size_t i = 0; i < batch.columns.size(); ++i) {
      EXPECT_EQ(batch.columns[i].rows(), std::size_t(batch.rows));
      for (std::size_t row = 0; row < std::size_t(batch.rows); ++row)
        table.values[i].push_back(value_text(table.schema.columns[i], batch.columns[i], row));
    }
  });
  return table;
}

inline std::string faults_text(const csv::Faults& faults) {
  std::string text = "ragged " + std::to_string(faults.ragged) + ", bad " + std::to_string(faults.bad_value) +
                     ", not UTF-8 " + std::to_string(faults.not_utf8) + ", open " +
                     std::to_string(faults.open_quote) + "\n";
  for (const std::string& line : faults.first) text += line + "\n";
  return text;
}

inline std::string text_of(const Table& table) {
  std::string text = std::to_string(table.schema.rows) + " rows\n" + faults_text(table.schema.faults) +
                     faults_text(table.faults);
  for (const std::string& name : table.schema.renamed) text += name + "\n";
  for (const std::int64_t rows : table.batches) text += std::to_string(rows) + " ";
  for (std::size_t i = 0; i < table.values.size(); ++i) {
    const csv::Column& c = table.schema.columns[i];
    text += "\n" + c.name + ": " + csv::name_of(c.type) + (c.zoned ? " zoned" : "") +
            (c.inexact ? " inexact" : "") + ", " + std::to_string(c.values) + " values, " +
            std::to_string(c.missing) + " missing, " + std::to_string(c.least) + " " +
            std::to_string(c.greatest) + " " + number(c.low) + " " + number(c.high);
    for (std::size_t k = 0; k < c.levels.size(); ++k)
      text += " [" + c.levels[k] + "]" + std::to_string(c.levels.counts()[k]);
    text += "\n";
    for (const std::string& value : table.values[i]) text += "{" + value + "}";
  }
  return text;
}

}  // namespace sluice::csv_test
