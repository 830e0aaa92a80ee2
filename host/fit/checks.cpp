// One check after the other.
#include "host/fit/checks.h"

#include <filesystem>

#include "host/design/store.h"
#include "host/error.h"
#include "host/page/figure_page.h"
#include "host/picture/heatmap.h"
#include "host/units.h"

namespace sluice::fit {

void check_options(const FitOptions& o, const RunOptions& run) {
  if (o.predict.empty() != o.output.empty())
    throw Error(ErrorKind::kUsage, o.output.empty()
                                       ? "--predict needs an output: -o FILE"
                                       : "-o without --predict: expected a table to predict for");
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

}  // namespace sluice::fit
