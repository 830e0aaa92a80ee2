#include "apps/layout_report.h"

#include <cmath>

#include "apps/frame/summary.h"
#include "apps/frame/text.h"
#include "apps/measure_report.h"
#include "host/units.h"

namespace sluice {

using namespace frame;

namespace {

constexpr std::size_t kListed = 12;  // losses of restarts, in text

const char* name_of(Objective objective) {
  return objective == Objective::kStress ? "stress" : "base";
}

const char* name_of(layout::Ended ended) {
  switch (ended) {
    case layout::Ended::kTolerance:
      return "tolerance";
    case layout::Ended::kStopped:
      return "stopped";
    default:
      return "iterations";
  }
}

std::string graph_text(const LayoutPlan& p) {
  std::string text = counted(p.vertices, "vertex") + ", " + counted(p.edges, "edge");
  if (p.weighted) text += " with weights";
  if (p.components > 1) text += ", " + counted(p.components, "component");
  if (p.isolated > 0) text += ", " + count(p.isolated) + " isolated";
  return text + " (" + p.format + ")";
}

std::string loss_text(const layout::Loss& loss) {
  std::string text = significant(loss.total, 6);
  if (loss.parts.size() < 2) return text;
  std::string parts;
  for (const auto& [name, value] : loss.parts)
    parts += (parts.empty() ? "" : ", ") + name + " " + significant(value, 6);
  return text + " (" + parts + ")";
}

Json json_of(const layout::Loss& loss) {
  Json parts = Json::object();
  for (const auto& [name, value] : loss.parts) parts.add(name, value);
  Json json = Json::object();
  return json.add("total", loss.total).add("parts", parts);
}

Json json_of(const LayoutPlan& p) {
  Json notes = Json::array();
  for (const std::string& note : p.notes) notes.push(note);
  Json json = Json::object();
  json.add("start", p.start).add("iterations", p.iterations).add("restarts", p.restarts);
  json.add("pinned", p.pinned).add("pairs", p.pairs).add("pairs_text", p.pairs_text);
  json.add("memory", p.memory);
  return json.add("estimated_seconds", p.estimated_seconds > 0 ? Json(p.estimated_seconds) : Json())
      .add("device", p.device)
      .add("notes", notes);
}

Json request(const LayoutOptions& o, const LayoutPlan& p) {
  Json graph = Json::object(), json = summary_of("layout");
  graph.add("path", o.graph).add("format", p.format).add("vertices", p.vertices).add("edges", p.edges);
  graph.add("weighted", p.weighted).add("components", p.components).add("isolated", p.isolated);
  graph.add("loops", p.loops).add("duplicates", p.duplicates).add("directed", p.directed);
  return json.add("graph", graph).add("objective", name_of(o.objective)).add("dimensions", p.dimensions);
}

std::string outputs_text(const LayoutOptions& o, const LayoutResult& r) {
  std::vector<std::string> names;
  for (const LayoutOutput& out : r.outputs) names.push_back(out.path);
  return names.empty() ? o.graph : joined(names, ", ");
}

std::string restarts_text(const LayoutResult& r) {
  std::vector<std::string> losses;
  for (const LayoutRestart& one : r.restarts)
    if (losses.size() < kListed) losses.push_back(significant(one.loss.total, 5));
  std::string text = joined(losses, ", ");
  if (losses.size() < r.restarts.size()) text += ", ... (all of them: --json)";
  return counted(std::int64_t(r.restarts.size()), "restart") + ": " + text + "; kept: seed " +
         std::to_string(r.restarts[r.best].seed) + "\n";
}

}  // namespace

std::string plan_text(const LayoutOptions& o, const LayoutPlan& p) {
  std::string text = table(
      {{"graph", graph_text(p)},
       {"objective", std::string(name_of(o.objective)) + ", " + std::to_string(p.dimensions) +
                         (p.dimensions == 1 ? " dimension" : " dimensions")},
       {"start", p.start + (p.pinned > 0 ? ", " + count(p.pinned) + " pinned" : "")},
       {"iterations", count(p.iterations) + (p.restarts > 1 ? " x " + counted(p.restarts, "restart") : "")},
       {"pairs", significant(p.pairs, 4) + " an iteration: " + p.pairs_text},
       {"memory", human_bytes(double(p.memory))},
       {"time", "about " + human_seconds(p.estimated_seconds)},
       {"device", p.device}});
  for (const std::string& note : p.notes) text += "note: " + note + "\n";
  return text;
}

Json plan_summary(const LayoutOptions& o, const LayoutPlan& p) {
  return request(o, p).add("dry_run", true).add("plan", json_of(p));
}

std::string closing_text(const LayoutOptions& o, const LayoutResult& r, bool stages) {
  if (r.complete) return {};
  const LayoutRestart& kept = r.restarts[r.best];
  std::string text = outputs_text(o, r) + ": " + graph_text(r.plan) + ", " + how(r.run) + "\n";
  text += kept.loss.name() + " " + loss_text(kept.loss) + " after " + counted(kept.iterations, "iteration") +
          (kept.ended == layout::Ended::kTolerance ? ": no vertex moved by more than the tolerance" : "") +
          "\n";
  if (r.restarts.size() > 1) text += restarts_text(r);
  if (r.measures) text += measures_text(*r.measures);
  if (stages) text += stages_text(r.run);
  for (const LayoutOutput& out : r.outputs)
    if (!out.open.empty()) return text + "open it with " + out.open;
  text.pop_back();
  return text;
}

Json layout_summary(const LayoutOptions& o, const LayoutResult& r) {
  Json outputs = Json::array(), restarts = Json::array(), notes = Json::array();
  for (const LayoutOutput& out : r.outputs) {
    Json one = Json::object();
    one.add("path", out.path).add("format", out.format).add("bytes", out.bytes);
    outputs.push(one.add("open", out.open.empty() ? Json() : Json(out.open)));
  }
  for (const LayoutRestart& one : r.restarts) {
    Json json = Json::object();
    json.add("seed", one.seed).add("loss", json_of(one.loss)).add("iterations", one.iterations);
    restarts.push(json.add("ended", name_of(one.ended)));
  }
  for (const std::string& note : r.notes) notes.push(note);
  Json json = request(o, r.plan);
  json.add("outputs", outputs).add("complete", r.complete).add("restarts", restarts);
  json.add("kept", r.complete ? Json() : Json(std::int64_t(r.best)));
  json.add("loss", r.complete ? Json() : json_of(r.restarts[r.best].loss));
  json.add("measures", r.measures ? measures_json(*r.measures) : Json());
  return json.add("notes", notes).add("plan", json_of(r.plan)).add("run", frame::json_of(r.run, 0));
}

}  // namespace sluice
