// A JSON value that keeps the order of its members, and its text. Doubles are written so that they read back
// as the same number; NaN and infinities, which JSON lacks, are null.
#pragma once
#include <concepts>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sluice::frame {

class Json {
 public:
  static Json object() { return Json(Kind::kObject); }
  static Json array() { return Json(Kind::kArray); }
  Json() : Json(Kind::kText) { text_ = "null"; }
  Json(const char* text) : Json(std::string(text)) {}
  Json(const std::string& text) : Json(Kind::kText) { text_ = quoted(text); }
  Json(bool value) : Json(Kind::kText) { text_ = value ? "true" : "false"; }
  Json(double value);
  template <std::integral T>
  Json(T value) : Json(Kind::kText) {
    text_ = std::to_string(value);
  }

  /// A member of an object; returns the object, so that calls can be chained.
  Json& add(const std::string& name, Json value);
  /// An element of an array.
  Json& push(Json value);

  /// Indented by two spaces a level, without a newline at the end.
  std::string text() const;
  /// On one line.
  std::string line() const;

 private:
  enum class Kind { kText, kObject, kArray };
  explicit Json(Kind kind) : kind_(kind) {}
  static std::string quoted(const std::string& text);
  void write(std::string& to, int level, bool indented) const;

  Kind kind_;
  std::string text_;
  std::vector<std::pair<std::string, Json>> members_;
};

}  // namespace sluice::frame
