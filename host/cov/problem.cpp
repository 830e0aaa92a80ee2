#include "host/cov/problem.h"

#include <algorithm>
#include <cmath>

#include "host/element.h"
#include "host/error.h"
#include "host/units.h"

namespace sluice::cov_detail {
namespace {

constexpr std::int64_t kPiece = 1 << 16;  // weights read at a time

std::unique_ptr<MatrixSource> open_weights(const std::string& path, const char* option,
                                           std::int64_t observations) {
  auto source = open_matrix(path);
  const MatrixInfo& info = source->info();
  if (info.dimensions != 1)
    throw Error(ErrorKind::kInput,
                path + ": " + option + ": expected one dimension, found " + std::to_string(info.dimensions));
  if (info.columns != observations)
    throw Error(ErrorKind::kInput, path + ": " + option + ": expected " + std::to_string(observations) +
                                       " weights, one an observation, found " + std::to_string(info.columns));
  return source;
}

Side side_of(const std::string& path, const CovOptions& o) {
  Side side;
  side.source = open_matrix(path, o.input_options);
  // numpy takes one-dimensional data as one variable, whatever rowvar says.
  side.variables_are_rows = o.variables_are_rows || side.source->info().dimensions < 2;
  return side;
}

void set_divisor(Problem& p, const CovOptions& o) {
  const double ddof = double(o.ddof ? *o.ddof : o.bias ? 0 : 1);
  const double sum = p.weight_sum;
  double divisor = sum - ddof;
  if (p.weights && p.weights->analytic() && ddof != 0) divisor = sum - ddof * p.weights->sum_squared() / sum;
  p.divisor_clamped = divisor <= 0;
  p.divisor = std::max(divisor, 0.0);
}

Compute compute_of(const CovOptions& o, const Side& x, const Side& y) {
  switch (o.precision) {
    case Precision::kFloat32:
      return Compute::kFloat32;
    case Precision::kFloat64:
      return Compute::kFloat64;
    case Precision::kTf32:
      return Compute::kTf32;
    default:
      break;
  }
  auto single = [](const Side& s) { return s.source->info().type == DType::kFloat32; };
  return single(x) && single(y) ? Compute::kFloat32 : Compute::kFloat64;
}

}  // namespace

Weights::Weights(const std::string& fweights, const std::string& aweights, std::int64_t observations) {
  if (!fweights.empty()) f_ = open_weights(fweights, "--fweights", observations);
  if (!aweights.empty()) a_ = open_weights(aweights, "--aweights", observations);
  std::vector<double> f(kPiece, 1.0), a(kPiece, 1.0);
  for (std::int64_t k = 0; k < observations; k += kPiece) {
    const std::int64_t n = std::min(kPiece, observations - k);
    if (f_) read_one(*f_, k, n, f.data(), false);
    if (a_) read_one(*a_, k, n, a.data(), false);
    for (std::int64_t i = 0; i < n; ++i) {
      const double fi = f[std::size_t(i)], ai = a[std::size_t(i)];
      if (f_ && (fi != std::floor(fi) || !std::isfinite(fi)))
        throw Error(ErrorKind::kInput,
                    fweights + ": --fweights must be integers: found " + number(fi) + " at observation " +
                        std::to_string(k + i),
                    "give weights that are not counts as --aweights");
      if (fi < 0)
        throw Error(ErrorKind::kInput, fweights + ": --fweights cannot be negative: found " + number(fi) +
                                           " at observation " + std::to_string(k + i));
      if (ai < 0 || std::isnan(ai))
        throw Error(ErrorKind::kInput, aweights + ": --aweights cannot be negative or NaN: found " +
                                           number(ai) + " at observation " + std::to_string(k + i));
      sum_ += fi * ai;
      sum_aw_ += fi * ai * ai;
    }
  }
  if (observations > 0 && !(sum_ > 0))
    throw Error(ErrorKind::kInput,
                (f_ ? fweights : aweights) + ": the weights sum to zero: a mean needs a positive sum");
}

void Weights::read_one(const MatrixSource& source, std::int64_t first, std::int64_t count, double* to,
                       bool multiply) const {
  const MatrixInfo& info = source.info();
  const std::size_t size = size_of(info.type);
  std::vector<std::byte> raw(std::size_t(count) * size);
  source.read({0, first, 1, count}, raw.data(), std::int64_t(info.fortran ? size : raw.size()));
  for (std::int64_t i = 0; i < count; ++i) {
    const double value = element(raw.data() + std::size_t(i) * size, info.type, info.swapped);
    to[i] = multiply ? to[i] * value : value;
  }
}

void Weights::read(std::int64_t first, std::int64_t count, double* to) const {
  if (f_)
    read_one(*f_, first, count, to, false);
  else
    std::fill(to, to + count, 1.0);
  if (a_) read_one(*a_, first, count, to, true);
}

std::vector<sys::Identity> Weights::identities() const {
  std::vector<sys::Identity> all;
  for (const auto* s : {f_.get(), a_.get()})
    if (s != nullptr)
      for (const auto& id : s->identities()) all.push_back(id);
  return all;
}

Problem make_problem(const CovOptions& o) {
  if (o.joint && o.with.empty())
    throw Error(ErrorKind::kUsage, "--joint: needs a second matrix", "give --with Y.npy");
  Problem p;
  p.rows = side_of(o.input, o);
  p.identities = p.rows.source->identities();
  p.columns = p.rows;
  if (!o.with.empty()) {
    Side y = side_of(o.with, o);
    if (y.observations() != p.rows.observations())
      throw Error(ErrorKind::kInput,
                  o.with + ": --with: expected " + std::to_string(p.rows.observations()) +
                      " observations as in " + o.input + ", found " + std::to_string(y.observations()),
                  "give --variables columns where an observation is a row");
    for (const auto& id : y.source->identities()) p.identities.push_back(id);
    if (o.joint) {
      p.rows.source = stack(p.rows, y);
      p.rows.variables_are_rows = true;
      p.columns = p.rows;
    } else {
      p.columns = y;
      p.symmetric = false;
    }
  }
  p.observations = p.rows.observations();
  p.weight_sum = double(p.observations);
  if (!o.fweights.empty() || !o.aweights.empty()) {
    p.weights = std::make_shared<Weights>(o.fweights, o.aweights, p.observations);
    p.weight_sum = p.weights->sum();
    for (const auto& id : p.weights->identities()) p.identities.push_back(id);
  }
  set_divisor(p, o);
  p.compute = compute_of(o, p.rows, p.columns);
  p.out_type = o.out_type ? *o.out_type : p.compute == Compute::kFloat64 ? DType::kFloat64 : DType::kFloat32;
  if (!is_float(p.out_type))
    throw Error(ErrorKind::kUsage,
                std::string("--out-dtype ") + name_of(p.out_type) + ": expected float32 or float64");
  p.out_dimensions = p.symmetric && p.rows.variables() == 1 ? 0 : 2;
  return p;
}

}  // namespace sluice::cov_detail
