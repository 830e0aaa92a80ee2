// `sluice devices`: what this machine has to compute with, and what --device auto would take.
#include <memory>

#include "apps/commands.h"
#include "apps/frame/common_options.h"
#include "apps/frame/messages.h"
#include "apps/frame/summary.h"
#include "apps/frame/text.h"
#include "host/inspect.h"
#include "host/units.h"

namespace sluice {
namespace {

using namespace frame;

Json json_of(const DeviceFacts& d) {
  Json json = Json::object();
  json.add("selector", d.selector).add("backend", d.backend).add("usable", d.usable);
  json.add("name", d.name).add("level", d.level).add("detail", d.detail).add("units", d.units);
  json.add("compute_capability",
           d.major > 0 ? Json(std::to_string(d.major) + "." + std::to_string(d.minor)) : Json());
  json.add("memory_total", d.memory_total).add("memory_free", d.memory_free);
  return json.add("problem", d.problem.empty() ? Json() : Json(d.problem));
}

Json summary(const MachineFacts& m) {
  Json devices = Json::array();
  for (const DeviceFacts& d : m.devices) devices.push(json_of(d));
  Json json = summary_of("devices");
  json.add("auto", m.automatic).add("cores", m.cores).add("memory_total", m.memory_total);
  json.add("memory_available", m.memory_available).add("memory_default", m.memory_default);
  return json.add("devices", devices);
}

std::string text(const MachineFacts& m) {
  std::vector<std::vector<std::string>> rows{{"device", "name", "level", "units", "memory free", "detail"}};
  std::string problems;
  for (const DeviceFacts& d : m.devices) {
    if (!d.usable) {
      problems += d.problem.empty() ? d.selector + ": not usable\n" : d.problem + "\n";
      continue;
    }
    std::string level = d.level;
    if (d.major > 0) level = "compute " + std::to_string(d.major) + "." + std::to_string(d.minor);
    rows.push_back(
        {d.selector, d.name, level, std::to_string(d.units), human_bytes(double(d.memory_free)), d.detail});
  }
  std::string out = table(rows, {false, false, false, true, true});
  if (!problems.empty()) out += "\nNot usable here:\n" + wrapped(problems, 2, 100);
  out += "\n" + table({{"--device auto takes", m.automatic},
                       {"cores", std::to_string(m.cores)},
                       {"memory", human_bytes(double(m.memory_available)) + " available of " +
                                      human_bytes(double(m.memory_total))},
                       {"default of --memory", human_bytes(double(m.memory_default))}});
  return out;
}

}  // namespace

frame::Command devices_command() {
  const auto settings = std::make_shared<Settings>();
  Command c;
  c.name = "devices";
  c.summary = "processors and GPUs, their memory, and what --device auto takes";
  c.description =
      "Lists what this machine has to compute with: processors and GPUs, their memory, what "
      "--device auto would take, and what is missing where a device cannot be used.";
  c.examples = {"sluice devices"};
  c.options = {{{"--json"},
                "",
                "print one summary object in place of text",
                "Messages",
                [settings](const std::string&) { settings->json = true; }}};
  c.run = [settings] {
    const MachineFacts machine = inspect_machine();
    say(settings->json ? summary(machine).text() + "\n" : text(machine));
    return 0;
  };
  return c;
}

}  // namespace sluice
