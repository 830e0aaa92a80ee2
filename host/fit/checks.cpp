// One check after the other.
#include "host/fit/checks.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "host/design/store.h"
#include "host/error.h"
#include "host/fit/files.h"
#include "host/formats/names.h"
#include "host/page/figure_page.h"
#include "host/picture/heatmap.h"
#include "host/processor.h"
#include "host/units.h"

namespace sluice::fit {
namespace {

/// "b, c are sums of columns before them, or 0".
std::string dependent_text(const Solution& solution, const Design& design) {
  std::string names;
  for (std::size_t i = 0; i < solution.dependent.size() && i < 10; ++i)
    names += (i == 0 ? "" : ", ") + design.columns[solution.dependent[i]].name;
  if (solution.dependent.size() > 10) names += ", ...";
  return names + (solution.dependent.size() == 1 ? " is a sum of columns before it, or 0"
                                                 : " are sums of columns before them, or 0");
}

/// "no row is left of level 'b' of k: 3 rows were dropped ..."; empty: no column stands for a level alone.
std::string empty_level_text(const Source& source, const Design& design,
                             const std::vector<std::size_t>& columns, std::int64_t dropped) {
  for (const std::size_t j : columns) {
    const DesignColumn& column = design.columns[j];
    const Subterm& subterm = source.plan.subterms[column.subterm];
    if (subterm.monomial != 0 || subterm.categories.size() != 1) continue;
    const Contrast& contrast = design.contrasts[column.subterm][0];
    std::vector<std::size_t> levels;
    for (std::size_t i = 0; i < contrast.levels; ++i)
      if (contrast.at(i, column.picks[0]) != 0) levels.push_back(i);
    if (levels.size() != 1) continue;
    const std::size_t category = subterm.categories[0];
    return "no row is left of level '" + design.levels[category][levels[0]] + "' of " +
           source.formula.factors[source.plan.categories[category]].name +
           (dropped == 0   ? ""
            : dropped == 1 ? ": 1 row was dropped for missing values"
                           : ": " + std::to_string(dropped) + " rows were dropped for missing values");
  }
  return "";
}

}  // namespace

void check_distinct(const std::vector<std::string>& inputs, const std::vector<std::string>& outputs) {
  const auto same = [](const std::string& a, const std::string& b) {
    std::error_code none;
    const std::string first = split_input(a).file, second = split_input(b).file;
    return first == second || std::filesystem::equivalent(first, second, none);
  };
  std::vector<std::string> files;
  for (const std::string& input : inputs) {
    if (input.empty() || input == "-") continue;
    const std::vector<std::string> parts = table_files(input);
    files.insert(files.end(), parts.begin(), parts.end());
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].empty()) continue;
    for (const std::string& file : files) {
      if (same(file, outputs[i]))
        throw Error(ErrorKind::kUsage, outputs[i] + ": the output is also the input", "choose another name");
    }
    for (std::size_t k = 0; k < i; ++k)
      if (!outputs[k].empty() && same(outputs[k], outputs[i]))
        throw Error(ErrorKind::kUsage, outputs[i] + ": two outputs of one name", "choose another name");
  }
}

std::vector<std::string> outputs_of(const FitOptions& o) {
  return {o.output, o.model, o.state, o.picture, o.profile, o.store};
}

void check_output(const std::string& path, const RunOptions& run) {
  if (path.empty()) return;
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    throw Error(ErrorKind::kOutput, path + ": is a folder: expected the name of a file");
  if (!run.force && std::filesystem::exists(path, ignored))
    throw Error(ErrorKind::kOutput, path + ": the output exists", "--force replaces it");
  auto folder = std::filesystem::path(path).parent_path();
  if (folder.empty()) folder = ".";
  if (::access(folder.c_str(), W_OK | X_OK) != 0)
    throw Error(ErrorKind::kOutput,
                path + ": cannot be written: " + folder.string() + ": " + std::string(std::strerror(errno)));
}

void check_predictions(const std::string& output) {
  if (output == "-")
    throw Error(ErrorKind::kUsage, "-o -: predictions go to a file: expected its name",
                "standard output has the coefficients");
  static const std::vector<std::string> known{"", ".csv", ".tsv", ".tab", ".txt", ".dat"};
  const std::string extension = std::filesystem::path(output).extension();
  if (std::find(known.begin(), known.end(), extension) == known.end())
    throw Error(ErrorKind::kUsage, output + ": predictions are separated values: expected a name such as " +
                                       "predicted.csv or predicted.tsv");
}

void check_options(const FitOptions& o, const RunOptions& run) {
  if (o.predict.empty() != o.output.empty())
    throw Error(ErrorKind::kUsage, o.output.empty()
                                       ? "--predict needs an output: -o FILE"
                                       : "-o without --predict: expected a table to predict for");
  std::vector<std::string> inputs = o.files;
  inputs.insert(inputs.end(), {o.input.path, o.predict, o.from});
  if (!o.predict.empty()) check_predictions(o.output);
  check_distinct(inputs, outputs_of(o));
  for (const std::string& output : {o.output, o.model, o.state, o.picture, o.profile})
    check_output(output, run);
  if (o.from.empty()) expect_processor(run, "a table is read by the processor");
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

void refuse_dependent(const Source& source, const Design& design, const Solution& solution,
                      const std::vector<std::size_t>& empty, std::int64_t dropped, const std::string& path) {
  if (solution.dependent.empty()) return;
  const std::string level = empty_level_text(source, design, empty, dropped);
  if (!level.empty())
    throw Unsolvable(path + ": " + level,
                     "list the levels that have rows, levels=[...], with --on-error skip; or --solver svd");
  throw Unsolvable(path + ": collinear columns: " + dependent_text(solution, design),
                   "leave such terms out of the formula; or --solver svd: of all answers the shortest");
}

std::string empty_errors_text(const FitResult& result, const Solution& solution, const std::string& cluster) {
  if (result.clusters == 0) return "";
  for (std::size_t j = 0; j < result.coefficients.size(); ++j) {
    double squares = 0;
    for (std::size_t k = 0; k < solution.root.n; ++k)
      squares += solution.root.at(j, k) * solution.root.at(j, k);
    const double classic = result.residual_error * std::sqrt(squares);
    if (!(classic > 0) || result.coefficients[j].error > 1e-9 * classic) continue;
    return "the error of " + result.coefficients[j].name + " is rounding: within each cluster of '" +
           cluster +
           "' its scores sum to 0, as where the formula has a level for each cluster; errors, t and p of "
           "such "
           "coefficients mean nothing";
  }
  return "";
}

std::string lone_text(std::int64_t rows, const std::string& errors) {
  if (rows == 0) return "";
  return number(double(rows)) + (rows == 1 ? " row has" : " rows have") + " leverage 1, where " + errors +
         " has no value: left out of the errors, which are too small where a coefficient rests on such rows "
         "alone";
}

std::string two_digits(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2g", value);
  return text;
}

}  // namespace sluice::fit
