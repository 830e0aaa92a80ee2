// Features of light curves, computed on a device: named columns for each object. NaN means undefined; who
// writes a table turns it into NULL or a sentinel.
#pragma once
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host/lc/catalogue.h"
#include "host/lc/curves.h"
#include "host/machine.h"

namespace sluice::lc {

/// A row is bad where its time or flux is not finite, or its error is not finite or below 0.
enum class BadRows {
  kDrop,  // leave it out and count it
  kFail,  // Error{kInput} naming object, band and row
};

enum class Errors {
  kDetect,  // as kNone where all errors of the curves are NaN, else as kUse
  kUse,
  kNone,  // the input has no errors: features that need them are NaN
};

struct FeatureOptions {
  std::vector<FeatureRequest> features;  // parse_features("base")
  bool normalized_mad = false;           // the base set's MAD divided by |m|
  BadRows bad_rows = BadRows::kDrop;
  Errors errors = Errors::kDetect;  // callers that hand over one input in parts say which
  double least_snr = 0;             // rows of a smaller |flux| / error are cut; 0: none
  double from = -std::numeric_limits<double>::infinity();  // rows before or after are cut
  double to = std::numeric_limits<double>::infinity();
  std::int64_t min_points = 0;                        // of a curve, for every feature
  std::map<std::string, std::int64_t> min_points_of;  // by feature's name; more than its own minimum
};

/// A column of the result: a feature of a band, or of two.
struct FeatureColumnName {
  std::string name;       // "gStd", "gMinusR", "gEtaE"; unique without case
  std::string feature;    // "Std"
  std::string reference;  // "eta_e"; empty for the base set
  std::string unit;
  FeatureSet set;
};

struct Features {
  std::vector<FeatureColumnName> columns;
  std::vector<std::int64_t> objects;        // objId, as in the curves
  std::vector<double> values;               // objects x columns, row-major; NaN: undefined
  std::int64_t rows = 0, bad = 0, cut = 0;  // rows that came, were bad and left out, were cut
  double compute_seconds = 0;               // on the device, copies among them
};

/// The columns that features of these bands fill, in order: for each column of a feature one a band (gStd,
/// rStd, ...), colours between neighbours (gMinusR). `notes` gets a line for each name that had to change.
std::vector<FeatureColumnName> feature_columns(const std::vector<std::string>& bands,
                                               const std::vector<FeatureRequest>& features,
                                               std::vector<std::string>* notes = nullptr);

/// Computes features of curves that come in one part or in many; keeps its buffers between parts.
class FeatureExtractor {
 public:
  /// Error{kUsage}: no bands or features, an unknown name in min_points_of, a cut on S/N without errors.
  FeatureExtractor(Machine& machine, const std::vector<std::string>& bands, const FeatureOptions& options);
  ~FeatureExtractor();
  const std::vector<FeatureColumnName>& columns() const;
  const std::vector<std::string>& notes() const;
  /// Curves of the same bands; `take` gets the table in parts, in the order of objects, as much at a time as
  /// the budget has room for. A part is valid until `take` returns. Error{kInput}: a bad row under
  /// BadRows::kFail, times that descend; Error{kMemory}: the budget holds not even the longest curve. After
  /// an error the next call starts afresh. Empty curves give no objects.
  void compute(const Curves& curves, const std::function<void(const Features&)>& take);
  /// The whole table at once, whose bytes no budget counts.
  Features compute(const Curves& curves);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// All in one.
Features compute_features(Machine& machine, const Curves& curves, const FeatureOptions& options);

}  // namespace sluice::lc
