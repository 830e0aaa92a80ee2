// The one file that includes Boost.Math, which takes seconds to compile.
#include "host/fit/distributions.h"

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

namespace sluice::fit {
namespace {

namespace math = boost::math;
// No result is an exception: what has no value is NaN, what is out of range 0 or infinity.
using Policy = math::policies::policy<math::policies::domain_error<math::policies::ignore_error>,
                                      math::policies::pole_error<math::policies::ignore_error>,
                                      math::policies::overflow_error<math::policies::ignore_error>,
                                      math::policies::underflow_error<math::policies::ignore_error>,
                                      math::policies::evaluation_error<math::policies::ignore_error>,
                                      math::policies::promote_double<false>>;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

}  // namespace

double t_probability(double t, double degrees) {
  if (std::isnan(t) || !(degrees > 0)) return kNone;
  if (std::isinf(t)) return 0;
  return 2 *
         math::cdf(math::complement(math::students_t_distribution<double, Policy>(degrees), std::fabs(t)));
}

double t_quantile(double share, double degrees) {
  if (!(degrees > 0)) return kNone;
  return math::quantile(
      math::complement(math::students_t_distribution<double, Policy>(degrees), (1 - share) / 2));
}

double f_probability(double f, double above, double below) {
  if (std::isnan(f) || !(above > 0) || !(below > 0)) return kNone;
  if (std::isinf(f)) return 0;
  return f <= 0 ? 1
                : math::cdf(math::complement(math::fisher_f_distribution<double, Policy>(above, below), f));
}

double normal_quantile(double share) {
  if (!(share > 0 && share < 1)) return kNone;
  return math::quantile(math::normal_distribution<double, Policy>(), share);
}

double chi2_probability(double value, double degrees) {
  if (std::isnan(value) || !(degrees > 0)) return kNone;
  if (std::isinf(value)) return 0;
  return value <= 0
             ? 1
             : math::cdf(math::complement(math::chi_squared_distribution<double, Policy>(degrees), value));
}

}  // namespace sluice::fit
