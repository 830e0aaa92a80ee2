// Where a layout stands: the restarts that are done, the one that runs, and the objective's own state. And
// the files that keep it: OUT.journal, locked, says whose run it is; OUT.state0 and OUT.state1 in turn hold
// it.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/cov/state.h"
#include "host/formats/output.h"
#include "host/journal.h"
#include "host/layout.h"
#include "host/layout/frames.h"
#include "host/layout/loss_curve.h"

namespace sluice::layout {

struct Attempt {  // one restart
  LayoutRestart facts;
  graph::Positions positions;  // its end; empty where neither the best nor wanted for the sheet
  Frames frames;               // empty where no animation shows them
  LossCurve curve;
};

struct Progression {
  std::vector<Attempt> done;
  Attempt running;             // curve and frames so far
  std::int64_t iteration = 0;  // that the state is of
  std::string state;           // of the objective; empty: it has not begun

  std::string bytes() const;
  /// Error{kInput} where they are damaged.
  static Progression from(const std::string& bytes);
};

class Keeper {
 public:
  /// The first of `outputs` names the files beside it. Error{kOutput}: an output exists (and neither --force
  /// nor an unfinished run to resume is there), an unfinished run is there (and neither --resume nor --force
  /// was given), or it is of another `fingerprint` ("key: value" lines): what differs is named. Outputs that
  /// are whole must have the same `looks` too.
  Keeper(std::vector<std::string> outputs, std::string fingerprint, std::string looks, const RunOptions& run);
  /// A run that saved nothing leaves nothing.
  ~Keeper();
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;

  bool complete() const { return complete_; }  // --resume: all was done before
  std::optional<Progression> found() const;
  void save(const Progression& progression);
  /// The outputs are written: nothing is left to resume. `provenance` goes beside the first, so that a later
  /// --resume knows it.
  void finish(Provenance provenance);

 private:
  std::string beside(const char* ending) const { return outputs_[0] + ending; }
  std::vector<std::string> outputs_;
  std::string fingerprint_, looks_;
  std::unique_ptr<Journal> journal_;
  mutable cov_detail::StateFiles states_;
  bool complete_ = false, kept_ = false, finished_ = false;
};

}  // namespace sluice::layout
