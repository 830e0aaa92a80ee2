// A separator fits where it cuts all of the first rows into the same number of fields.
#include "host/formats/csv/detect.h"

#include <fcntl.h>

#include <algorithm>
#include <cctype>
#include <cstring>

#include "host/error.h"
#include "host/formats/csv/parse.h"
#include "host/formats/csv/reader.h"
#include "host/formats/csv/rows.h"
#include "host/formats/csv/source.h"
#include "host/io/sys.h"

namespace sluice::csv {
namespace {

constexpr std::size_t kSample = std::size_t(256) << 10;

struct Sample {
  std::vector<unsigned char> bytes;
  std::size_t start = 0;  // behind the byte order mark
  bool whole = false;     // the file ends here
};

std::string lower(std::string text) {
  for (char& c : text) c = char(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

bool ends_with(const std::string& text, const char* end) {
  return text.size() > std::strlen(end) && text.ends_with(end);
}

std::string without_compression(const std::string& path) {
  const std::string name = lower(path);
  for (const char* end : {".gz", ".zst"})
    if (ends_with(name, end)) return name.substr(0, name.size() - std::strlen(end));
  return name;
}

Sample sample_of(const std::string& path) {
  Sample sample;
  sample.bytes.resize(kSample);
  const auto source = open_source(path);
  std::size_t size = 0, got = 1;
  while (size < kSample && (got = source->read(sample.bytes.data() + size, kSample - size)) != 0) size += got;
  sample.whole = got == 0;
  sample.bytes.resize(size);
  if (size >= 3 && std::memcmp(sample.bytes.data(), "\xef\xbb\xbf", 3) == 0) sample.start = 3;
  return sample;
}

/// The sample's whole rows under a dialect, with the ends that they point to.
struct Cut {
  std::vector<std::uint32_t> ends;
  std::vector<Row> rows;
  Cut(const Sample& sample, const Dialect& dialect) {
    const Structure structure(dialect);
    const unsigned char* data = sample.bytes.data();
    const std::size_t size = sample.bytes.size();
    const State state = structure.scan(data, sample.start, size, State::kRowStart, ends);
    if (sample.whole && !at_row_start(state)) ends.push_back(End::make(size, true));
    Rows all(dialect, {data, size, sample.start, size, sample.whole && state == State::kQuoted}, ends, 0);
    for (Row row; all.next(row);) rows.push_back(row);
  }
};

/// Of rows, the share that has as many fields as the first; 0 where that has one.
double share_alike(const std::vector<Row>& rows) {
  if (rows.empty() || rows[0].fields < 2) return 0;
  const auto alike =
      std::count_if(rows.begin(), rows.end(), [&](const Row& row) { return row.fields == rows[0].fields; });
  return double(alike) / double(rows.size());
}

Dialect with_separator(Dialect dialect, char separator) {
  dialect.separator = separator;
  dialect.spaces = separator == ' ';
  return dialect;
}

bool is_value(std::string_view text, char decimal) {
  double number = 0;
  Time time;
  return parse_float(text, decimal, number) || parse_time(text, time);
}

/// Some column holds numbers or times alone, from the second row on.
bool has_column_of_values(const std::vector<Row>& rows, const Dialect& dialect) {
  std::string scratch;
  for (int i = 0; rows.size() > 1 && i < rows[0].fields; ++i)
    if (std::all_of(rows.begin() + 1, rows.end(), [&](const Row& row) {
          return i < row.fields && is_value(decode(row.field(i), dialect, scratch).text, dialect.decimal);
        }))
      return true;
  return false;
}

/// A comma comes last of those that are hardly ever part of a number or a sentence, white space after it: of
/// a file that is named for another separator only where it separates values.
Dialect best_dialect(const Input& input, const Sample& sample) {
  const std::string name = without_compression(input.path);
  const bool tabs = ends_with(name, ".tsv") || ends_with(name, ".tab");
  const bool promised = tabs || ends_with(name, ".csv");
  const Dialect& given = input.options.dialect;
  Dialect best = with_separator(given, tabs ? '\t' : ',');
  double share = share_alike(Cut(sample, best).rows);
  for (const char candidate : std::string("\t;|, ")) {
    if (candidate == given.quote || candidate == given.comment || candidate == given.decimal) continue;
    const Dialect dialect = with_separator(given, candidate);
    const Cut cut(sample, dialect);
    const double here = share_alike(cut.rows);
    if (candidate == ' ' && promised && (share != 0 || here != 1 || !has_column_of_values(cut.rows, dialect)))
      continue;
    if (here == 1) return dialect;
    if (here > share) share = here, best = dialect;
  }
  return best;
}

std::string line_end_of(const Sample& sample) {
  const auto begin = sample.bytes.begin(), end = sample.bytes.end();
  const auto found = std::find_if(begin, end, [](unsigned char c) { return c == '\n' || c == '\r'; });
  if (found == end) return "";
  if (*found == '\n') return "LF";
  return found + 1 != end && found[1] == '\n' ? "CRLF" : "CR";
}

/// A first row of numbers alone is hardly one of names; nor is one that holds a time.
bool looks_like_data(const Row& row, const Dialect& dialect) {
  const MissingWords missing(dialect);
  std::string scratch;
  int values = 0, absent = 0;
  for (int i = 0; i < row.fields; ++i) {
    const Decoded field = decode(row.field(i), dialect, scratch);
    Time time;
    if (parse_time(field.text, time)) return true;
    absent += missing.contains(field);
    values += is_value(field.text, dialect.decimal);
  }
  return values > 0 && values + absent >= row.fields;
}

/// Behind the header: a number with a comma that is none with a point; empty where there is none.
std::string decimal_comma(const std::vector<Row>& rows, const Dialect& dialect) {
  std::string scratch;
  double number = 0;
  for (std::size_t k = 1; k < rows.size(); ++k)
    for (int i = 0; i < rows[k].fields; ++i) {
      const Decoded field = decode(rows[k].field(i), dialect, scratch);
      if (field.text.find(',') != std::string::npos && parse_float(field.text, ',', number))
        return std::string(field.text);
    }
  return "";
}

std::string compression_of(const std::string& path) {
  unsigned char first[4] = {};
  const std::size_t size = sys::read_some(sys::File(path, O_RDONLY), first, sizeof first, 0);
  if (size >= 2 && first[0] == 0x1f && first[1] == 0x8b) return "gzip";
  return size == 4 && std::memcmp(first, "\x28\xb5\x2f\xfd", 4) == 0 ? "zstd" : "";
}

}  // namespace

bool has_table_name(const std::string& path) {
  const std::string name = lower(path), plain = without_compression(path);
  if (plain.size() != name.size()) return true;  // no matrix is read compressed
  for (const char* end : {".csv", ".tsv", ".tab", ".psv", ".txt", ".dat"})
    if (ends_with(plain, end)) return true;
  return false;
}

std::uint64_t file_bytes(const std::string& path) {
  if (path == "-")
    throw Error(ErrorKind::kUsage, "-: expected a file, found standard input",
                "a table is read more than once: save it to a file first");
  return sys::identity(sys::File(path, O_RDONLY)).bytes;
}

Format detect(Input& input) {
  const Sample sample = sample_of(input.path);
  Dialect& dialect = input.options.dialect;
  if (input.find_separator) dialect = best_dialect(input, sample);
  check(dialect);
  Format format;
  format.compression = compression_of(input.path);
  format.line_end = line_end_of(sample);
  format.byte_order_mark = sample.start != 0;
  const Cut cut(sample, dialect);
  for (const Row& row : cut.rows)
    for (int i = 0; i < row.fields && !format.quoted; ++i)
      format.quoted = dialect.quote != 0 && row.field(i).starts_with(dialect.quote);
  if (cut.rows.empty()) return format;
  if (dialect.header && dialect.names.empty() && looks_like_data(cut.rows[0], dialect))
    format.notes.push_back(input.path +
                           ": the first row, taken for names, holds values: --no-header reads it as data");
  if (dialect.decimal == '.' && dialect.separator != ',') {
    const std::string found = decimal_comma(cut.rows, dialect);
    if (!found.empty())
      format.notes.push_back(input.path + ": '" + found +
                             "' may be a number with a decimal comma: --decimal , " + "reads it as one");
  }
  return format;
}

Schema scan_as_found(Input& input, Budget& budget, Format& format) {
  format = detect(input);
  std::string why;
  try {
    Schema schema = scan(input.path, input.options, budget);
    if (!input.find_encoding || schema.faults.not_utf8 == 0) return schema;
    why = input.path + ": " + std::to_string(schema.faults.not_utf8) + " rows are not UTF-8";
  } catch (const NotUtf8& error) {
    if (!input.find_encoding) throw;
    why = error.what();
  }
  input.options.dialect.encoding = Encoding::kLatin1;
  format.notes.push_back(why + ": read as Latin-1; --encoding utf-8 refuses such bytes");
  return scan(input.path, input.options, budget);
}

std::string name_of_separator(const Dialect& dialect) {
  if (dialect.spaces) return "spaces";
  switch (dialect.separator) {
    case ',':
      return "comma";
    case '\t':
      return "tab";
    case ';':
      return "semicolon";
    case '|':
      return "pipe";
    default:
      return std::string(1, dialect.separator);
  }
}

}  // namespace sluice::csv
