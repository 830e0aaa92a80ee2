#include "apps/cov_report.h"

#include <cmath>

#include "apps/frame/summary.h"
#include "apps/frame/text.h"
#include "host/units.h"

namespace sluice {

using namespace frame;

namespace {

std::string what(const CovOptions& o) {
  return o.correlation ? "correlation" : "covariance";
}

std::string size_text(std::int64_t rows, std::int64_t columns, const std::string& type) {
  return count(rows) + " x " + count(columns) + " " + type;
}

std::string plan_kind(const CovPlan& p) {
  if (p.kind == "empty") return "nothing to compute";
  if (p.kind == "streamed")
    return "observations stream past, " + count(p.chunk) + " at a time; blocks of " + count(p.block_rows) +
           " x " + count(p.block_columns) + " are held";
  return counted(p.group, "panel") + " of " + counted(p.panel, "variable") + " held at a time, against one";
}

std::string verification_text(const std::string& name, const Verification& v) {
  return name + ": " + counted(v.entries, "entry") + ", worst error " + significant(v.worst, 3) +
         " sqrt(Cii Cjj) at (" + count(v.row) + ", " + count(v.column) + "), bound " +
         significant(v.bound, 3) + ": " + (v.passed ? "passed" : "failed") + "\n";
}

Json json_of(const CovPlan& p) {
  Json json = Json::object();
  json.add("kind", p.kind).add("variables", p.variables).add("other_variables", p.other_variables);
  json.add("observations", p.observations).add("panel", p.panel).add("group", p.group);
  json.add("block_rows", p.block_rows).add("block_columns", p.block_columns).add("chunk", p.chunk);
  json.add("tiles", p.tiles)
      .add("passes", p.passes)
      .add("bytes_in", p.bytes_in)
      .add("bytes_out", p.bytes_out);
  json.add("flop", p.flop).add("memory", p.memory).add("device_memory", p.device_memory);
  json.add("output_bytes", p.output_bytes).add("disk_free", p.disk_free);
  json.add("estimated_seconds", p.estimated_seconds > 0 ? Json(p.estimated_seconds) : Json());
  json.add("precision", p.precision).add("out_dtype", p.out_type).add("device", p.device);
  Json advice = Json::array();
  for (const std::string& line : p.advice) advice.push(line);
  return json.add("advice", advice);
}

Json json_of(const std::optional<Verification>& v) {
  if (!v) return Json();
  Json json = Json::object();
  json.add("entries", v->entries).add("worst", v->worst).add("bound", v->bound).add("row", v->row);
  return json.add("column", v->column).add("largest_value", v->largest_value).add("passed", v->passed);
}

Json json_of(const std::optional<PairReport>& r) {
  if (!r) return Json();
  Json json = Json::object();
  json.add("pairs", r->pairs).add("mean_pairs", r->mean_pairs).add("error_pairs", r->error_pairs);
  json.add("mean_others", r->mean_others).add("error_others", r->error_others);
  return json.add("mean_diagonal", r->mean_diagonal);
}

Json request(const CovOptions& o) {
  Json json = summary_of("cov");
  json.add("computed", what(o)).add("input", o.input).add("with", o.with.empty() ? Json() : Json(o.with));
  return json.add("joint", o.joint).add("variables", o.variables_are_rows ? "rows" : "columns");
}

}  // namespace

std::string plan_text(const CovOptions& o, const CovPlan& p) {
  const std::string output = o.output.empty() ? "" : o.output + ", ";
  std::string text = table({
      {"input", counted(p.variables, "variable") +
                    (p.other_variables != p.variables ? " and " + count(p.other_variables) : "") + ", " +
                    counted(p.observations, "observation")},
      {what(o), size_text(p.variables, p.other_variables, p.out_type) + ", computed in " + p.precision},
      {"device", p.device},
      {"plan", plan_kind(p)},
      {"tiles", count(p.tiles)},
      {"passes", significant(p.passes, 3) + ", " + human_bytes(p.bytes_in) + " to read"},
      {"memory", human_bytes(double(p.memory)) +
                     (p.device_memory > 0 && p.device.rfind("cuda", 0) == 0
                          ? ", and " + human_bytes(double(p.device_memory)) + " on the device"
                          : "")},
      {"output",
       output + human_bytes(double(p.output_bytes)) + " (" + human_bytes(double(p.disk_free)) + " free)"},
      {"time", p.estimated_seconds > 0 ? "about " + human_seconds(p.estimated_seconds) : "none"},
  });
  for (const std::string& line : p.advice) text += "advice: " + line + "\n";
  return text;
}

Json plan_summary(const CovOptions& o, const CovPlan& p) {
  return request(o).add("dry_run", true).add("plan", json_of(p));
}

std::string checks_text(const CovOptions& o, const CovSummary& s) {
  std::string text;
  if (s.verification) text += verification_text("verify", *s.verification);
  if (s.check) text += verification_text("check", *s.check);
  if (s.pairs) {
    const PairReport& r = *s.pairs;
    const auto mean = [](double value, double error) {
      return std::isfinite(error) ? significant(value) + " +- " + significant(error, 2) : significant(value);
    };
    text += table(
        {{"mean " + what(o) + " of " + counted(r.pairs, "listed pair"), mean(r.mean_pairs, r.error_pairs)},
         {"of as many other pairs", mean(r.mean_others, r.error_others)},
         {"of the diagonal", significant(r.mean_diagonal)}});
  }
  return text;
}

std::string closing_text(const CovOptions& o, const CovSummary& s, bool stages) {
  std::string text =
      o.output + ": " + what(o) + ", " + size_text(s.rows, s.columns, s.dtype) + ", " + how(s.run);
  if (s.plan.flop > 0 && s.run.compute_seconds > 0 && !s.run.resumed)
    text += " (" + rate(s.plan.flop, "flop", s.run.compute_seconds) + ")";
  text += "\n";
  if (stages) text += stages_text(s.run);
  if (!o.picture.empty()) text += "picture: " + o.picture + "\n";
  return text + "open it with " + s.open_hint;
}

Json cov_summary(const CovOptions& o, const CovSummary& s) {
  Json output = Json::object();
  output.add("path", o.output).add("format", s.format).add("rows", s.rows).add("columns", s.columns);
  output.add("dtype", s.dtype).add("bytes", s.plan.output_bytes).add("open", s.open_hint);
  Json json = request(o);
  json.add("output", output).add("device", s.run.device).add("precision", s.plan.precision);
  json.add("tiles", s.plan.tiles).add("tiles_resumed", s.tiles_resumed);
  json.add("observation_resumed", s.observation_resumed);
  json.add("plan", json_of(s.plan)).add("run", frame::json_of(s.run, s.run.resumed ? 0 : s.plan.flop));
  return json.add("verification", json_of(s.verification))
      .add("check", json_of(s.check))
      .add("pairs", json_of(s.pairs));
}

}  // namespace sluice
