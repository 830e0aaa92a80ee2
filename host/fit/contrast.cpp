// Contrast matrices, as patsy's contrasts.py makes them.
#include "host/fit/contrast.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "host/error.h"
#include "host/units.h"

namespace sluice::fit {
namespace {

std::size_t find_level(const std::vector<std::string>& levels, const LevelName& name) {
  const auto found = std::find(levels.begin(), levels.end(), name.text);
  if (found != levels.end()) return std::size_t(found - levels.begin());
  for (std::size_t i = 0; name.number && i < levels.size(); ++i) {
    double value = 0;
    if (!is_number(levels[i], value) || value != *name.number) continue;
    const bool digits = is_whole(levels[i]) && is_whole(name.text);
    if (!digits || integer_text(levels[i]) == integer_text(name.text)) return i;
  }
  const auto truth = std::find(levels.begin(), levels.end(), truth_text(name.text));
  if (truth != levels.end() && !truth->empty()) return std::size_t(truth - levels.begin());
  if (name.place) {
    const long n = long(levels.size()), place = *name.place < 0 ? *name.place + n : *name.place;
    if (place >= 0 && place < n) return std::size_t(place);
  }
  std::string all;
  for (std::size_t i = 0; i < levels.size() && i < 10; ++i) all += (i == 0 ? "'" : ", '") + levels[i] + "'";
  if (levels.size() > 10) all += ", ...";
  throw Error(ErrorKind::kUsage, "unknown level '" + name.text + "' of a contrast: expected one of " + all);
}

/// Columns of ones and zeros for all levels but one, which has `rest` in all columns.
void leave_out(Contrast& c, std::size_t level, double rest) {
  for (std::size_t i = 0, k = 0; i < c.levels; ++i) {
    if (i == level) {
      for (std::size_t j = 0; j < c.columns; ++j) c.values[i * c.columns + j] = rest;
      continue;
    }
    c.values[i * c.columns + k++] = 1;
  }
}

void helmert(Contrast& c) {
  for (std::size_t j = 0; j < c.columns; ++j) {
    for (std::size_t i = 0; i <= j; ++i) c.values[i * c.columns + j] = -1;
    c.values[(j + 1) * c.columns + j] = double(j + 1);
  }
}

/// Successive differences: column j is (j + 1 - n) / n up to level j, then (j + 1) / n.
void diff(Contrast& c) {
  const double n = double(c.levels);
  for (std::size_t j = 0; j < c.columns; ++j)
    for (std::size_t i = 0; i < c.levels; ++i)
      c.values[i * c.columns + j] = (i <= j ? double(j + 1) - n : double(j + 1)) / n;
}

/// Orthogonal polynomials of the scores, by columns: each is the one before it times the scores, less what it
/// has of all earlier ones, twice (Arnoldi). Powers of scores, which patsy takes, lose half of the digits at
/// 25 levels and all of them at 40.
std::vector<double> polynomials(std::vector<double> scores, std::size_t n) {
  if (scores.empty()) {
    scores.resize(n);
    std::iota(scores.begin(), scores.end(), 0.0);
  }
  const double mean = std::accumulate(scores.begin(), scores.end(), 0.0) / double(n);
  double largest = 0;
  for (double& score : scores) score -= mean, largest = std::fmax(largest, std::fabs(score));
  std::vector<double> q(n * n);
  for (std::size_t j = 0; j < n; ++j) {
    double* column = &q[j * n];
    for (std::size_t i = 0; i < n; ++i) column[i] = j == 0 ? 1 : q[(j - 1) * n + i] * (scores[i] / largest);
    for (int turn = 0; turn < 2; ++turn)
      for (std::size_t k = 0; k < j; ++k) {
        const double along = std::inner_product(column, column + n, &q[k * n], 0.0);
        for (std::size_t i = 0; i < n; ++i) column[i] -= along * q[k * n + i];
      }
    const double length = std::sqrt(std::inner_product(column, column + n, column, 0.0));
    for (std::size_t i = 0; i < n; ++i) column[i] /= length;
  }
  return q;
}

void poly(Contrast& c, const ContrastSpec& spec, bool full) {
  if (!spec.scores.empty() && spec.scores.size() != c.levels)
    throw Error(ErrorKind::kUsage, "Poly: expected as many scores as levels, " + std::to_string(c.levels) +
                                       ", found " + std::to_string(spec.scores.size()));
  std::vector<double> sorted = spec.scores;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end())
    throw Error(ErrorKind::kUsage, "Poly: expected scores that differ, found " + number(*twice) + " twice");
  const std::vector<double> q = polynomials(spec.scores, c.levels);
  const std::size_t first = full ? 0 : 1;
  for (std::size_t i = 0; i < c.levels; ++i)
    for (std::size_t j = 0; j < c.columns; ++j)
      c.values[i * c.columns + j] = j + first == 0 ? 1 : q[(j + first) * c.levels + i];
  static const char* const names[] = {".Constant", ".Linear", ".Quadratic", ".Cubic"};
  for (std::size_t j = first; j < c.levels; ++j)
    c.suffixes.push_back(j < 4 ? names[j] : "^" + std::to_string(j));
}

/// Suffixes "[T.b]" of all levels but one.
void name_but(Contrast& c, const char* letter, const std::vector<std::string>& levels, std::size_t but) {
  for (std::size_t i = 0; i < levels.size(); ++i)
    if (i != but) c.suffixes.push_back(std::string("[") + letter + "." + levels[i] + "]");
}

/// A column of ones before the others.
void add_constant(Contrast& c, const char* suffix) {
  std::vector<double> wider;
  for (std::size_t i = 0; i < c.levels; ++i) {
    wider.push_back(1);
    wider.insert(wider.end(), c.values.begin() + std::ptrdiff_t(i * c.columns),
                 c.values.begin() + std::ptrdiff_t((i + 1) * c.columns));
  }
  c.values = std::move(wider);
  ++c.columns;
  c.suffixes.insert(c.suffixes.begin(), suffix);
}

}  // namespace

Contrast contrast_of(const ContrastSpec& spec, const std::vector<std::string>& levels, bool full) {
  using Kind = ContrastSpec::Kind;
  Contrast c;
  c.levels = levels.size();
  if (c.levels == 0) return c;
  const bool whole = full && (spec.kind == Kind::kTreatment || spec.kind == Kind::kPoly);
  c.columns = whole ? c.levels : c.levels - 1;
  c.values.assign(c.levels * c.columns, 0.0);
  switch (spec.kind) {
    case Kind::kTreatment: {
      const std::size_t reference = spec.level ? find_level(levels, *spec.level) : 0;
      if (!full) return leave_out(c, reference, 0), name_but(c, "T", levels, reference), c;
      for (std::size_t i = 0; i < c.levels; ++i) {
        c.values[i * c.columns + i] = 1;
        c.suffixes.push_back("[" + levels[i] + "]");
      }
      return c;
    }
    case Kind::kSum: {
      const std::size_t omitted = spec.level ? find_level(levels, *spec.level) : c.levels - 1;
      leave_out(c, omitted, -1);
      name_but(c, "S", levels, omitted);
      if (full) add_constant(c, "[mean]");
      return c;
    }
    case Kind::kHelmert:
      helmert(c);
      name_but(c, "H", levels, 0);
      if (full) add_constant(c, "[H.intercept]");
      return c;
    case Kind::kDiff:
      diff(c);
      name_but(c, "D", levels, c.levels - 1);
      if (!full) return c;
      add_constant(c, "");  // patsy then names the columns by all levels, the constant by the first
      c.suffixes.clear();
      name_but(c, "D", levels, c.levels);
      return c;
    case Kind::kPoly:
      poly(c, spec, full);
      return c;
  }
  return c;
}

bool is_number(const std::string& text, double& value) {
  const char* begin = text.data() + (!text.empty() && text[0] == '+' ? 1 : 0);
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(begin, end, value);
  return read.ec == std::errc() && read.ptr == end && !std::isnan(value);
}

void sort_levels(std::vector<std::string>& levels) {
  std::vector<std::pair<double, std::string>> numbers;
  for (const std::string& level : levels) {
    double value = 0;
    if (!is_number(level, value)) break;
    numbers.emplace_back(value, level);
  }
  if (numbers.size() != levels.size()) return std::sort(levels.begin(), levels.end());
  std::sort(numbers.begin(), numbers.end());
  for (std::size_t i = 0; i < levels.size(); ++i) levels[i] = numbers[i].second;
}

bool is_whole(const std::string& text) {
  const std::size_t from = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  return text.size() > from && text.find_first_not_of("0123456789", from) == std::string::npos;
}

std::string integer_text(const std::string& text) {
  const std::size_t first = text.find_first_not_of("+-0");
  if (first == std::string::npos) return "0";
  return (text[0] == '-' ? "-" : "") + text.substr(first);
}

std::string spelling(const std::string& text, double value) {
  return is_whole(text) ? integer_text(text) : level_text(value);
}

std::string truth_text(const std::string& text) {
  if (text == "True" || text == "true" || text == "TRUE") return "True";
  return text == "False" || text == "false" || text == "FALSE" ? "False" : "";
}

std::string level_text(double value) {
  return number(value == 0 ? 0 : value);
}

}  // namespace sluice::fit
