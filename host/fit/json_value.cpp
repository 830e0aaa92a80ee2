// A strict reader by recursive descent, and a writer that keeps every digit.
#include "host/fit/json_value.h"

#include <fcntl.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "host/error.h"
#include "host/formats/json_text.h"
#include "host/io/sys.h"

namespace sluice::fit {
namespace {

using Kind = JsonValue::Kind;

class Reader {
 public:
  explicit Reader(const std::string& text) : text_(text) {}
  JsonValue whole() {
    JsonValue value = read(0);
    if (peek() != '\0' || at_ < text_.size()) throw std::invalid_argument("json");
    return value;
  }

 private:
  char peek() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r'))
      ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char wanted) {
    if (peek() != wanted) return false;
    ++at_;
    return true;
  }
  void expect(char wanted) {
    if (!take(wanted)) throw std::invalid_argument("json");
  }
  bool word(const char* wanted) {
    const std::string text = wanted;
    if (text_.compare(at_, text.size(), text) != 0) return false;
    at_ += text.size();
    return true;
  }
  JsonValue read(int depth) {
    if (depth > 100) throw std::invalid_argument("json");
    JsonValue value;
    const char c = peek();
    if (c == '{') {
      value.kind = Kind::kObject;
      members(value, depth);
    } else if (c == '[') {
      elements(value, depth);
    } else if (c == '"') {
      value.kind = Kind::kText;
      value.text = read_json_string(text_, at_);
    } else if (c == 't' || c == 'f') {
      value.kind = Kind::kFlag;
      value.flag = word("true");
      if (!value.flag && !word("false")) throw std::invalid_argument("json");
    } else if (c == 'n') {
      if (!word("null")) throw std::invalid_argument("json");
      value.number = std::numeric_limits<double>::quiet_NaN();
    } else {
      value.kind = Kind::kNumber;
      value.number = number();
    }
    return value;
  }
  double number() {
    double value = 0;
    const char* const end = text_.data() + text_.size();
    const auto read = std::from_chars(text_.data() + at_, end, value);
    const bool finite = read.ec == std::errc() && std::isfinite(value);
    if (!finite) throw std::invalid_argument("json");
    at_ = std::size_t(read.ptr - text_.data());
    return value;
  }
  void members(JsonValue& value, int depth) {
    expect('{');
    if (take('}')) return;
    do {
      peek();
      value.names.push_back(read_json_string(text_, at_));
      expect(':');
      value.inside.push_back(read(depth + 1));
    } while (take(','));
    expect('}');
  }
  void elements(JsonValue& value, int depth) {
    value.kind = Kind::kNumbers;
    expect('[');
    if (take(']')) return;
    do {
      JsonValue one = read(depth + 1);
      const bool number = one.kind == Kind::kNumber || one.kind == Kind::kNull;
      if (value.kind == Kind::kNumbers && number) {
        value.numbers.push_back(one.number);
        continue;
      }
      if (value.kind == Kind::kNumbers) {
        for (const double earlier : value.numbers) {
          JsonValue& v = value.inside.emplace_back();
          v.kind = Kind::kNumber, v.number = earlier;
        }
        value.numbers.clear();
        value.kind = Kind::kList;
      }
      value.inside.push_back(std::move(one));
    } while (take(','));
    expect(']');
  }
  const std::string& text_;
  std::size_t at_ = 0;
};

}  // namespace

const JsonValue* JsonValue::find(const std::string& name) const {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? nullptr : &inside[std::size_t(found - names.begin())];
}

JsonValue parse_json(const std::string& text, const std::string& path) {
  try {
    return Reader(text).whole();
  } catch (const std::invalid_argument&) {
    throw Error(ErrorKind::kInput, path + ": not JSON: expected what sluice fit wrote");
  }
}

JsonValue read_json(const std::string& path, Budget& budget, Share& share) {
  const sys::File file(path, O_RDONLY);
  const std::uint64_t bytes = sys::identity(file).bytes;
  share = Share(budget, 6 * bytes, "what is read of a model or state");
  std::string text(bytes, '\0');
  sys::read_at(file, text.data(), text.size(), 0);
  return parse_json(text, path);
}

void JsonFields::refuse(const std::string& what) const {
  throw Error(ErrorKind::kInput, path_ + ": " + what, "models and states are what sluice fit wrote");
}

const JsonValue& JsonFields::at(const std::string& name, Kind kind) const {
  const JsonValue* found = object_.find(name);
  if (found == nullptr || found->kind != kind) refuse("expected a value '" + name + "', found none");
  return *found;
}

double JsonFields::number(const std::string& name) const {
  const JsonValue* found = object_.find(name);
  if (found != nullptr && found->kind == Kind::kNull) return found->number;
  return at(name, Kind::kNumber).number;
}

std::vector<double> JsonFields::numbers(const std::string& name) const {
  return at(name, Kind::kNumbers).numbers;
}

std::vector<std::string> JsonFields::texts(const std::string& name) const {
  std::vector<std::string> texts;
  for (const JsonValue& value : list(name)) {
    if (value.kind != Kind::kText) refuse("'" + name + "': expected texts");
    texts.push_back(value.text);
  }
  return texts;
}

const std::vector<JsonValue>& JsonFields::list(const std::string& name) const {
  const JsonValue* found = object_.find(name);
  const bool empty = found != nullptr && found->kind == Kind::kNumbers && found->numbers.empty();
  return empty ? found->inside : at(name, Kind::kList).inside;
}

std::string json_number(double value) {
  if (!std::isfinite(value)) return "null";
  char text[40];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return std::string(text, end);
}

std::string json_list(const std::vector<std::string>& elements, bool lines) {
  std::string text = "[";
  for (std::size_t i = 0; i < elements.size(); ++i)
    text += (i == 0 ? "" : ",") + std::string(lines ? "\n    " : "") + elements[i];
  return text + "]";
}

JsonText& JsonText::raw(const std::string& name, const std::string& json) {
  if (!members_.empty()) {
    ends_.push_back(members_.size());
    members_ += ",";
  }
  members_ += json_quote(name) + ":" + json;
  return *this;
}

JsonText& JsonText::text(const std::string& name, const std::string& value) {
  return raw(name, json_quote(value));
}

JsonText& JsonText::number(const std::string& name, double value) {
  return raw(name, json_number(value));
}

JsonText& JsonText::numbers(const std::string& name, const std::vector<double>& values) {
  std::string text = "[";
  for (std::size_t i = 0; i < values.size(); ++i) text += (i == 0 ? "" : ",") + json_number(values[i]);
  return raw(name, text + "]");
}

JsonText& JsonText::texts(const std::string& name, const std::vector<std::string>& values) {
  std::vector<std::string> quoted;
  for (const std::string& value : values) quoted.push_back(json_quote(value));
  return raw(name, json_list(quoted));
}

std::string JsonText::lines() const {
  std::string text = "{\n  ";
  std::size_t from = 0;
  for (const std::size_t end : ends_) {
    text += members_.substr(from, end - from) + ",\n  ";
    from = end + 1;
  }
  return text + members_.substr(from) + "\n}\n";
}

}  // namespace sluice::fit
