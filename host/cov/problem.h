// What a covariance is asked of: which way the variables lie in the files, the weights, the divisor, the
// precision. Everything here is numpy's definition made explicit; plan.h says how it is computed.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "host/cov.h"
#include "host/matrix.h"
#include "kernels/backend.h"

namespace sluice::cov_detail {

/// One side of the product: variables of a matrix.
struct Side {
  std::shared_ptr<MatrixSource> source;
  bool variables_are_rows = true;
  std::int64_t variables() const { return variables_are_rows ? source->info().rows : source->info().columns; }
  std::int64_t observations() const {
    return variables_are_rows ? source->info().columns : source->info().rows;
  }
  /// Which dimension is contiguous in the file.
  Layout layout() const {
    return variables_are_rows != source->info().fortran ? Layout::kVariables : Layout::kObservations;
  }
  Rect rect(std::int64_t variable, std::int64_t variables, std::int64_t observation,
            std::int64_t observations) const {
    return variables_are_rows ? Rect{variable, observation, variables, observations}
                              : Rect{observation, variable, observations, variables};
  }
};

/// Observation weights f a of numpy's fweights and aweights, read in pieces, never whole.
class Weights {
 public:
  /// Checks shapes and signs in one pass and keeps the sums. Error{kInput}.
  Weights(const std::string& fweights, const std::string& aweights, std::int64_t observations);
  void read(std::int64_t first, std::int64_t count, double* to) const;
  double sum() const { return sum_; }             // of f a
  double sum_squared() const { return sum_aw_; }  // of f a a
  bool analytic() const { return a_ != nullptr; }
  std::vector<sys::Identity> identities() const;

 private:
  void read_one(const MatrixSource& source, std::int64_t first, std::int64_t count, double* to,
                bool multiply) const;
  std::unique_ptr<MatrixSource> f_, a_;
  double sum_ = 0, sum_aw_ = 0;
};

struct Problem {
  Side rows, columns;  // the same source where symmetric
  bool symmetric = true;
  std::shared_ptr<Weights> weights;  // null: all 1
  std::int64_t observations = 0;
  double weight_sum = 0;  // observations, or the sum of the weights
  double divisor = 0;     // never negative: numpy clamps at 0 and warns
  bool divisor_clamped = false;
  Compute compute = Compute::kFloat32;
  DType out_type = DType::kFloat32;
  int out_dimensions = 2;  // 0 for one variable, as numpy squeezes
  std::vector<sys::Identity> identities;
};

/// Opens and checks everything that options name. Error{kInput, kUsage}.
Problem make_problem(const CovOptions& options);

/// The variables of two matrices as one matrix (numpy's cov(X, Y)), rows first.
std::shared_ptr<MatrixSource> stack(const Side& x, const Side& y);

}  // namespace sluice::cov_detail
