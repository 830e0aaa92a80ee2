// Facts in two columns, coefficients a line each, residuals below.
#include "apps/fit_report.h"

#include <cmath>
#include <cstdio>
#include <map>

#include "apps/frame/summary.h"
#include "apps/frame/table_options.h"
#include "apps/frame/text.h"

namespace sluice {
namespace {

using namespace frame;
using Lines = std::vector<std::vector<std::string>>;

std::string shown(double value, int digits) {
  return std::isnan(value) ? "-" : significant(value, digits);
}
std::string probability(double p) {
  char text[32];
  if (std::isnan(p)) return "-";
  if (p < 1e-300) return "< 1e-300";
  std::snprintf(text, sizeof text, p < 1e-3 ? "%.2e" : "%.4f", p);
  return text;
}

constexpr std::size_t kWidest = 48;  // of a name in the table

/// What tells columns of one term apart stands at the end: a long name loses its middle.
std::string shortened(const std::string& name) {
  if (width_of(name) <= kWidest) return name;
  std::size_t end = name.rfind('[');
  if (end == std::string::npos || end == 0 || width_of(name.substr(end)) > kWidest / 2) end = name.size();
  const std::string tail = name.substr(end);
  return cut_to(name.substr(0, end), kWidest - width_of(tail)) + tail;
}

/// Of the coefficients, whole where they would be the same.
std::vector<std::string> names_of(const FitResult& r) {
  std::vector<std::string> names;
  std::map<std::string, int> times;
  for (const Coefficient& c : r.coefficients) ++times[names.emplace_back(shortened(printable(c.name)))];
  for (std::size_t i = 0; i < names.size(); ++i)
    if (times[names[i]] > 1) names[i] = printable(r.coefficients[i].name);
  return names;
}

std::string errors_text(const FitResult& r, const FitOptions& options) {
  if (options.ridge > 0) return "none: ridge, alpha " + significant(options.ridge, 6);
  if (r.clusters > 0)
    return "robust, " + counted(r.clusters, "cluster") + " of " + printable(options.cluster);
  return options.errors == "classic" ? "classic" : "robust, " + options.errors;
}

std::string solver_text(const FitResult& r) {
  if (r.solver == "qr") return "QR (TSQR)";
  if (r.solver != "svd") return "normal equations";
  const std::size_t p = r.coefficients.size();
  return "SVD, rank " + count(std::int64_t(r.rank)) +
         (r.rank < p ? " of " + count(std::int64_t(p)) + ": the shortest answer" : "");
}

std::string facts_text(const FitResult& r, const FitOptions& options) {
  std::string rows = count(r.rows);
  if (r.dropped > 0)
    rows +=
        ", " + count(r.dropped) + " dropped for missing values" + (r.weights.empty() ? "" : " or weight 0");
  if (r.faults.rows() > 0) rows += ", left out " + reasons_text(r.faults);
  std::string text =
      table({{"file", r.input.path + (r.files > 1 ? " (" + count(std::int64_t(r.files)) + " files)" : "")},
             {"formula", printable(r.formula)},
             {"rows", rows},
             {"solver", solver_text(r)},
             {"errors", errors_text(r, options)}});
  if (!r.weights.empty()) text += (r.repeats ? "repeats  " : "weights  ") + printable(r.weights) + "\n";
  text += "\n";
  text += table({{"R-squared", shown(r.r_squared, 6), "log-likelihood", shown(r.log_likelihood, 8)},
                 {"adjusted", shown(r.adjusted_r_squared, 6), "AIC", shown(r.aic, 8)},
                 {"residual error", shown(r.residual_error, 6), "BIC", shown(r.bic, 8)},
                 {"F(" + count(r.model_degrees) + ", " + count(r.residual_degrees) + ")", shown(r.f, 6),
                  "condition number", shown(r.condition, 4)},
                 {"p of F", probability(r.f_p), r.has_constant ? "" : "no constant: R-squared from 0", ""}},
                {false, true, false, true});
  return text;
}

std::string residuals_text(const ResidualFacts& f) {
  return "\n" + table({{"Durbin-Watson", shown(f.durbin_watson, 4), "skew", shown(f.skew, 4)},
                       {"Jarque-Bera", shown(f.jarque_bera, 5), "kurtosis", shown(f.kurtosis, 4)},
                       {"p of it", probability(f.jarque_bera_p), "residuals",
                        shown(f.least, 4) + " to " + shown(f.greatest, 4)}},
                      {false, true, false, true});
}

}  // namespace

std::string fit_text(const FitResult& r, const FitOptions& options, const std::vector<double>& truth) {
  char share[32];
  std::snprintf(share, sizeof share, "%g", 100 * options.level);
  Lines lines{{"", "estimate", "error", "t", "p", std::string("low ") + share + "%", "high"}};
  if (!truth.empty()) lines[0].insert(lines[0].end(), {"truth", "errors off"});
  const std::vector<std::string> names = names_of(r);
  for (std::size_t i = 0; i < r.coefficients.size(); ++i) {
    const Coefficient& c = r.coefficients[i];
    lines.push_back({names[i], shown(c.estimate, 6), shown(c.error, 5), shown(c.t, 5), probability(c.p),
                     shown(c.low, 6), shown(c.high, 6)});
    if (truth.empty()) continue;
    lines.back().push_back(shown(truth[i], 6));
    lines.back().push_back(shown((c.estimate - truth[i]) / c.error, 3));
  }
  std::string text =
      facts_text(r, options) + "\n" + table(lines, {false, true, true, true, true, true, true, true, true});
  if (r.residuals) text += residuals_text(*r.residuals);
  return text;
}

Json fit_summary(const FitResult& r, const FitOptions& options, const std::vector<double>& truth,
                 const std::string& command) {
  Json json = summary_of(command), coefficients = Json::array(), covariance = Json::array();
  const std::size_t p = r.coefficients.size();
  for (std::size_t i = 0; i < p; ++i) {
    const Coefficient& c = r.coefficients[i];
    Json one = Json::object();
    one.add("name", c.name).add("estimate", c.estimate).add("se", c.error).add("t", c.t).add("p", c.p);
    one.add("low", c.low).add("high", c.high);
    if (!truth.empty()) one.add("truth", truth[i]);
    coefficients.push(one);
  }
  constexpr std::size_t kMostForCovariance = 200;
  for (std::size_t i = 0; i < p && p <= kMostForCovariance; ++i) {
    Json row = Json::array();
    for (std::size_t j = 0; j < p; ++j) row.push(r.covariance[i * p + j]);
    covariance.push(row);
  }
  json.add("file", r.input.path)
      .add("files", r.files)
      .add("dialect", options.from.empty() ? json_of(r.input.options.dialect, r.format) : Json());
  json.add("formula", r.formula).add("response", r.response);
  json.add("solver", r.solver).add("rank", r.rank).add("errors", options.errors).add("level", options.level);
  const auto name = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
  json.add("ridge", options.ridge).add("cluster", name(options.cluster)).add("clusters", r.clusters);
  json.add("weights", name(r.repeats ? "" : r.weights)).add("freq_weights", name(r.repeats ? r.weights : ""));
  json.add("coefficients", coefficients).add("covariance", p <= kMostForCovariance ? covariance : Json());
  json.add("rows", r.rows).add("rows_dropped", r.dropped).add("left_out", json_of(r.faults));
  json.add("df_model", r.model_degrees).add("df_residual", r.residual_degrees);
  json.add("has_constant", r.has_constant).add("r_squared", r.r_squared);
  json.add("adjusted_r_squared", r.adjusted_r_squared).add("residual_squares", r.residual_squares);
  json.add("residual_error", r.residual_error).add("f", r.f).add("f_p", r.f_p);
  json.add("log_likelihood", r.log_likelihood).add("aic", r.aic).add("bic", r.bic);
  json.add("condition_number", r.condition);
  Json residuals;
  if (r.residuals) {
    const ResidualFacts& f = *r.residuals;
    residuals = Json::object();
    residuals.add("durbin_watson", f.durbin_watson).add("skew", f.skew).add("kurtosis", f.kurtosis);
    residuals.add("jarque_bera", f.jarque_bera).add("jarque_bera_p", f.jarque_bera_p);
    residuals.add("min", f.least).add("max", f.greatest);
  }
  Json predictions;
  if (r.predictions) {
    predictions = Json::object();
    predictions.add("table", options.predict).add("output", options.output);
    predictions.add("rows", r.predictions->rows).add("missing", r.predictions->missing);
    predictions.add("left_out", json_of(r.predictions->faults));
  }
  json.add("predictions", predictions);
  Json store;
  if (r.store) {
    store = Json::object();
    store.add("output", r.store->path).add("bytes", r.store->bytes).add("chunk_rows", r.store->chunk_rows);
    store.add("complete", r.store->complete).add("resumed", r.store->resumed);
  }
  json.add("store", store);
  json.add("model", name(options.model)).add("state", name(options.state));
  Json warnings = Json::array();
  for (const std::string& warning : r.warnings) warnings.push(warning);
  return json.add("residuals", residuals).add("warnings", warnings).add("run", json_of(r.run, 0));
}

}  // namespace sluice
