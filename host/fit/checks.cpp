// One check after the other.
#include "host/fit/checks.h"

#include <cstdio>
#include <filesystem>

#include "host/design/store.h"
#include "host/error.h"
#include "host/page/figure_page.h"
#include "host/picture/heatmap.h"
#include "host/units.h"

namespace sluice::fit {

void check_distinct(const std::vector<std::string>& inputs, const std::vector<std::string>& outputs) {
  const auto same = [](const std::string& a, const std::string& b) {
    std::error_code none;
    return a == b || std::filesystem::equivalent(a, b, none);
  };
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].empty()) continue;
    for (const std::string& input : inputs) {
      if (!input.empty() && input != "-" && same(input, outputs[i]))
        throw Error(ErrorKind::kUsage, outputs[i] + ": the output is also the input", "choose another name");
    }
    for (std::size_t k = 0; k < i; ++k)
      if (!outputs[k].empty() && same(outputs[k], outputs[i]))
        throw Error(ErrorKind::kUsage, outputs[i] + ": two outputs of one name", "choose another name");
  }
}

void check_options(const FitOptions& o, const RunOptions& run) {
  if (o.predict.empty() != o.output.empty())
    throw Error(ErrorKind::kUsage, o.output.empty()
                                       ? "--predict needs an output: -o FILE"
                                       : "-o without --predict: expected a table to predict for");
  std::vector<std::string> inputs = o.files;
  inputs.insert(inputs.end(), {o.input.path, o.predict, o.from});
  check_distinct(inputs, {o.output, o.model, o.state, o.picture, o.profile, o.store});
  std::error_code ignored;
  for (const std::string& output : {o.output, o.model, o.state, o.picture, o.profile})
    if (!output.empty() && !run.force && std::filesystem::exists(output, ignored))
      throw Error(ErrorKind::kOutput, output + ": the output exists", "--force replaces it");
  if (o.from.empty() && run.device != "auto" && run.device != "cpu")
    throw Error(ErrorKind::kUsage,
                "--device " + run.device + ": a table is read by the processor: expected auto or cpu");
  if (!o.store.empty()) design::check_store({o.store, o.compression}, run);
  if (o.store.empty() && run.resume)
    throw Error(ErrorKind::kUsage, "--resume: there is nothing to resume without --store");
  if (o.ridge > 0 && o.solver == "svd")
    throw Error(ErrorKind::kUsage, "--ridge with --solver svd: expected one of them");
  if (!o.weights.empty() && !o.repeats.empty())
    throw Error(ErrorKind::kUsage, "--weights with --freq-weights: expected one of them");
  if (!o.picture.empty()) picture::check_request(o.picture, o.picture_width, o.picture_height, "auto");
  if (!o.profile.empty() && !page::is_page(o.profile))
    throw Error(ErrorKind::kUsage,
                "--profile: expected a name that ends in .html, found '" + o.profile + "'");
  if (!o.state.empty() && (o.solver == "qr" || o.solver == "svd"))
    throw Error(ErrorKind::kUsage, "--save-state with --solver " + o.solver +
                                       ": a state holds the sums of the normal equations");
  if ((o.errors == "cluster") != !o.cluster.empty())
    throw Error(ErrorKind::kUsage, o.cluster.empty()
                                       ? "--se cluster without --cluster: expected a column of clusters"
                                       : "--cluster without --se cluster: expected errors by clusters");
  if (!(o.ridge >= 0 && o.ridge < 1e300))
    throw Error(ErrorKind::kUsage, "--ridge: expected 0 or more, found " + number(o.ridge));
  if (o.ridge > 0 && o.errors != "classic")
    throw Error(ErrorKind::kUsage,
                "--ridge with --se " + o.errors + ": estimates of ridge regression have no such errors");
  if (!(o.level > 0 && o.level < 1))
    throw Error(ErrorKind::kUsage, "--level: expected a share between 0 and 1, found " + number(o.level));
}

void check_from(const FitOptions& o, const std::string& weights) {
  const std::string& asked = o.weights.empty() ? o.repeats : o.weights;
  const char* other = !o.predict.empty()                   ? "--predict"
                      : !o.store.empty()                   ? "--store"
                      : !o.model.empty()                   ? "--model"
                      : !o.state.empty()                   ? "--save-state"
                      : !o.picture.empty()                 ? "--picture"
                      : !o.profile.empty()                 ? "--profile"
                      : !o.cluster.empty()                 ? "--cluster"
                      : !asked.empty() && asked != weights ? "--weights"
                                                           : nullptr;
  if (other != nullptr)
    throw Error(
        ErrorKind::kUsage,
        std::string(other) + " with --from: " + o.from + " holds X, Y and the weights that it was made with",
        "give the table and the formula");
}

std::string dependent_text(const Solution& solution, const Design& design) {
  std::string names;
  for (std::size_t i = 0; i < solution.dependent.size() && i < 10; ++i)
    names += (i == 0 ? "" : ", ") + design.columns[solution.dependent[i]].name;
  if (solution.dependent.size() > 10) names += ", ...";
  return names + (solution.dependent.size() == 1 ? " is a sum of columns before it, or 0"
                                                 : " are sums of columns before them, or 0");
}

std::string two_digits(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2g", value);
  return text;
}

}  // namespace sluice::fit
