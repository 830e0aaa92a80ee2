// How the levels of a category become columns: patsy's contrasts, reduced by one column or of full rank.
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace sluice::fit {

/// A level as a formula spells it: 'b', or a number, which may also be a level's place from 0 on.
struct LevelName {
  std::string text;
  std::optional<double> number = {};  // then the level of the same value, however spelt
  std::optional<long> place = {};
};

struct ContrastSpec {
  enum class Kind { kTreatment, kSum, kHelmert, kPoly, kDiff };
  Kind kind = Kind::kTreatment;
  std::optional<LevelName> level = {};  // the reference of kTreatment, what kSum leaves out
  std::vector<double> scores = {};      // of kPoly; empty: 0, 1, 2, ...
};

struct Contrast {
  std::size_t levels = 0, columns = 0;
  std::vector<double> values;         // levels x columns, row-major
  std::vector<std::string> suffixes;  // of column names: "[T.b]"
  double at(std::size_t level, std::size_t column) const { return values[level * columns + column]; }
};

/// `full`: with the span of the intercept. Error{kUsage} where a level that the spec names is not there, or
/// scores are not as many as levels, or two are the same.
Contrast contrast_of(const ContrastSpec& spec, const std::vector<std::string>& levels, bool full);

/// Whether the text is a number, an infinite one too, and all of it.
bool is_number(const std::string& text, double& value);
/// Sorts levels: by value where all are numbers, else by code point.
void sort_levels(std::vector<std::string>& levels);
/// "True" or "False" of the spellings that pandas reads as such (true, TRUE); else empty.
std::string truth_text(const std::string& text);
/// One spelling for a level that is a number: "01" and "1" are one level, 1.50 is 1.5.
std::string level_text(double value);
/// Digits alone, but for a sign.
bool is_whole(const std::string& text);
/// Of such: without leading zeros and plus. Doubles would make one of integers beyond 2^53.
std::string integer_text(const std::string& text);
/// Of a number's text: one for all that have the value.
std::string spelling(const std::string& text, double value);

}  // namespace sluice::fit
