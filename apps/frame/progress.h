// Progress on standard error: a bar on a terminal (redrawn in place, gone at the end), sparse lines in a log,
// JSON lines for programs, or nothing. All times come from a steady clock.
#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "apps/frame/common_options.h"
#include "host/run.h"

namespace sluice::frame {

/// What is known of a stage at one moment.
struct Moment {
  std::string stage, unit;
  double total = 0, start = 0, done = 0;  // start: what an earlier run had done
  double seconds = 0;                     // since the stage began
  std::string detail = {};                // "loss 1.2e5"
  double fraction() const { return total > 0 ? done / total : 1; }
  double seconds_left() const;  // NaN where it cannot be told yet
};
/// "covariance 43 %, 55.2 GFLOP/s, 1 min 20 s left"
std::string progress_text(const Moment& moment);
/// The same after a bar, in at most `width` characters.
std::string progress_bar(const Moment& moment, int width, bool unicode);
std::string progress_json(const Moment& moment);

class Progress : public Observer {
 public:
  enum class Mode { kBar, kLines, kJson, kNone };
  /// auto is a bar on a terminal, else lines; quiet leaves warnings only.
  explicit Progress(const Settings& settings);
  ~Progress() override;
  void begin(const char* stage, double total, const char* unit, double done) override;
  void progress(double done) override;
  void end() override;
  void note(const std::string& line) override;
  void warning(const std::string& line) override;
  /// What there is to say of the stage beside its progress, shown with the next; empty: nothing more.
  void detail(const std::string& text) { moment_.detail = text; }
  /// Takes the bar off the terminal, so that a message can be written.
  void clear();

 private:
  void show(bool last);
  Mode mode_ = Mode::kNone;
  bool quiet_ = false, drawn_ = false, told_ = false;
  Moment moment_;
  std::chrono::steady_clock::time_point begun_{}, shown_{};
  double shown_fraction_ = 0;
};

}  // namespace sluice::frame
