// The passes follow from the options; levels come from the first 4096 rows.
#include <fcntl.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include "host/budget.h"
#include "host/error.h"
#include "host/fit/files.h"
#include "host/fit/layout.h"
#include "host/fit/least_squares.h"
#include "host/fit/levels.h"
#include "host/fit/source.h"
#include "host/fit/whole_column.h"
#include "host/fit_plan.h"
#include "host/io/sys.h"
#include "host/picture/flow.h"
#include "host/units.h"

namespace sluice {
namespace {

using namespace fit;

// Of a core, about.
constexpr double kBytesASecond = 250e6;     // that it parses and sums
constexpr double kProductsASecond = 1.4e9;  // of two columns, row by row
constexpr double kCubesASecond = 0.6e9;     // of the number of columns: solving, errors, condition
constexpr std::uint64_t kPieceBytes = 128 << 10, kSmall = std::uint64_t(64) << 20;

std::vector<FitPlan::Pass> passes_of(const FitOptions& o, const Source& source, bool levels_known,
                                     std::uint64_t bytes) {
  std::vector<FitPlan::Pass> passes;
  if (!source.measured)
    passes.push_back({"whole columns", "means and deviations for center(), standardize() and poly()"});
  if (whole_column_passes(source) > 1)
    passes.push_back({"polynomials", "those of poly(), orthogonal over the rows"});
  const bool qr = o.solver == "qr" || o.solver == "svd";
  if (!qr) passes.push_back({"sums", "products of columns, and levels"});
  if (qr && !levels_known) passes.push_back({"levels", "the levels of categories"});
  if (qr || o.solver == "auto")
    passes.push_back({qr ? o.solver : "qr",
                      qr ? "the triangle of the design" : "where the sums lose too many digits", qr});
  const bool robust = o.errors != "classic";
  const bool wanted =
      o.residuals == "yes" || robust || o.ridge > 0 || (o.residuals == "auto" && bytes <= kSmall);
  if (wanted || o.residuals == "auto")
    passes.push_back({"residuals",
                      robust ? "errors " + o.errors + ", Durbin-Watson, moments" : "Durbin-Watson, moments",
                      wanted});
  if (!o.store.empty()) {  // goes with the first pass that knows the levels
    const auto along = std::find_if(passes.begin(), passes.end(), [&](const FitPlan::Pass& pass) {
      return pass.certain && pass.name != "whole columns" && pass.name != "polynomials" &&
             pass.name != "levels" && (levels_known || pass.name != "sums");
    });
    if (along == passes.end())
      passes.push_back({"store", "the design"});
    else
      along->what += ", and the store";
  }
  if (!o.predict.empty()) passes.push_back({"predict", "the rows of " + o.predict});
  if (!o.picture.empty()) {
    passes.push_back({"ranges", "of residuals and fitted values, for the picture"});
    passes.push_back({"counts", "of residuals, for the picture"});
  }
  return passes;
}

/// Of a table of text, from its first bytes; 0: not known.
double rows_of(const Source& source, std::uint64_t bytes) {
  if (source.records) return double(source.records->rows()) * double(source.files.size());
  if (!source.format.compression.empty()) return 0;
  std::vector<char> first(64 << 10);
  const std::size_t size =
      sys::read_some(sys::File(source.files[0], O_RDONLY), first.data(), first.size(), 0);
  const auto lines =
      std::count_if(first.begin(), first.begin() + std::ptrdiff_t(size), [](char c) { return c == '\n'; });
  return size == 0 ? 0 : double(lines) * double(bytes) / double(size);
}

}  // namespace

FitPlan plan_fit(const FitOptions& options, const RunOptions& run) {
  FitPlan plan;
  plan.threads = run.threads > 0 ? run.threads : available_cores();
  const std::uint64_t limit = run.memory > 0 ? run.memory : available_memory() / 2;
  Budget budget(limit, "--memory");
  plan.files = options.files.empty() ? input_files({options.input.path}, "") : options.files;
  if (std::find(plan.files.begin(), plan.files.end(), "-") != plan.files.end())
    throw Error(ErrorKind::kUsage, "--dry-run with -: standard input is not read for a plan");
  const std::string& weights = options.weights.empty() ? options.repeats : options.weights;
  const Source source = open_source({options.input, options.formula, options.levels, weights,
                                     !options.repeats.empty(), plan.files, options.cluster},
                                    budget);
  plan.format = source.records
                    ? source.records->format()
                    : "separated values, " + csv::name_of_separator(source.input.options.dialect) +
                          (source.format.compression.empty() ? "" : ", " + source.format.compression);
  plan.bytes = bytes_of(source);
  for (const csv::Column& column : source.numbers.columns) plan.numbers.push_back(column.name);
  bool known = true;
  const std::size_t coded = source.plan.categories.size() - (source.cluster ? 1 : 0);
  for (std::size_t k = 0; k < coded; ++k) {
    const Factor& factor = source.formula.factors[source.plan.categories[k]];
    known = known && factor.levels.has_value();
    const std::size_t count = source.sample_levels[k].size();
    plan.categories.push_back(factor.name + " (" + std::to_string(count) +
                              (factor.levels ? " levels)" : " levels in the first rows)"));
  }
  const Design design = design_of(source.formula, source.plan, source.sample_levels);
  plan.columns = design.names();
  plan.passes = passes_of(options, source, known, plan.bytes);
  plan.pieces = std::int64_t((plan.bytes + kPieceBytes - 1) / kPieceBytes);
  const double p = double(plan.columns.size()), rows = rows_of(source, plan.bytes);
  const std::uint64_t slots = 2 * std::uint64_t(plan.threads) + 3;
  plan.memory =
      std::min<std::uint64_t>(limit, slots * 2 * 34 * kPieceBytes + std::uint64_t(24 * (p + 2) * (p + 2)));
  const CellLayout layout = layout_of(source.plan);
  const double dense = double(layout.blocks[0].monomials.size());
  for (const FitPlan::Pass& pass : plan.passes) {
    if (!pass.certain) continue;
    const double width = pass.name == "sums"                       ? dense * dense
                         : pass.name == "qr" || pass.name == "svd" ? 2 * p * p
                                                                   : p;
    plan.seconds += (double(plan.bytes) / kBytesASecond + rows * width / kProductsASecond) / plan.threads;
  }
  plan.seconds += p * p * p / kCubesASecond;
  const bool sums = std::any_of(plan.passes.begin(), plan.passes.end(),
                                [](const FitPlan::Pass& pass) { return pass.name == "sums"; });
  plan.least = source.records ? 0 : least_pass_memory(sums ? sums_memory(layout) : 0);
  if (plan.least > limit)
    plan.advice = "--memory " + size_argument(limit) + " is too small: a fit needs at least " +
                  size_argument(plan.least);
  return plan;
}

void draw_plan(const FitPlan& plan, const FitOptions& options, const RunOptions& run) {
  std::error_code ignored;
  if (!run.force && std::filesystem::exists(options.picture, ignored))
    throw Error(ErrorKind::kOutput, options.picture + ": the output exists", "--force replaces it");
  picture::Flow flow;
  flow.title = "sluice fit '" + options.formula + "'";
  flow.caption = std::to_string(plan.pieces) + " pieces of 128 KiB a pass, " + std::to_string(plan.threads) +
                 " threads, dashed: only where it is needed";
  std::size_t rank = 0;
  const auto add = [&](const std::string& text, const std::string& detail, bool round, bool maybe) {
    flow.boxes.push_back({text, detail, rank, round, maybe});
    return flow.boxes.size() - 1;
  };
  constexpr std::size_t kMostFiles = 5;
  std::vector<std::size_t> before;
  for (std::size_t i = 0; i < std::min(plan.files.size(), kMostFiles); ++i) {
    const bool rest = i + 1 == kMostFiles && plan.files.size() > kMostFiles;
    before.push_back(add(rest ? std::to_string(plan.files.size() - i) + " more files" : plan.files[i],
                         i == 0 ? plan.format : "", true, false));
  }
  ++rank;
  std::vector<std::string> pieces;
  for (const std::int64_t i : {std::int64_t(1), std::int64_t(2), plan.pieces})
    if (i <= plan.pieces && (pieces.empty() || i > std::stoll(pieces.back())))
      pieces.push_back(std::to_string(i));
  for (const FitPlan::Pass& pass : plan.passes) {
    std::vector<std::size_t> works;
    for (std::size_t k = 0; k < pieces.size(); ++k) {
      if (k == 2) works.push_back(add("...", "", false, !pass.certain));
      works.push_back(add("piece " + pieces[k], "parse, " + pass.name, false, !pass.certain));
    }
    for (const std::size_t from : before)
      for (const std::size_t to : works) flow.arrows.push_back({from, to});
    ++rank;
    const bool solves = pass.name == "sums" || pass.name == "qr" || pass.name == "svd";
    if (pass.name == "predict") {
      flow.boxes.push_back({options.predict, "to predict for", rank - 1, true, false});
      before.push_back(flow.boxes.size() - 1);
    }
    const std::size_t merged =
        add(solves ? "merge in order, solve" : "merge in order", pass.what, false, !pass.certain);
    for (const std::size_t from : works) flow.arrows.push_back({from, merged});
    before = {merged};
    ++rank;
  }
  const auto output = [&](const std::string& path, const std::string& what) {
    if (path.empty()) return;
    const std::size_t box = add(path, what, true, false);
    for (const std::size_t from : before) flow.arrows.push_back({from, box});
  };
  const std::size_t summary =
      add("coefficients", std::to_string(plan.columns.size()) + " columns", true, false);
  for (const std::size_t from : before) flow.arrows.push_back({from, summary});
  output(options.store, "store");
  output(options.model, "model");
  output(options.state, "state");
  output(options.output, "predictions");
  picture::draw(flow, options.picture, options.picture_width, options.picture_height);
}

}  // namespace sluice
