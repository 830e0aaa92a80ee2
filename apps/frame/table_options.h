// The options of every command that reads a table: its dialect, its columns, what to do with bad rows.
#pragma once
#include "apps/frame/common_options.h"
#include "apps/frame/json.h"
#include "host/formats/csv/detect.h"

namespace sluice::frame {

/// --separator --quote --comment --decimal --no-header --names --encoding --missing --types --columns
/// --on-error. What was given sets input.is_table.
Options table_options(csv::Input& input);

/// "comma-separated, quote \", header, UTF-8, CRLF"
std::string dialect_text(const csv::Dialect& dialect, const csv::Format& format);
Json json_of(const csv::Dialect& dialect, const csv::Format& format);
/// Rows that were left out, by reason: "3 rows: 2 ragged, 1 with a bad value".
std::string reasons_text(const csv::Faults& faults);
Json json_of(const csv::Faults& faults);

/// The elements of a list that is typed with commas between them; one that holds a comma stands in double
/// quotes.
std::vector<std::string> parse_list(const std::string& option, const std::string& text);

}  // namespace sluice::frame
