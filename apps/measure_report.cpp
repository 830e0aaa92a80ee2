#include "apps/measure_report.h"

#include <cmath>

#include "apps/frame/text.h"

namespace sluice {

using namespace frame;

std::string measures_text(const graph::Measures& m) {
  std::vector<std::vector<std::string>> rows{
      {"components",
       count(m.components) + (m.isolated > 0 ? ", isolated vertices " + count(m.isolated) : "")}};
  for (const graph::NamedMeasure& named : graph::all_measures()) {
    const graph::Measure& measure = m.*named.measure;
    if (!measure.known() && !named.always) continue;
    std::string value = "none: " + measure.missing;
    if (measure.known()) {
      const bool whole = measure.value == std::floor(measure.value) && std::fabs(measure.value) < 1e15;
      value = whole ? count(std::int64_t(measure.value)) : significant(measure.value, 6);
      if (measure.sampled > 0) value = "about " + significant(measure.value, 4);
    }
    rows.push_back({named.label, value});
  }
  return table(rows);
}

Json measures_json(const graph::Measures& m) {
  Json json = Json::object(), sampled = Json::object(), missing = Json::object();
  json.add("components", m.components).add("isolated", m.isolated);
  for (const graph::NamedMeasure& named : graph::all_measures()) {
    const graph::Measure& measure = m.*named.measure;
    if (!measure.known() && !named.always) continue;
    json.add(named.name, measure.known() ? Json(measure.value) : Json());
    if (measure.sampled > 0) sampled.add(named.name, measure.sampled);
    if (!measure.known()) missing.add(named.name, measure.missing);
  }
  return json.add("sampled", sampled).add("missing", missing);
}

Json graph_json(const std::string& path, const graph::Read& read) {
  Json json = Json::object(), notes = Json::array();
  json.add("path", path).add("format", graph::name_of(read.format)).add("vertices", read.graph.vertices());
  json.add("edges", read.graph.edges()).add("weighted", !read.graph.weights.empty());
  json.add("loops", read.loops).add("duplicates", read.duplicates).add("directed", read.directed);
  for (const std::string& note : read.notes) notes.push(note);
  return json.add("notes", notes);
}

}  // namespace sluice
