// JSON of the files that a fit leaves, models and states: read back as a tree. Numbers read back as the same
// double; NaN is null. A list of numbers alone is held as numbers, so that a state's sums stay small.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/budget.h"

namespace sluice::fit {

struct JsonValue {
  enum class Kind { kNull, kFlag, kNumber, kText, kNumbers, kList, kObject };
  Kind kind = Kind::kNull;
  bool flag = false;
  double number = 0;  // NaN of kNull
  std::string text;
  std::vector<double> numbers;     // of kNumbers
  std::vector<JsonValue> inside;   // of kList; of kObject, the members
  std::vector<std::string> names;  // of members

  /// Null where there is none of that name.
  const JsonValue* find(const std::string& name) const;
};

/// Error{kInput} naming `path`: not JSON, or nested deeper than 100.
JsonValue parse_json(const std::string& text, const std::string& path);

/// A file whole, its memory from the budget for as long as `share` lives. Error{kInput}.
JsonValue read_json(const std::string& path, Budget& budget, Share& share);

/// Typed looks at an object that a file of ours must be; Error{kInput} names what is missing.
class JsonFields {
 public:
  JsonFields(const JsonValue& object, const std::string& path) : object_(object), path_(path) {}
  const JsonValue& at(const std::string& name, JsonValue::Kind kind) const;
  const std::string& text(const std::string& name) const { return at(name, JsonValue::Kind::kText).text; }
  /// null is NaN.
  double number(const std::string& name) const;
  bool flag(const std::string& name) const { return at(name, JsonValue::Kind::kFlag).flag; }
  std::vector<double> numbers(const std::string& name) const;
  std::vector<std::string> texts(const std::string& name) const;
  const std::vector<JsonValue>& list(const std::string& name) const;
  bool has(const std::string& name) const { return object_.find(name) != nullptr; }
  [[noreturn]] void refuse(const std::string& what) const;

 private:
  const JsonValue& object_;
  const std::string& path_;
};

/// Members in the order of the calls, as text: one a line at the outermost level.
class JsonText {
 public:
  JsonText& text(const std::string& name, const std::string& value);
  JsonText& number(const std::string& name, double value);
  JsonText& flag(const std::string& name, bool value) { return raw(name, value ? "true" : "false"); }
  JsonText& numbers(const std::string& name, const std::vector<double>& values);
  JsonText& texts(const std::string& name, const std::vector<std::string>& values);
  JsonText& raw(const std::string& name, const std::string& json);
  std::string line() const { return "{" + members_ + "}"; }
  std::string lines() const;

 private:
  std::string members_;
  std::vector<std::size_t> ends_;  // of members but the last
};

std::string json_number(double value);
/// [a,b]; `lines`: an element a line.
std::string json_list(const std::vector<std::string>& elements, bool lines = false);

}  // namespace sluice::fit
