// A table as one line of JSON, for tests that compare it with what others read: csv_dump FILE [text] [sep=;]
// [threads=N] [range=BYTES]. With `text` all columns are text and nothing is missing. Bad rows are left out.
#include <cmath>
#include <cstdio>
#include <string>

#include "host/formats/csv/reader.h"

namespace {

using namespace sluice::csv;

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    char code[8];
    if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::snprintf(code, sizeof code, "\\u%04x", unsigned(c));
      result += code;
    } else {
      result += c;
    }
  }
  return result + "\"";
}

std::string shown(const Column& column, const ColumnData& data, std::size_t row) {
  if (data.missing[row] != 0) return "null";
  char number[40];
  switch (column.type) {
    case Type::kInteger:
    case Type::kTime:
      return std::to_string(data.integers[row]);
    case Type::kFloat:
      if (std::isinf(data.floats[row])) return data.floats[row] > 0 ? "Infinity" : "-Infinity";
      std::snprintf(number, sizeof number, "%.17g", data.floats[row]);
      return number;
    case Type::kCategory:
      return quoted(column.levels[std::size_t(data.codes[row])]);
    case Type::kText:
      break;
  }
  return quoted(data.text_at(row));
}

bool set(const std::string& argument, Options& options, bool& text) {
  const std::string value = argument.substr(argument.find('=') + 1);
  if (argument == "text")
    text = true;
  else if (argument.starts_with("sep="))
    options.dialect.separator = value[0];
  else if (argument.starts_with("threads="))
    options.threads = std::stoi(value);
  else if (argument.starts_with("range="))
    options.range_bytes = std::stoul(value);
  else
    return false;
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  options.on_error = OnError::kSkip;
  bool text = false;
  for (int i = 2; i < argc; ++i)
    if (!set(argv[i], options, text)) return 2;
  if (argc < 2) return 2;
  try {
    sluice::Budget budget(256 << 20, "--memory");
    if (text) options.dialect.missing.clear();
    Schema schema = scan(argv[1], options, budget);
    if (text) {
      for (const Column& column : schema.columns) options.given.push_back({column.name, Type::kText, {}});
      schema = scan(argv[1], options, budget);
    }
    std::vector<std::string> values(schema.columns.size());
    const Faults faults = read(argv[1], options, schema, budget, [&](const Batch& batch) {
      for (std::size_t i = 0; i < values.size(); ++i)
        for (std::size_t row = 0; row < std::size_t(batch.rows); ++row)
          values[i] += (values[i].empty() ? "" : ",") + shown(schema.columns[i], batch.columns[i], row);
    });
    std::printf("{\"rows\": %lld, \"open_quote\": %lld, \"columns\": [", static_cast<long long>(schema.rows),
                static_cast<long long>(faults.open_quote));
    for (std::size_t i = 0; i < values.size(); ++i)
      std::printf("%s{\"name\": %s, \"type\": \"%s\", \"values\": [%s]}", i == 0 ? "" : ",",
                  quoted(schema.columns[i].name).c_str(), name_of(schema.columns[i].type), values[i].c_str());
    std::printf("]}\n");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
