// Events close to each other are drawn as one, so that a run of any length is a page of a few thousand marks.
#include "host/fit/profile.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <limits>

#include "host/units.h"

namespace sluice::fit {
namespace {

constexpr double kSampleSeconds = 0.005;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

template <class T>
std::size_t place_of(std::vector<T>& all, const T& one) {
  const auto found = std::find(all.begin(), all.end(), one);
  if (found != all.end()) return std::size_t(found - all.begin());
  all.push_back(one);
  return all.size() - 1;
}

double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return double(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         double(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6;
}

double anonymous_bytes() {
  double size = 0, resident = 0, shared = 0;
  std::ifstream("/proc/self/statm") >> size >> resident >> shared;
  return (resident - shared) * double(::sysconf(_SC_PAGESIZE));
}

std::string text_of(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

/// What a reader sees when pointing at a bar or a sample.
page::Points no_marks() {
  page::Points points;
  points.x = points.y = std::vector<double>();
  points.size = 0.3;
  points.color = picture::Rgb{60, 60, 60};
  points.from_zoom = 8;
  return points;
}

void add_mark(page::Points& marks, double at, double lane, const std::string& label) {
  std::get<std::vector<double>>(marks.x).push_back(at);
  std::get<std::vector<double>>(marks.y).push_back(lane);
  marks.labels.push_back(label);
}

/// "open 0.01 s, sums 0.2 s. "
std::string stages_text(const RunSummary& run) {
  std::string text;
  for (const StageTime& stage : run.stages)
    text += (text.empty() ? "Stages: " : ", ") + stage.stage + text_of(" %.3g s", stage.seconds);
  return text.empty() ? text : text + ". ";
}

}  // namespace

void Profile::add(const std::string& stage, std::thread::id thread, double begin, double end,
                  std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  events_.push_back({place_of(stages_, stage), place_of(threads_, thread), begin, end, double(bytes)});
}

void Profile::sample() {
  const double at = now();
  if (!samples_.empty() && at - samples_.back().at < kSampleSeconds) return;
  samples_.push_back({at, cpu_seconds(), anonymous_bytes()});
}

std::vector<Profile::Event> Profile::joined_events() const {
  std::vector<Event> sorted = events_, joined;
  std::sort(sorted.begin(), sorted.end(), [](const Event& a, const Event& b) {
    return a.thread != b.thread ? a.thread < b.thread : a.begin < b.begin;
  });
  const double gap = now() / 3000;
  for (const Event& e : sorted) {
    const bool near = !joined.empty() && joined.back().thread == e.thread && joined.back().stage == e.stage &&
                      e.begin - joined.back().end < gap;
    if (!near) {
      joined.push_back(e);
      continue;
    }
    joined.back().end = std::max(joined.back().end, e.end);
    joined.back().bytes += e.bytes;
  }
  return joined;
}

page::Page Profile::page(const std::string& title, const RunSummary& run, int cores) const {
  const std::lock_guard lock(mutex_);
  page::Page p;
  p.title = title;
  p.description = "Work of each thread over time, cores that were busy, and memory.";
  p.x.label = "time", p.x.unit = "s";
  const auto events = joined_events();
  page::Points marks = no_marks();
  for (std::size_t s = 0; s < stages_.size(); ++s) {
    std::vector<double> along, lane;
    double busy = 0, total = 0;
    for (const Event& e : events) {
      if (e.stage != s) continue;
      const double length = e.end - e.begin;
      along.insert(along.end(), {e.begin, e.end, kNone});
      lane.insert(lane.end(), {double(e.thread), double(e.thread), kNone});
      add_mark(marks, (e.begin + e.end) / 2, double(e.thread),
               stages_[s] + text_of(": %.3g s", length) +
                   (e.bytes > 0 ? ", " + human_bytes(e.bytes) + text_of(", %.3g MB/s", e.bytes / 1e6 / length)
                                : ""));
      busy += length, total += e.bytes;
    }
    page::Lines bars{stages_[s], std::move(along), std::move(lane)};
    bars.width = 14;
    bars.said = text_of("%.3g s", busy) + (total > 0 ? ", " + human_bytes(total) : "");
    p.layers.push_back(std::move(bars));
  }
  for (std::size_t t = 0; t < threads_.size(); ++t)
    p.y.ticks.push_back({double(t), "thread " + std::to_string(t + 1)});
  add_samples(p, marks, cores);
  p.layers.push_back(std::move(marks));
  p.note = "Seconds are those of all threads together; blank: reading, finding rows, solving, waiting. " +
           stages_text(run) + "The run took " + text_of("%.3g s", run.seconds) + ", with " +
           human_bytes(double(run.memory_limit)) + " to use.";
  p.y.low = -3.2, p.y.high = double(std::max<std::size_t>(1, threads_.size())) - 0.3;
  return p;
}

/// Lanes below the threads: cores busy from -1.8 to -1, memory from -3 to -2.2.
void Profile::add_samples(page::Page& p, page::Points& marks, int cores) const {
  double most = 1;
  for (const Sample& s : samples_) most = std::max(most, s.memory);
  std::vector<double> busy_x, busy_y, held_x, held_y;
  for (std::size_t i = 0; i < samples_.size(); ++i) {
    const Sample& s = samples_[i];
    held_x.push_back(s.at), held_y.push_back(-3 + 0.8 * s.memory / most);
    add_mark(marks, held_x.back(), held_y.back(), "memory: " + human_bytes(s.memory));
    if (i == 0) continue;
    const Sample& before = samples_[i - 1];
    const double now = (s.cpu - before.cpu) / std::max(1e-9, s.at - before.at);
    busy_x.push_back((s.at + before.at) / 2);
    busy_y.push_back(-1.8 + 0.8 * std::min(1.0, now / std::max(1, cores)));
    add_mark(marks, busy_x.back(), busy_y.back(), "cores busy: " + text_of("%.2g", now));
  }
  page::Lines cpu, memory;
  cpu.name = "cores busy", cpu.x = std::move(busy_x), cpu.y = std::move(busy_y);
  cpu.said = "of " + std::to_string(cores);
  memory.name = "memory", memory.x = std::move(held_x), memory.y = std::move(held_y);
  memory.said = "at most " + human_bytes(most);
  p.layers.push_back(std::move(cpu));
  p.layers.push_back(std::move(memory));
  p.y.ticks.insert(p.y.ticks.end(), {{-1.8, "0 cores"},
                                     {-1, std::to_string(cores) + (cores == 1 ? " core" : " cores")},
                                     {-3, "0 B"},
                                     {-2.2, human_bytes(most)}});
}

}  // namespace sluice::fit
