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
  p.y.label = "thread, from 0 up; below: cores busy, memory";
  const auto events = joined_events();
  page::Points marks;
  page::Column seconds{"seconds", std::vector<double>()}, bytes{"MB", std::vector<double>()},
      rates{"MB/s", std::vector<double>()};
  std::vector<double> x, y;
  for (std::size_t s = 0; s < stages_.size(); ++s) {
    page::Lines bars;
    bars.name = stages_[s];
    bars.width = 14;
    std::vector<double> along, thread;
    double busy = 0, total = 0;
    for (const Event& e : events) {
      if (e.stage != s) continue;
      along.insert(along.end(), {e.begin, e.end, kNone});
      thread.insert(thread.end(), {double(e.thread), double(e.thread), kNone});
      x.push_back((e.begin + e.end) / 2), y.push_back(double(e.thread));
      const double length = e.end - e.begin;
      std::get<std::vector<double>>(seconds.data).push_back(length);
      std::get<std::vector<double>>(bytes.data).push_back(e.bytes / 1e6);
      std::get<std::vector<double>>(rates.data).push_back(length > 0 ? e.bytes / 1e6 / length : 0);
      marks.labels.push_back(stages_[s]);
      busy += length, total += e.bytes;
    }
    bars.x = std::move(along), bars.y = std::move(thread);
    p.note += (p.note.empty() ? "" : "; ") + stages_[s] + " " + text_of("%.3g s", busy) +
              (total > 0 ? ", " + human_bytes(total) : "");
    p.layers.push_back(std::move(bars));
  }
  page::Lines cpu, memory;
  double most = 1;
  for (const Sample& s : samples_) most = std::max(most, s.memory);
  std::vector<double> cx, cy, mx, my;
  for (std::size_t i = 0; i < samples_.size(); ++i) {
    const Sample& s = samples_[i];
    mx.push_back(s.at), my.push_back(-3 + 0.8 * s.memory / most);
    if (i == 0) continue;
    const Sample& before = samples_[i - 1];
    const double busy = (s.cpu - before.cpu) / std::max(1e-9, s.at - before.at);
    cx.push_back((s.at + before.at) / 2), cy.push_back(-1.8 + 0.8 * std::min(1.0, busy / std::max(1, cores)));
  }
  cpu.name = "cores busy";
  cpu.x = std::move(cx), cpu.y = std::move(cy), cpu.width = 1.5;
  memory.name = "memory";
  memory.x = std::move(mx), memory.y = std::move(my), memory.width = 1.5;
  p.layers.push_back(std::move(cpu));
  p.layers.push_back(std::move(memory));
  marks.x = std::move(x), marks.y = std::move(y);
  marks.columns = {seconds, bytes, rates};
  marks.size = 0.3;
  marks.color = picture::Rgb{60, 60, 60};
  marks.from_zoom = 8;
  p.layers.push_back(std::move(marks));
  p.note = "Cores busy: -1.8 none, -1 all " + std::to_string(cores) + "; anonymous memory: -3 none, -2.2 " +
           human_bytes(most) + " of " + human_bytes(double(run.memory_limit)) +
           ". Blank: reading, finding rows, waiting. Seconds of all threads: " + p.note + ". The run took " +
           text_of("%.3g s", run.seconds) + ".";
  p.y.low = -3.2, p.y.high = double(std::max<std::size_t>(1, threads_.size())) - 0.3;
  return p;
}

}  // namespace sluice::fit
