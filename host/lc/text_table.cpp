// Small text tables: the front line by line, the rows as those of large tables.
#include "host/lc/text_table.h"

#include <algorithm>

#include "host/error.h"
#include "host/formats/csv/rows.h"
#include "host/formats/json_text.h"
#include "host/lc/plain_rows.h"

namespace sluice::lc {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

/// The field at the front of a line, without quotes around it; the line begins behind its separator then.
std::string next_field(std::string_view& line, char separator, char quote) {
  while (!line.empty() && line.front() != separator && (line.front() == ' ' || line.front() == '\t'))
    line.remove_prefix(1);
  std::string field;
  if (quote != 0 && !line.empty() && line.front() == quote) {
    std::size_t at = 1;
    for (; at < line.size(); ++at) {
      if (line[at] == quote && (++at == line.size() || line[at] != quote)) break;
      field += line[at];
    }
    line.remove_prefix(at);
  }
  const std::size_t end = std::min(line.find(separator), line.size());
  field += line.substr(0, end);
  line.remove_prefix(end);
  return std::string(trimmed(field));
}

std::vector<std::string> fields_of(std::string_view line, char separator, char quote) {
  std::vector<std::string> fields;
  if (separator != 0) {
    for (;;) {
      fields.push_back(next_field(line, separator, quote));
      if (line.empty()) return fields;
      line.remove_prefix(1);
    }
  }
  while (!line.empty()) {
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    if (end > 0) fields.emplace_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return fields;
}

void add_metadata(std::string_view comment, TextHead& head) {
  const std::size_t colon = comment.find(':');
  if (colon == std::string_view::npos) return;
  const std::string_view key = trimmed(comment.substr(0, colon));
  if (key.empty()) return;
  std::string value(trimmed(comment.substr(colon + 1)));
  for (auto& [other, text] : head.metadata)
    if (other == key) {
      text = std::move(value);
      return;
    }
  head.metadata.emplace_back(key, std::move(value));
}

/// -?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?, of a length that every reader of JSON takes.
bool is_json_number(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t before = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at - before;
  };
  const auto take = [&](const char* any) {
    if (at >= text.size() || std::string_view(any).find(text[at]) == std::string_view::npos) return false;
    ++at;
    return true;
  };
  if (text.size() > 40) return false;
  take("-");
  const bool zero = at < text.size() && text[at] == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (zero && whole > 1) || whole > 18) return false;
  if (take(".") && digits() == 0) return false;
  if (take("eE")) {
    take("+-");
    const std::size_t count = digits();
    if (count == 0 || count > 2) return false;
  }
  return at == text.size();
}

[[noreturn]] void fail_at(const std::string& what) {
  throw Error(ErrorKind::kInput, what, "--on-error skip leaves such lines out");
}

}  // namespace

csv::Encoding encoding_of(std::string_view bytes, const csv::Input& table) {
  if (!table.find_encoding) return table.options.dialect.encoding;
  return csv::is_utf8(bytes) ? csv::Encoding::kUtf8 : csv::Encoding::kLatin1;
}

std::string utf8_of(std::string_view text, csv::Encoding encoding) {
  if (csv::is_utf8(text) && (encoding == csv::Encoding::kUtf8 || csv::is_ascii(text)))
    return std::string(text);
  std::string all;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80)
      all += c;
    else if (encoding == csv::Encoding::kLatin1)
      all += {char(0xc0 | byte >> 6), char(0x80 | (byte & 0x3f))};
    else
      all += "\xef\xbf\xbd";
  }
  return all;
}

csv::Dialect dialect_of(const TextHead& head, const csv::Input& table) {
  csv::Dialect dialect = table.options.dialect;
  dialect.spaces = head.separator == 0;
  dialect.separator = head.separator == 0 ? ',' : head.separator;
  if (dialect.spaces) dialect.quote = 0;
  dialect.comment = '#';
  return dialect;
}

TextHead head_of(std::string_view bytes, bool whole, const csv::Input& table) {
  const csv::Dialect& dialect = table.options.dialect;
  const auto separator_of = [&](std::string_view line) {
    if (!table.find_separator) return dialect.spaces ? char(0) : dialect.separator;
    return line.find(',') != std::string_view::npos ? ',' : char(0);
  };
  TextHead head;
  head.metadata.reserve(8);
  head.names.reserve(8);
  std::size_t at = bytes.substr(0, 3) == "\xef\xbb\xbf" ? 3 : 0;
  while (at < bytes.size()) {
    const std::size_t end = std::min(bytes.find_first_of("\n\r", at), bytes.size());
    if (end == bytes.size() && !whole) break;
    const std::string_view line = bytes.substr(at, end - at);
    const std::size_t next = std::min(
        bytes.size(), end == bytes.size() ? end : end + 1 + std::size_t(bytes.compare(end, 2, "\r\n") == 0));
    ++head.lines;
    const std::string_view text = trimmed(line);
    if (!text.empty() && text.front() == '#') {
      add_metadata(text.substr(1), head);
    } else if (!text.empty()) {
      head.separator = separator_of(text);
      head.names = fields_of(head.separator == 0 ? text : line, head.separator, dialect.quote);
      head.line_begin = at, head.line_end = end, head.end = next;
      return head;
    }
    at = next;
  }
  head.end = bytes.size();
  return head;
}

std::string json_of(const std::vector<std::pair<std::string, std::string>>& metadata) {
  std::string json;
  json.reserve(96);
  for (const auto& [key, value] : metadata) {
    json += json.empty() ? "{" : ", ";
    json += json_quote(key);
    json += ": ";
    json += is_json_number(value) ? value : json_quote(value);
  }
  return json.empty() ? json : json + "}";
}

void take_metadata(TextHead head, csv::Encoding encoding, const std::string& wanted, std::string& metadata,
                   std::string& label, std::string& key) {
  for (auto& [name, value] : head.metadata) {
    if (!csv::is_ascii(name)) name = utf8_of(name, encoding);
    if (!csv::is_ascii(value)) value = utf8_of(value, encoding);
    if (name == "label") label = value;
    if (!wanted.empty() && name == wanted) key = value;
  }
  metadata = json_of(head.metadata);
}

struct TextParser::Form {
  std::string line;
  csv::Dialect dialect;
  Layout layout;
  std::unique_ptr<RowParser> rows;
  std::unique_ptr<csv::Structure> structure;
  std::unique_ptr<PlainRows> plain;
};

TextParser::TextParser(const ReadOptions& options, bool plain)
    : options_(options), plain_(plain), key_(key_of(options.id, "meta")) {}
TextParser::~TextParser() = default;
TextParser::TextParser(TextParser&&) noexcept = default;

// Files beside each other have the same line of names, mostly.
TextParser::Form& TextParser::form_of(const std::string& path, const TextHead& head, std::string_view line,
                                      csv::Encoding encoding) {
  if (form_ && form_->line == line && form_->dialect.encoding == encoding) return *form_;
  const std::string place = path + ": line " + std::to_string(head.lines);
  auto form = std::make_unique<Form>();
  form->line = line;
  form->dialect = dialect_of(head, options_.table);
  form->dialect.encoding = encoding;
  form->layout = text_layout_of(head.names, options_, place);
  form->rows = std::make_unique<RowParser>(options_, form->dialect, form->layout, head.names, false);
  form->structure = std::make_unique<csv::Structure>(form->dialect);
  form->plain = std::make_unique<PlainRows>(form->dialect, form->layout);
  form_ = std::move(form);
  return *form_;
}

// The general way, for rows that are not plain.
void TextParser::parse_rows(const std::string& path, std::string_view bytes, TextHead& head, Form& form,
                            ParsedRows& to, TextFacts& facts) {
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  const bool fail = options_.table.options.on_error == csv::OnError::kFail;
  ends_.clear();
  const csv::State after = form.structure->scan(data, head.end, bytes.size(), csv::State::kRowStart, ends_);
  if (!csv::at_row_start(after)) ends_.push_back(csv::End::make(bytes.size(), true));
  block_.data = bytes.data();
  block_.ends = ends_.data();
  block_.spaces = form.dialect.spaces;
  block_.rows.clear();
  csv::FaultLog faults, values;
  csv::Rows rows(form.dialect, {data, bytes.size(), head.end, bytes.size(), false}, ends_, 0);
  csv::Row row;
  const bool ascii = csv::is_ascii(bytes.substr(head.end));
  while (rows.next(row)) {
    if (csv::sound(row, form.layout.fields, form.dialect, ascii, faults))
      block_.rows.push_back({std::uint32_t(row.start), std::uint32_t(row.ends - ends_.data())});
    else if (fail)
      break;
  }
  // Comments between rows are metadata too; they are rare.
  const std::string_view body = bytes.substr(head.end);
  for (std::size_t at = body.find('#'); at != std::string_view::npos; at = body.find('#', at + 1))
    if (at == 0 || body[at - 1] == '\n' || body[at - 1] == '\r')
      add_metadata(body.substr(at + 1, body.find_first_of("\n\r", at) - at - 1), head);
  form.rows->append(block_, fail, to, values);
  faults.merge(values);
  facts.bad_rows = faults.counts().rows();
  for (const csv::Fault& fault : faults.first()) {
    const std::uint64_t line = head.lines + 1 + csv::count_lines(data + head.end, fault.offset - head.end);
    facts.faults.push_back(path + ": line " + std::to_string(line) + ", column " +
                           std::to_string(fault.column) + ": " + fault.what);
  }
  if (fail && !facts.faults.empty()) fail_at(facts.faults.front());
}

TextFacts TextParser::parse(const std::string& path, std::string_view bytes, ParsedRows& to) {
  if (bytes.size() >= csv::kLongestScan)
    throw Error(ErrorKind::kInput, path + ": too large for a file of one object: expected less than 1 GiB",
                "name the column of the objects: --columns object=NAME");
  TextHead head = head_of(bytes, true, options_.table);
  if (head.names.empty())
    throw Error(ErrorKind::kInput,
                path + ": empty table: expected a line of names as 't pb flux dflux', found none");
  const std::string_view line = bytes.substr(head.line_begin, head.line_end - head.line_begin);
  // Plain rows are ASCII: what stands before them says the encoding of all.
  csv::Encoding encoding = encoding_of(bytes.substr(0, head.end), options_.table);
  Form* form = plain_ ? &form_of(path, head, line, encoding) : nullptr;
  TextFacts facts;
  const std::size_t before = to.rows.size();
  if (plain_ && form->plain->append(bytes.substr(head.end), to)) {
    form->rows->turn_magnitudes(to, before);
  } else {
    encoding = encoding_of(bytes, options_.table);
    form = &form_of(path, head, line, encoding);
    parse_rows(path, bytes, head, *form, to, facts);
  }
  facts.rows = std::int64_t(to.rows.size() - before);
  take_metadata(std::move(head), encoding, key_, facts.metadata, facts.label, facts.key);
  return facts;
}

}  // namespace sluice::lc
