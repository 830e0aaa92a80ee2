// Singular values and right vectors of a tall matrix in a file (`sluice svd`): numpy.linalg.svd without the
// left side, whose rows scores are. Bytes depend on the matrix and the options, not on threads or memory.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/matrix.h"
#include "host/run.h"

namespace sluice {

struct SvdOptions {
  std::string input;  // any matrix that open_matrix() takes; its rows are many
  OpenOptions raw;
  std::int64_t keep = 0;        // values and vectors that go to the output; 0: all
  std::string method = "auto";  // tsqr, gram; auto: tsqr up to 400 columns
  bool center = false;          // columns less their means: principal components
  bool scores = false;          // the rows by the right vectors, to the output
  double share = 0;             // singular values of unit columns count above this share; 0: by precision
  std::string output;           // .h5; empty: none
};

struct SvdResult {
  MatrixInfo matrix;
  std::int64_t rows = 0, columns = 0;
  std::string method;                      // tsqr or gram
  std::string why;                         // auto chose it because of this
  std::vector<double> values;              // all, descending
  std::vector<std::vector<double>> right;  // those kept
  std::vector<double> means;               // with center
  std::size_t rank = 0;
  double condition = 0;       // first by last value; infinite where the rank is below the columns
  double unit_condition = 0;  // the same of columns of unit length
  double share = 0;           // that the rank was cut at
  double digits = 0;          // values below this share of the first one have none
  std::string open_hint;
  std::vector<std::string> warnings;
  RunSummary run;
};

/// Error{kInput}: no rows, values that are not finite, more columns than memory holds; {kUsage}; {kOutput}.
SvdResult svd(const SvdOptions&, const RunOptions&);

}  // namespace sluice
