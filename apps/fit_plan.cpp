// One call into host/fit_plan.h.
#include "apps/fit_plan.h"

#include "apps/frame/messages.h"
#include "apps/frame/summary.h"
#include "apps/frame/text.h"
#include "host/fit_plan.h"
#include "host/units.h"

namespace sluice {
namespace {

using namespace frame;

Json list_of(const std::vector<std::string>& texts) {
  Json list = Json::array();
  for (const std::string& text : texts) list.push(text);
  return list;
}

std::string some_of(const std::vector<std::string>& texts) {
  constexpr std::size_t kMost = 12;
  std::vector<std::string> shown(texts.begin(),
                                 texts.begin() + std::ptrdiff_t(std::min(texts.size(), kMost)));
  for (std::string& text : shown) text = printable(text);
  return texts.empty() ? "none" : joined(shown, ", ") + (texts.size() > kMost ? ", ..." : "");
}

std::string text_of(const FitPlan& plan, const FitOptions& fit) {
  std::vector<std::vector<std::string>> lines{
      {"table",
       printable(plan.files[0]) + (plan.files.size() > 1
                                       ? " and " + counted(std::int64_t(plan.files.size()) - 1, "more file")
                                       : "")},
      {"format", plan.format + ", " + human_bytes(double(plan.bytes))},
      {"formula", printable(fit.formula)},
      {"numbers", some_of(plan.numbers)},
      {"categories", some_of(plan.categories)},
      {"columns", count(std::int64_t(plan.columns.size())) + ": " + some_of(plan.columns)},
      {"memory", human_bytes(double(plan.memory)) + ", " + counted(plan.threads, "thread")},
      {"time", "about " + significant(plan.seconds, 2) + " s, of the passes that are certain"}};
  for (const FitPlan::Pass& pass : plan.passes)
    lines.push_back({"pass", pass.name + ": " + pass.what + (pass.certain ? "" : " (only where needed)")});
  return table(lines);
}

}  // namespace

int show_plan(const Settings& settings, const FitOptions& fit) {
  const FitPlan plan = plan_fit(fit, resolve(settings));
  if (!fit.picture.empty()) draw_plan(plan, fit, resolve(settings));
  if (settings.json) {
    Json json = summary_of("fit"), passes = Json::array();
    for (const FitPlan::Pass& pass : plan.passes) {
      Json one = Json::object();
      passes.push(one.add("pass", pass.name).add("what", pass.what).add("certain", pass.certain));
    }
    json.add("dry_run", true).add("files", list_of(plan.files)).add("format", plan.format);
    json.add("bytes", std::int64_t(plan.bytes)).add("formula", fit.formula);
    json.add("numbers", list_of(plan.numbers)).add("categories", list_of(plan.categories));
    json.add("columns", list_of(plan.columns)).add("passes", passes).add("pieces", plan.pieces);
    json.add("threads", plan.threads).add("memory", std::int64_t(plan.memory)).add("seconds", plan.seconds);
    json.add("least_memory", std::int64_t(plan.least));
    say(json.text() + "\n");
  } else {
    say(text_of(plan, fit));
  }
  if (!plan.advice.empty() && !settings.quiet) warn(plan.advice);
  if (!fit.picture.empty() && !settings.quiet) tell(fit.picture + ": the plan as a chart");
  return 0;
}

}  // namespace sluice
