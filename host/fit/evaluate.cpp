// The functions of numbers that formulas may use, and the values of expressions, column by column.
#include <algorithm>
#include <cmath>
#include <functional>

#include "host/fit/expression.h"
#include "host/nearest.h"

namespace sluice::fit {
namespace {

struct Function {
  const char* name;
  double (*value)(double);
};
/// As numpy's of the same name; a bare name is the same, which patsy does not have.
const Function kFunctions[] = {
    {"log", [](double x) { return std::log(x); }},     {"log2", [](double x) { return std::log2(x); }},
    {"log10", [](double x) { return std::log10(x); }}, {"log1p", [](double x) { return std::log1p(x); }},
    {"exp", [](double x) { return std::exp(x); }},     {"expm1", [](double x) { return std::expm1(x); }},
    {"sqrt", [](double x) { return std::sqrt(x); }},   {"cbrt", [](double x) { return std::cbrt(x); }},
    {"square", [](double x) { return x * x; }},        {"abs", [](double x) { return std::fabs(x); }},
    {"sin", [](double x) { return std::sin(x); }},     {"cos", [](double x) { return std::cos(x); }},
    {"tan", [](double x) { return std::tan(x); }},     {"arctan", [](double x) { return std::atan(x); }},
    {"sinh", [](double x) { return std::sinh(x); }},   {"cosh", [](double x) { return std::cosh(x); }},
    {"tanh", [](double x) { return std::tanh(x); }},   {"floor", [](double x) { return std::floor(x); }},
    {"ceil", [](double x) { return std::ceil(x); }},   {"I", [](double x) { return x; }},
};

double floor_mod(double a, double b) {
  const double rest = std::fmod(a, b);
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

/// numpy's and Python's: from the remainder, so that 1 // 0.1 is 9.
double floor_divide(double a, double b) {
  const double rest = floor_mod(a, b);
  if (b == 0 || !std::isfinite(rest)) return std::floor(a / b);
  const double quotient = (a - rest) / b, floor = std::floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

/// numpy's powers: squares and the like are products, exactly.
void raise(double* to, const Expression& exponent, const double* power, std::size_t rows) {
  const bool constant = exponent.kind == Expression::Kind::kNumber;
  if (constant && exponent.number == 2) {
    for (std::size_t i = 0; i < rows; ++i) to[i] *= to[i];
  } else {
    for (std::size_t i = 0; i < rows; ++i) to[i] = std::pow(to[i], power[i]);
  }
}

/// 1 or 0; NaN where a side is missing.
void compare(const std::string& sign, double* to, const double* right, std::size_t rows) {
  for (std::size_t i = 0; i < rows; ++i) {
    const double a = to[i], b = right[i];
    const bool truth = sign == "<"    ? a < b
                       : sign == ">"  ? a > b
                       : sign == "<=" ? a <= b
                       : sign == ">=" ? a >= b
                       : sign == "==" ? a == b
                                      : a != b;
    to[i] = std::isnan(a) || std::isnan(b) ? NAN : truth;
  }
}

}  // namespace

std::string known_function(const std::string& name) {
  const std::string bare = name.rfind("np.", 0) == 0 && name != "np.I" ? name.substr(3) : name;
  for (const Function& f : kFunctions)
    if (bare == f.name) return bare;
  return name == "center" || name == "standardize" || name == "scale" ? name : "";
}

const std::vector<std::string>& function_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all{"C", "Q", "center", "standardize", "scale", "poly"};
    for (const Function& f : kFunctions) {
      all.push_back(f.name);
      all.push_back(std::string("np.") + f.name);
    }
    return all;
  }();
  return names;
}

void polynomial(const Expression& column, std::size_t rows, double* z) {
  const std::vector<double>&a = column.alphas, &b = column.betas;
  if (b.empty()) return;
  for (std::size_t i = 0; i < rows; ++i) {
    double before = 0, p = 1 / b[0], sum = column.mix[0] * p;
    for (std::size_t k = 0; k < a.size(); ++k) {
      const double next = ((z[i] - a[k]) * p - (k > 0 ? b[k] * before : 0)) / b[k + 1];
      before = p, p = next;
      sum += column.mix[k + 1] * p;
    }
    z[i] = sum;
  }
}

void evaluate(const Expression& e, const NumberColumns& columns, std::size_t rows, double* to) {
  using Kind = Expression::Kind;
  switch (e.kind) {
    case Kind::kNumber:
      std::fill(to, to + rows, e.number);
      return;
    case Kind::kName: {
      const double* values = columns.column(e.text);
      std::copy(values, values + rows, to);
      return;
    }
    case Kind::kNegative:
      evaluate(e.inside[0], columns, rows, to);
      for (std::size_t i = 0; i < rows; ++i) to[i] = -to[i];
      return;
    case Kind::kCall: {
      evaluate(e.inside[0], columns, rows, to);
      if (e.text == "I") return;
      if (is_whole_column(e)) {
        const double by = e.text == "center" ? 1 : e.deviation;
        for (std::size_t i = 0; i < rows; ++i) to[i] = (to[i] - e.mean) / by;
        if (e.text == "poly") polynomial(e, rows, to);
        return;
      }
      const std::string name = known_function(e.text);
      const auto f = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                  [&](const Function& one) { return name == one.name; });
      for (std::size_t i = 0; i < rows; ++i) to[i] = f->value(to[i]);
      return;
    }
    case Kind::kBinary: {
      std::vector<double> right(rows);
      evaluate(e.inside[0], columns, rows, to);
      evaluate(e.inside[1], columns, rows, right.data());
      const double* r = right.data();
      if (is_truth(e)) return compare(e.text, to, r, rows);
      if (e.text == "**") return raise(to, e.inside[1], r, rows);
      for (std::size_t i = 0; i < rows; ++i)
        to[i] = e.text == "+"    ? to[i] + r[i]
                : e.text == "-"  ? to[i] - r[i]
                : e.text == "*"  ? to[i] * r[i]
                : e.text == "/"  ? to[i] / r[i]
                : e.text == "//" ? floor_divide(to[i], r[i])
                                 : floor_mod(to[i], r[i]);
      return;
    }
    case Kind::kString:
    case Kind::kList:
    case Kind::kKeyword:
      return;  // no formula that was read has such a number
  }
}

}  // namespace sluice::fit
