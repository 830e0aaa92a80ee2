#include "apps/frame/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "apps/frame/json.h"
#include "apps/frame/messages.h"
#include "apps/frame/text.h"
#include "host/units.h"

namespace sluice::frame {
namespace {

constexpr double kJsonApart = 0.1;       // seconds, at least
constexpr double kLinesApart = 10;       // seconds, at least
constexpr double kLongestSilence = 600;  // seconds, where a tenth of the work takes longer

double since(std::chrono::steady_clock::time_point then) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - then).count();
}

bool speaks_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"})
    if (const char* value = std::getenv(name); value != nullptr && *value != 0) {
      const std::string text = value;
      return text.find("UTF-8") != std::string::npos || text.find("utf8") != std::string::npos;
    }
  return false;
}

std::string percent(const Moment& m) {
  const int whole = int(std::clamp(m.fraction(), 0.0, 1.0) * 100);
  return (whole < 10 ? "  " : whole < 100 ? " " : "") + std::to_string(whole) + " %";
}

/// Rate, time left and what else is told, as far as they are known.
std::string speed(const Moment& m) {
  std::string text;
  if (m.seconds > 0.2 && m.done > m.start) text += rate(m.done - m.start, m.unit, m.seconds);
  if (const double left = m.seconds_left(); left >= 0)
    text += (text.empty() ? "" : ", ") + human_seconds(left < 1 ? left : std::ceil(left)) + " left";
  if (!m.detail.empty()) text += (text.empty() ? "" : ", ") + m.detail;
  return text;
}

}  // namespace

double Moment::seconds_left() const {
  if (seconds < 1 || done <= start || done >= total) return NAN;
  return seconds / (done - start) * (total - done);
}

std::string progress_text(const Moment& m) {
  std::string share = percent(m);
  share.erase(0, share.find_first_not_of(' '));
  const std::string rest = speed(m);
  return m.stage + ": " + share + (rest.empty() ? "" : ", " + rest);
}

std::string progress_bar(const Moment& m, int width, bool unicode) {
  const std::string tail = percent(m) + "  " + speed(m);
  const int room = width - 1 - int(m.stage.size() + 2 + tail.size() + 1);
  if (room < 8) return (m.stage + percent(m)).substr(0, std::size_t(std::max(0, width - 1)));
  const int length = std::min(room, 40);
  const int filled = int(std::clamp(m.fraction(), 0.0, 1.0) * length);
  std::string bar;
  for (int i = 0; i < length; ++i) bar += i < filled ? (unicode ? "━" : "=") : (unicode ? "╌" : "-");
  return m.stage + "  " + bar + " " + tail;
}

std::string progress_json(const Moment& m) {
  Json json = Json::object();
  json.add("stage", m.stage).add("unit", m.unit).add("done", m.done).add("total", m.total);
  if (!m.detail.empty()) json.add("detail", m.detail);
  return json.add("seconds", m.seconds).add("seconds_left", m.seconds_left()).line();
}

Progress::Progress(const Settings& s) : quiet_(s.quiet) {
  if (s.progress == "none" || (s.quiet && s.progress == "auto")) return;
  const bool bar = s.progress == "bar" || (s.progress == "auto" && terminal());
  mode_ = s.progress == "json" ? Mode::kJson : bar ? Mode::kBar : Mode::kLines;
}

Progress::~Progress() {
  clear();
}

void Progress::begin(const char* stage, double total, const char* unit, double done) {
  moment_ = {stage, unit, total, done, done, 0, {}};
  told_ = false;
  begun_ = shown_ = std::chrono::steady_clock::now();
  shown_fraction_ = moment_.fraction();
  if (mode_ == Mode::kBar || mode_ == Mode::kJson) show(false);
}

void Progress::progress(double done) {
  moment_.done = done;
  moment_.seconds = since(begun_);
  show(done >= moment_.total);
}

void Progress::end() {
  moment_.seconds = since(begun_);
  if (mode_ == Mode::kJson && moment_.done < moment_.total) show(true);
  clear();
}

void Progress::show(bool last) {
  const double pause = since(shown_);
  if (mode_ == Mode::kBar) {
    if (drawn_ && !last && pause < 0.1) return;
    const std::string bar = progress_bar(moment_, terminal_width(), speaks_utf8());
    const std::string line = "\r\033[2K" + bar;
    drawn_ = ::write(STDERR_FILENO, line.data(), line.size()) > 0;
  } else if (mode_ == Mode::kJson) {
    if (told_ && !last && pause < kJsonApart) return;
    told_ = true;
    tell(progress_json(moment_));
  } else if (mode_ == Mode::kLines) {
    const bool far = moment_.fraction() - shown_fraction_ >= 0.1 || pause >= kLongestSilence;
    if (last || pause < kLinesApart || !far) return;
    tell(progress_text(moment_));
  }
  shown_ = std::chrono::steady_clock::now();
  shown_fraction_ = moment_.fraction();
}

void Progress::clear() {
  if (!drawn_) return;
  const std::string line = "\r\033[2K";
  drawn_ = ::write(STDERR_FILENO, line.data(), line.size()) < 0;
}

void Progress::note(const std::string& line) {
  if (quiet_) return;
  clear();
  frame::note(line);
}

void Progress::warning(const std::string& line) {
  clear();
  frame::warn(line);
}

}  // namespace sluice::frame
