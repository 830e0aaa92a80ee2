#include "apps/window_report.h"

#include "apps/frame/summary.h"
#include "apps/frame/text.h"
#include "host/units.h"

namespace sluice {

using namespace frame;

namespace {

std::string tuple(const std::array<std::int64_t, 3>& values) {
  return "(" + std::to_string(values[0]) + ", " + std::to_string(values[1]) + ", " +
         std::to_string(values[2]) + ")";
}

std::string exact(std::uint64_t bytes) {
  if (bytes == ~std::uint64_t(0)) return "more than 2^64 bytes";
  return human_bytes(double(bytes)) + " (" +
         (bytes < (1ull << 62) ? count(std::int64_t(bytes)) : std::to_string(bytes)) + " bytes)";
}

std::string windows_text(const WindowPlan& p) {
  if (p.timed)
    return counted(p.windows, "window") + " of " + human_seconds(p.size_seconds) + ", every " +
           human_seconds(p.step_seconds) + ", by the samples' times";
  std::string text =
      counted(p.windows, "window") + " of " + counted(p.size, "sample") + ", every " + count(p.step);
  if (p.rate > 0)
    text +=
        "; " + human_seconds(double(p.size) / p.rate) + ", every " + human_seconds(double(p.step) / p.rate);
  return text;
}

std::string advice_text(const WindowPlan& p) {
  std::string text;
  for (const std::string& line : p.notes) text += "note: " + line + "\n";
  for (const std::string& line : p.advice) text += "advice: " + line + "\n";
  return text;
}

Json array(const std::array<std::int64_t, 3>& values) {
  Json json = Json::array();
  for (const std::int64_t v : values) json.push(v);
  return json;
}

Json seconds(const WindowPlan& p, double timed, std::int64_t samples) {
  if (p.timed) return timed;
  return p.rate > 0 ? Json(double(samples) / p.rate) : Json();
}

Json json_of(const WindowPlan& p) {
  Json outputs = Json::array();
  for (const WindowOutputFacts& o : p.outputs) {
    Json one = Json::object();
    one.add("statistic", o.statistic).add("dtype", o.dtype).add("rows", o.rows).add("columns", o.columns);
    if (o.values != 1) one.add("values", o.values);
    outputs.push(one.add("bytes", o.bytes));
  }
  Json view = Json::object();
  view.add("shape", array(p.shape)).add("strides", array(p.strides));
  view.add("shared_bytes", p.shared_bytes).add("copied_bytes", p.copied_bytes);
  Json advice = Json::array(), notes = Json::array();
  for (const std::string& line : p.advice) advice.push(line);
  for (const std::string& line : p.notes) notes.push(line);
  Json json = Json::object();
  json.add("samples", p.samples).add("channels", p.channels);
  json.add("size", p.timed ? Json() : Json(p.size)).add("step", p.timed ? Json() : Json(p.step));
  json.add("timed", p.timed).add("size_seconds", seconds(p, p.size_seconds, p.size));
  json.add("step_seconds", seconds(p, p.step_seconds, p.step)).add("windows", p.windows);
  json.add("rate", p.rate > 0 ? Json(p.rate) : Json()).add("view", p.timed ? Json() : view);
  json.add("outputs", outputs).add("output_bytes", p.output_bytes).add("disk_free", p.disk_free);
  json.add("cells_a_window", p.cells_a_window).add("longest_cell", p.longest_cell);
  Json passes = Json::array();
  for (const WindowPass& pass : p.passes) {
    Json one = Json::object();
    passes.push(one.add("kind", pass.kind).add("tile_samples", pass.tile_samples).add("tiles", pass.tiles));
  }
  json.add("passes", passes)
      .add("tile_samples", p.tile_samples)
      .add("tiles", p.tiles)
      .add("memory", p.memory);
  return json.add("device_memory", p.device_memory)
      .add("device", p.device)
      .add("notes", notes)
      .add("advice", advice);
}

Json request(const WindowOptions& o, const WindowPlan& p) {
  Json json = summary_of("window");
  return json.add("input", frame::json_of(p.input))
      .add("variables", o.channels_are_rows ? "rows" : "columns");
}

std::string passes_text(const WindowPlan& p) {
  const std::string merged = "windows are merged from " + counted(p.cells_a_window, "piece") +
                             " of at most " + counted(p.longest_cell, "sample"),
                    whole = "in tiles of whole windows";
  if (p.passes.size() > 1) return "two passes: " + merged + "; then " + whole;
  if (p.timed) return "one pass; windows are merged from " + counted(p.cells_a_window, "piece");
  return "one pass" + (p.passes[0].kind == "merged" ? "; " + merged : ", " + whole);
}

}  // namespace

std::string estimate_text(const WindowPlan& p) {
  std::vector<std::vector<std::string>> rows = {
      {"input",
       counted(p.samples, "sample") + ", " + counted(p.channels, "channel") + ", " + name_of(p.input.type)},
      {"windows", windows_text(p)}};
  if (p.timed) {
    rows.push_back({"view", "none: windows have as many samples as their times hold"});
  } else {
    rows.push_back({"view", "shape " + tuple(p.shape) + ", strides " + tuple(p.strides)});
    rows.push_back({"shared", exact(p.shared_bytes)});
    rows.push_back({"copied", exact(p.copied_bytes) + ", which no run of statistics takes"});
  }
  for (const WindowOutputFacts& o : p.outputs)
    rows.push_back({o.statistic, count(o.rows) + " x " + count(o.columns) +
                                     (o.values != 1 ? " x " + count(o.values) : "") + " " + o.dtype + ", " +
                                     exact(o.bytes)});
  rows.push_back({"outputs", exact(p.output_bytes)});
  return table(rows) + advice_text(p);
}

std::string plan_text(const WindowOptions& o, const WindowPlan& p) {
  std::string names;
  for (const WindowOutputFacts& out : p.outputs) names += (names.empty() ? "" : ", ") + out.statistic;
  return table(
             {{"input", counted(p.samples, "sample") + ", " + counted(p.channels, "channel") + ", " +
                            name_of(p.input.type) + ", " + human_bytes(double(p.input.bytes()))},
              {"windows", windows_text(p)},
              {"statistics", names},
              {"device", p.device},
              {"plan", o.materialize ? "windows are copied" : passes_text(p)},
              {"tiles", count(p.tiles) + ", of " + counted(p.tile_samples, "sample")},
              {"memory",
               human_bytes(double(p.memory)) +
                   (p.device_memory > 0 ? ", and " + human_bytes(double(p.device_memory)) + " on the device"
                                        : "")},
              {"output", (o.output.empty() ? "" : o.output + ", ") + human_bytes(double(p.output_bytes)) +
                             (p.disk_free > 0 ? " (" + human_bytes(double(p.disk_free)) + " free)" : "")}}) +
         advice_text(p);
}

Json plan_summary(const WindowOptions& o, const WindowPlan& p) {
  return request(o, p).add("dry_run", true).add("plan", json_of(p));
}

std::string closing_text(const WindowOptions& o, const WindowSummary& s, bool stages) {
  std::string text = o.output + ": ";
  if (o.materialize)
    text += counted(s.plan.windows, "window") + " x " + counted(s.plan.size, "sample") + " x " +
            counted(s.plan.channels, "channel");
  else
    text += counted(std::int64_t(s.plan.outputs.size()), "statistic") + " of " +
            counted(s.plan.windows, "window") + " x " + counted(s.plan.channels, "channel");
  text += ", " + how(s.run);
  if (!s.run.resumed && s.run.bytes_read > 0)
    text += " (" + rate(double(s.run.bytes_read), "bytes", s.run.compute_seconds) + ")";
  text += "\n";
  if (stages) text += stages_text(s.run);
  if (!o.picture.empty())
    text += "picture: " + o.picture + (s.picture_note.empty() ? "" : ": " + s.picture_note) + "\n";
  return text + "open it with " + s.open_hints[0];
}

Json window_summary(const WindowOptions& o, const WindowSummary& s) {
  Json output = Json::object(), open = Json::array();
  for (const std::string& line : s.open_hints) open.push(line);
  output.add("path", o.output).add("format", s.format).add("bytes", s.plan.output_bytes).add("open", open);
  Json picture;
  if (!o.picture.empty()) picture = Json::object().add("path", o.picture).add("note", s.picture_note);
  return request(o, s.plan)
      .add("output", output)
      .add("picture", picture)
      .add("windows_resumed", s.windows_resumed)
      .add("plan", json_of(s.plan))
      .add("run", frame::json_of(s.run, 0));
}

}  // namespace sluice
