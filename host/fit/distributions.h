// Student's t, F and chi-squared for tests and intervals (Boost.Math, in the one file that includes it).
#pragma once

namespace sluice::fit {

/// Of a value at least as far from 0, both sides; 0 degrees of freedom or NaN: NaN.
double t_probability(double t, double degrees);
/// t with this share of the distribution within -t and t: 0.95 gives the half width of an interval in errors.
double t_quantile(double share, double degrees);
/// Of a value at least as large.
double f_probability(double f, double degrees_above, double degrees_below);
/// Of the standard normal distribution: the value below which a share lies.
double normal_quantile(double share);
double chi2_probability(double value, double degrees);

}  // namespace sluice::fit
