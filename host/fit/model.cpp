// A model is JSON with "schema": 1; docs/fit.md lists its members.
#include "host/fit/model.h"

#include <algorithm>
#include <cmath>

#include "host/error.h"
#include "host/fit/json_value.h"
#include "host/fit/meaning_json.h"
#include "host/formats/json_text.h"
#include "host/io/whole_file.h"

namespace sluice::fit {
namespace {

std::string square_json(const Square& m) {
  std::vector<std::string> rows;
  for (std::size_t i = 0; i < m.n; ++i) {
    std::vector<std::string> row;
    for (std::size_t j = 0; j < m.n; ++j) row.push_back(json_number(m.at(i, j)));
    rows.push_back(json_list(row));
  }
  return json_list(rows, true);
}

Square read_square(const JsonFields& fields, const std::string& name, std::size_t n) {
  Square m(n);
  const auto& rows = fields.list(name);
  if (rows.size() != n) fields.refuse("'" + name + "': expected " + std::to_string(n) + " rows");
  for (std::size_t i = 0; i < n; ++i) {
    if (rows[i].numbers.size() != n) fields.refuse("'" + name + "': expected a square matrix");
    std::copy(rows[i].numbers.begin(), rows[i].numbers.end(), &m.values[i * n]);
  }
  return m;
}

std::string coefficient_json(const Coefficient& c) {
  JsonText json;
  json.text("name", c.name).number("estimate", c.estimate).number("se", c.error).number("t", c.t);
  return json.number("p", c.p).number("low", c.low).number("high", c.high).line();
}

Coefficient read_coefficient(const JsonValue& value, const std::string& path) {
  const JsonFields fields(value, path);
  Coefficient c;
  c.name = fields.text("name"), c.estimate = fields.number("estimate"), c.error = fields.number("se");
  c.t = fields.number("t"), c.p = fields.number("p");
  c.low = fields.number("low"), c.high = fields.number("high");
  return c;
}

}  // namespace

Model model_of(const Meaning& meaning, const Design& design, const Square& root, const FitResult& r,
               const FitOptions& options) {
  Model m;
  m.meaning = meaning;
  m.levels = design.levels;
  if (options.errors == "cluster") m.levels.pop_back();
  m.coefficients = r.coefficients;
  m.covariance = Square(r.coefficients.size());
  m.covariance.values = r.covariance;
  m.root = root;
  m.variance = r.residual_error * r.residual_error;
  m.degrees = double(r.clusters > 0 ? r.clusters - 1 : r.residual_degrees);
  m.level = options.level;
  m.response = r.response, m.solver = r.solver, m.errors = options.errors;
  m.weights = options.weights, m.repeats = options.repeats;
  m.ridge = options.ridge, m.rows = double(r.rows), m.dropped = double(r.dropped);
  m.r_squared = r.r_squared;
  return m;
}

void write_model(const Model& m, const std::string& path) {
  JsonText json;
  json.number("schema", 1).text("kind", "sluice fit model");
  add_meaning(json, m.meaning);
  std::vector<std::string> levels, coefficients;
  for (const auto& one : m.levels) {
    std::vector<std::string> texts;
    for (const std::string& level : one) texts.push_back(json_quote(level));
    levels.push_back(json_list(texts));
  }
  for (const Coefficient& c : m.coefficients) coefficients.push_back(coefficient_json(c));
  json.raw("levels", json_list(levels)).text("response", m.response);
  json.raw("coefficients", json_list(coefficients, true)).number("level", m.level);
  json.raw("covariance", square_json(m.covariance)).raw("covariance_root", square_json(m.root));
  json.number("residual_variance", m.variance).number("df_residual", m.degrees);
  json.number("rows", m.rows).number("rows_dropped", m.dropped).number("r_squared", m.r_squared);
  json.text("solver", m.solver).text("errors", m.errors).number("ridge", m.ridge);
  json.text("weights", m.weights).text("freq_weights", m.repeats);
  write_whole(path, json.lines());
}

Model read_model(const std::string& path, Budget& budget) {
  Share share;
  const JsonValue json = read_json(path, budget, share);
  check_kind(json, path, "sluice fit model", 1);
  const JsonFields fields(json, path);
  Model m;
  m.meaning = read_meaning(fields);
  for (const JsonValue& one : fields.list("levels")) {
    std::vector<std::string>& levels = m.levels.emplace_back();
    for (const JsonValue& level : one.inside) levels.push_back(level.text);
  }
  for (const JsonValue& one : fields.list("coefficients"))
    m.coefficients.push_back(read_coefficient(one, path));
  m.covariance = read_square(fields, "covariance", m.coefficients.size());
  m.root = read_square(fields, "covariance_root", m.coefficients.size());
  m.variance = fields.number("residual_variance"), m.degrees = fields.number("df_residual");
  m.level = fields.number("level");
  m.response = fields.text("response"), m.solver = fields.text("solver"), m.errors = fields.text("errors");
  m.weights = fields.text("weights"), m.repeats = fields.text("freq_weights");
  m.ridge = fields.number("ridge"), m.rows = fields.number("rows");
  m.dropped = fields.number("rows_dropped"), m.r_squared = fields.number("r_squared");
  return m;
}

}  // namespace sluice::fit
