// How a file of separated values is written: what stands between fields, around them and in place of them.
// The defaults are pandas': commas, double quotes, a header, pandas' own list of missing words.
#pragma once
#include <string>
#include <vector>

namespace sluice::csv {

enum class Encoding { kUtf8, kLatin1 };

/// pandas' na_values: what an absent value looks like.
inline std::vector<std::string> default_missing() {
  return {"",     "#N/A", "#N/A N/A", "#NA",  "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
          "<NA>", "N/A",  "NA",       "NULL", "NaN",     "None",     "n/a",  "nan",  "null"};
}

/// Rows end with LF, CR or CRLF, whichever is there. Blank lines are no rows. A quote opens a quoted field
/// only as the field's first byte; elsewhere it is text. Inside quotes, two quotes are one.
struct Dialect {
  char separator = ',';
  bool spaces = false;  // runs of spaces and tabs separate, and mean nothing at a row's ends; no `separator`
  char quote = '"';     // 0: none
  char comment = 0;     // rows whose first byte this is are left out; 0: none
  char decimal = '.';   // or ','
  bool header = true;   // the first row holds names
  std::vector<std::string> names;  // in place of the header's; without either they are column1, column2, ...
  Encoding encoding = Encoding::kUtf8;
  std::vector<std::string> missing = default_missing();
  bool quoted_missing = true;  // a missing word in quotes is missing too, as in pandas
};

/// Error{kUsage} where two parts of the dialect are the same byte or a byte can play no such part.
void check(const Dialect& dialect);

}  // namespace sluice::csv
