#include "host/layout/captions.h"

#include <algorithm>
#include <cmath>

#include "host/layout/outputs.h"
#include "host/picture/ticks.h"

namespace sluice::layout {
namespace {

std::string grouped(std::int64_t n) {
  std::string text = std::to_string(n);
  for (std::size_t k = text.size(); k > 3; k -= 3) text.insert(k - 3, ",");
  return text;
}

std::string counted(std::int64_t n, const std::string& one, const std::string& many) {
  return grouped(n) + " " + (n == 1 ? one : many);
}

/// Without powers of ten where digits are as short.
std::string value_text(double x) {
  return std::abs(x) >= 1e4 && std::abs(x) < 1e12 ? (x < 0 ? "-" : "") + grouped(std::llround(std::abs(x)))
                                                  : picture::short_number(x, 5);
}

bool drawn(const LayoutOptions& o) {
  return !o.sheet.empty() || std::any_of(o.outputs.begin(), o.outputs.end(), [](const std::string& path) {
    const OutputKind kind = kind_of(path);
    return kind == OutputKind::kPicture || kind == OutputKind::kAnimation || kind == OutputKind::kPage;
  });
}

}  // namespace

std::string title_of(const Problem& p) {
  const std::string& path = p.options.graph;
  return path.substr(path.find_last_of('/') + 1) + ": " +
         counted(p.graph().vertices(), "vertex", "vertices") + ", " +
         counted(p.graph().edges(), "edge", "edges");
}

std::string caption_of(const Problem& p, const LayoutRestart& kept,
                       const std::optional<graph::Measures>& measures) {
  std::string text = p.stress() ? "stress objective" : "base objective";
  if (std::isfinite(kept.loss.total)) text += ", " + kept.loss.name() + " " + value_text(kept.loss.total);
  text += " after " + counted(kept.iterations, "iteration", "iterations");
  std::string quality;
  const auto add = [&](const char* name, const graph::Measure& m) {
    if (m.known())
      quality +=
          (quality.empty() ? "; " : ", ") + std::string(name) + " " + picture::short_number(m.value, 4);
  };
  if (measures) add("SE", measures->stress), add("NP1", measures->np1);
  return text + quality;
}

std::string description_of(const Problem& p, const std::string& caption) {
  std::string text = "Layout of the graph " + title_of(p) + ", ";
  text += counted(p.components.count(), "component", "components") + ". By sluice, " + caption + ".";
  text += " Dots are vertices, larger with their degree; lines are edges.";
  for (const std::string& note : notes_of(p)) text += " " + note + ".";
  return text;
}

std::vector<std::string> notes_of(const Problem& p) {
  std::vector<std::string> notes;
  if (p.dimensions > 2 && drawn(p.options))
    notes.push_back("pictures show the first two of " + std::to_string(p.dimensions) + " dimensions");
  if (p.dimensions == 1 && drawn(p.options))
    notes.push_back("pictures of one dimension show vertices on a line and edges as arcs");
  return notes;
}

}  // namespace sluice::layout
