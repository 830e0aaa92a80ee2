// Words to a dialect, and a dialect to words.
#include "apps/frame/table_options.h"

#include <algorithm>

#include "apps/frame/suggest.h"
#include "apps/frame/text.h"
#include "host/error.h"

namespace sluice::frame {
namespace {

/// A character, by itself or by its name.
char parse_character(const std::string& option, const std::string& text,
                     const std::vector<std::pair<std::string, char>>& named) {
  std::vector<std::string> names;
  for (const auto& [name, character] : named) {
    if (text == name) return character;
    names.push_back(name);
  }
  if (text.size() == 1) return text[0];
  names.push_back("one character");
  throw Error(ErrorKind::kUsage,
              option + ": expected " + either(names) + ", found '" + text + "'" + did_you_mean(text, names));
}

void set_separator(csv::Input& input, const std::string& text) {
  csv::Dialect& dialect = input.options.dialect;
  input.find_separator = text == "auto";
  if (input.find_separator) return;
  dialect.spaces = text == "spaces";
  dialect.separator = parse_character("--separator", text,
                                      {{"auto", ','},
                                       {"comma", ','},
                                       {"tab", '\t'},
                                       {"\\t", '\t'},
                                       {"semicolon", ';'},
                                       {"pipe", '|'},
                                       {"spaces", ','}});
}

void set_encoding(csv::Input& input, const std::string& text) {
  input.find_encoding = text == "auto";
  input.options.dialect.encoding = text == "latin-1" ? csv::Encoding::kLatin1 : csv::Encoding::kUtf8;
}

csv::Type parse_type(const std::string& name) {
  static const std::vector<std::string> names{"integer", "float", "time", "category", "text"};
  for (const csv::Type type :
       {csv::Type::kInteger, csv::Type::kFloat, csv::Type::kTime, csv::Type::kCategory, csv::Type::kText})
    if (name == csv::name_of(type)) return type;
  throw Error(ErrorKind::kUsage,
              "--types: expected " + either(names) + ", found '" + name + "'" + did_you_mean(name, names));
}

std::vector<csv::Given> parse_types(const std::string& text) {
  std::vector<csv::Given> types;
  for (const std::string& element : parse_list("--types", text)) {
    const auto colon = element.rfind(':');
    if (colon == std::string::npos || colon == 0)
      throw Error(ErrorKind::kUsage,
                  "--types: expected NAME:TYPE,... such as zip:text, found '" + element + "'");
    types.push_back({element.substr(0, colon), parse_type(element.substr(colon + 1))});
  }
  return types;
}

/// A setter that also says that the file is a table.
template <class F>
auto of_table(csv::Input& input, const F& set) {
  return [&input, set](const std::string& text) {
    input.is_table = true;
    set(input, text);
  };
}

std::string shown(char character) {
  return character == '\t' ? "tab" : std::string(1, character);
}

}  // namespace

Options table_options(csv::Input& input) {
  using In = csv::Input;
  const char* group = "Tables";
  return {
      {{"--separator"},
       "CHAR",
       "what stands between fields: auto (found in the first rows, the default), comma, tab, semicolon, "
       "pipe, "
       "spaces (runs of white space) or a character",
       group,
       of_table(input, set_separator)},
      {{"--quote"},
       "CHAR",
       "what stands around fields: a character or none; default: \"",
       group,
       of_table(input,
                [](In& in, const std::string& v) {
                  in.options.dialect.quote = parse_character("--quote", v, {{"none", '\0'}});
                })},
      {{"--comment"},
       "CHAR",
       "rows that begin with it are left out; default: none",
       group,
       of_table(input,
                [](In& in, const std::string& v) {
                  in.options.dialect.comment = parse_character("--comment", v, {{"none", '\0'}});
                })},
      {{"--decimal"},
       "CHAR",
       "the decimal point of numbers: . or ,",
       group,
       of_table(input, [](In& in, const std::string& v) { in.options.dialect.decimal = v[0]; }),
       {".", ","}},
      {{"--no-header"},
       "",
       "the first row holds values, not names: columns are column1, column2, ... or --names",
       group,
       of_table(input, [](In& in, const std::string&) { in.options.dialect.header = false; })},
      {{"--names"},
       "LIST",
       "names of all columns, in place of the header's",
       group,
       of_table(input,
                [](In& in, const std::string& v) { in.options.dialect.names = parse_list("--names", v); })},
      {{"--encoding"},
       "NAME",
       "auto (UTF-8, else Latin-1; the default), utf-8 or latin-1",
       group,
       of_table(input, set_encoding),
       {"auto", "utf-8", "latin-1"}},
      {{"--missing"},
       "LIST",
       "words for an absent value, in place of pandas' (the empty word, NA, NaN, null, ...)",
       group,
       of_table(
           input,
           [](In& in, const std::string& v) { in.options.dialect.missing = parse_list("--missing", v); })},
      {{"--types"},
       "LIST",
       "types in place of those inferred: NAME:integer, float, time, category or text, such as zip:text",
       group,
       of_table(input, [](In& in, const std::string& v) { in.options.given = parse_types(v); })},
      {{"--columns"},
       "LIST",
       "read these columns alone, in this order; a name with a comma stands in double quotes",
       group,
       of_table(input, [](In& in, const std::string& v) { in.options.select = parse_list("--columns", v); })},
      {{"--on-error"},
       "WHAT",
       "at a bad row: fail (the default), or skip, which counts such rows and lists the first",
       group,
       of_table(input,
                [](In& in, const std::string& v) {
                  in.options.on_error = v == "skip" ? csv::OnError::kSkip : csv::OnError::kFail;
                }),
       {"fail", "skip"}},
  };
}

std::vector<std::string> parse_list(const std::string& option, const std::string& text) {
  std::vector<std::string> list(1);
  bool quoted = false, any_quote = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' && quoted && i + 1 < text.size() && text[i + 1] == '"') {
      list.back() += text[++i];
    } else if (c == '"' && (quoted || list.back().empty())) {
      quoted = !quoted;
      any_quote = true;
    } else if (c == ',' && !quoted) {
      list.emplace_back();
    } else {
      list.back() += c;
    }
  }
  if (quoted)
    throw Error(ErrorKind::kUsage,
                option + ": expected a closing double quote, found none in '" + text + "'");
  if (text.empty() && !any_quote && option != "--missing")
    throw Error(ErrorKind::kUsage, option + ": expected a list such as a,b,c, found nothing");
  return list;
}

std::string dialect_text(const csv::Dialect& dialect, const csv::Format& format) {
  std::vector<std::string> parts;
  const std::string separator = csv::name_of_separator(dialect);
  parts.push_back("separator " + (separator.size() == 1 ? "'" + separator + "'" : separator));
  parts.push_back(dialect.quote == 0
                      ? "no quotes"
                      : "quote " + shown(dialect.quote) + (format.quoted ? "" : " (none seen)"));
  if (dialect.comment != 0) parts.push_back("comment " + shown(dialect.comment));
  if (dialect.decimal != '.') parts.push_back("decimal " + shown(dialect.decimal));
  parts.push_back(!dialect.header ? "no header" : dialect.names.empty() ? "header" : "header replaced");
  parts.push_back(dialect.encoding == csv::Encoding::kLatin1 ? "Latin-1" : "UTF-8");
  if (format.byte_order_mark) parts.push_back("byte order mark");
  if (!format.line_end.empty()) parts.push_back(format.line_end);
  if (!format.compression.empty()) parts.push_back(format.compression);
  return joined(parts, ", ");
}

Json json_of(const csv::Dialect& dialect, const csv::Format& format) {
  const auto character = [](char c) { return c == 0 ? Json() : Json(std::string(1, c)); };
  Json json = Json::object();
  json.add("separator", dialect.spaces ? Json("spaces") : character(dialect.separator));
  json.add("quote", character(dialect.quote)).add("quoted", format.quoted);
  json.add("comment", character(dialect.comment)).add("decimal", character(dialect.decimal));
  json.add("header", dialect.header);
  json.add("encoding", dialect.encoding == csv::Encoding::kLatin1 ? "latin-1" : "utf-8");
  json.add("byte_order_mark", format.byte_order_mark);
  json.add("line_end", format.line_end.empty() ? Json() : Json(format.line_end));
  json.add("compression", format.compression.empty() ? Json() : Json(format.compression));
  return json;
}

std::string reasons_text(const csv::Faults& faults) {
  std::vector<std::string> reasons;
  const auto add = [&](std::int64_t n, const char* reason) {
    if (n > 0) reasons.push_back(count(n) + " " + reason);
  };
  add(faults.ragged, "ragged");
  add(faults.bad_value, "with a bad value");
  add(faults.not_utf8, "not UTF-8");
  add(faults.open_quote, "with an open quote");
  return counted(faults.rows(), "row") + ": " + joined(reasons, ", ");
}

Json json_of(const csv::Faults& faults) {
  Json json = Json::object(), first = Json::array();
  for (const std::string& line : faults.first) first.push(line);
  json.add("rows", faults.rows()).add("ragged", faults.ragged).add("bad_value", faults.bad_value);
  json.add("not_utf8", faults.not_utf8).add("open_quote", faults.open_quote);
  return json.add("first", first);
}

}  // namespace sluice::frame
