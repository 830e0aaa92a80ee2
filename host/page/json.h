// JSON inside an HTML element: no text in it can end the element, and numbers read back as the same double.
#pragma once
#include <string>

namespace sluice::page {

/// A JSON string for use inside <script>: "<" is written "\u003c".
std::string script_text(const std::string& text);

/// The shortest digits that give the same double; null where it is not finite.
std::string script_number(double value);

/// For HTML's text and attributes.
std::string html_text(const std::string& text);

/// One object, members in the order of the calls.
class Object {
 public:
  Object& text(const char* name, const std::string& value) { return raw(name, script_text(value)); }
  Object& number(const char* name, double value) { return raw(name, script_number(value)); }
  Object& flag(const char* name, bool value) { return raw(name, value ? "true" : "false"); }
  Object& raw(const char* name, const std::string& json);
  std::string json() const { return "{" + members_ + "}"; }

 private:
  std::string members_;
};

}  // namespace sluice::page
