// A file's names are those of coefficients, so that their order does not matter.
#include "apps/fit_truth.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "apps/frame/table_options.h"
#include "apps/frame/text.h"
#include "apps/frame/values.h"
#include "host/error.h"
#include "host/fit/json_value.h"

namespace sluice {
namespace {

using namespace frame;
using fit::JsonValue;

Truth of_json(const std::string& path, const std::string& text) {
  const JsonValue json = fit::parse_json(text, path);
  Truth truth;
  if (json.kind == JsonValue::Kind::kNumbers) {
    truth.values = json.numbers;
    return truth;
  }
  if (const JsonValue* list = json.find("coefficients"); list != nullptr) {
    for (const JsonValue& one : list->inside) {
      const fit::JsonFields fields(one, path);
      truth.names.push_back(fields.text("name"));
      truth.values.push_back(fields.number("estimate"));
    }
    return truth;
  }
  for (std::size_t i = 0; i < json.names.size(); ++i) {
    if (json.inside[i].kind != JsonValue::Kind::kNumber)
      throw Error(ErrorKind::kInput,
                  path + ": expected numbers by names, found another value of '" + json.names[i] + "'");
    truth.names.push_back(json.names[i]);
    truth.values.push_back(json.inside[i].number);
  }
  return truth;
}

Truth of_table(const std::string& path, const std::string& text) {
  Truth truth;
  std::istringstream lines(text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    const auto comma = line.find_last_of(",\t;");
    if (line.empty()) continue;
    char* end = nullptr;
    const std::string value = comma == std::string::npos ? "" : line.substr(comma + 1);
    const double read = std::strtod(value.c_str(), &end);
    if (value.empty() || *end != 0) {
      if (number == 1) continue;  // names of the columns
      throw Error(ErrorKind::kInput, path + ": line " + std::to_string(number) +
                                         ": expected a name and a number, found '" + printable(line) + "'");
    }
    std::string name = line.substr(0, comma);
    if (name.size() >= 2 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
    truth.names.push_back(name);
    truth.values.push_back(read);
  }
  return truth;
}

}  // namespace

Truth parse_truth(const std::string& text) {
  std::error_code ignored;
  if (std::filesystem::is_regular_file(text, ignored)) {
    std::stringstream content;
    content << std::ifstream(text, std::ios::binary).rdbuf();
    const bool json = text.size() > 5 && text.compare(text.size() - 5, 5, ".json") == 0;
    Truth truth = json ? of_json(text, content.str()) : of_table(text, content.str());
    if (truth.values.empty()) throw Error(ErrorKind::kInput, text + ": expected coefficients, found none");
    return truth;
  }
  Truth truth;
  for (const std::string& part : parse_list("--truth", text))
    truth.values.push_back(parse_number("--truth", part));
  return truth;
}

std::vector<double> truth_of(const Truth& truth, const FitResult& result, std::string& problem) {
  std::vector<std::string> names;
  for (const Coefficient& c : result.coefficients) names.push_back(c.name);
  if (truth.values.empty()) return {};
  if (truth.names.empty()) {
    if (truth.values.size() == names.size()) return truth.values;
    problem = "expected " + std::to_string(names.size()) + " numbers, one for each column of the design (" +
              joined(names, ", ") + "), found " + std::to_string(truth.values.size());
    return {};
  }
  std::vector<double> found(names.size(), NAN);
  std::vector<std::string> others;
  for (std::size_t i = 0; i < truth.names.size(); ++i) {
    const auto at = std::find(names.begin(), names.end(), truth.names[i]);
    if (at == names.end())
      others.push_back(truth.names[i]);
    else
      found[std::size_t(at - names.begin())] = truth.values[i];
  }
  if (others.size() == truth.names.size()) {
    problem = "none of its names is a coefficient: expected " + joined(names, ", ") + ", found " +
              joined(others, ", ");
    return {};
  }
  if (!others.empty()) problem = "no coefficient is named " + joined(others, ", ");
  return found;
}

}  // namespace sluice
