// Penalty, multipliers and active set of a least distance.
#include "host/layout/constraints.h"

#include <algorithm>
#include <cstring>

#include "host/error.h"

namespace sluice::layout {
namespace {

constexpr double kReach = 1.5;  // of the active set, in m
// What of g a multiplier grows by at once, in m^2: a start in which all is too close would wind it up.
constexpr double kMostStep = 0.1;
constexpr std::int64_t kPeriod = 20;
constexpr double kCalm = 1e-3;

[[noreturn]] void damaged() {
  throw Error(ErrorKind::kUsage, "state of a descent: its close pairs are damaged");
}

}  // namespace

Constraints::Constraints(const graph::Graph& graph, const BaseOptions& options, Budget& budget)
    : m_(options.min_distance), budget_(budget) {
  double pull = 0;
  for (const double w : graph.weights) pull += w;
  if (graph.weights.empty()) pull = double(graph.neighbours.size());
  pull *= options.attraction / std::max(1, int(graph.vertices()));
  // A penalty some times as stiff as what pulls vertices together; the multipliers do the rest.
  rho_ = 10 * (1 + options.centering + pull) / (m_ * m_);
}

void Constraints::prepare(BaseDevice& device) {
  // Until then pairs outside of the active set cannot have come as close as m.
  const bool anew = pairs_.offsets.empty() || 2 * moved_ > (kReach - 1) * m_;
  const bool due = since_ >= kPeriod;
  if (!anew && !due && placed_) return;
  if (anew || due) {
    const graph::Positions p = device.positions();
    if (due) {
      const double change = update_multipliers(p, m_, rho_, kMostStep * m_ * m_, pairs_);
      calm_ = change <= kCalm * rho_ * m_ * m_ ? calm_ + 1 : 0, since_ = 0;
    }
    if (anew) {
      pairs_ = find_close(p, kReach * m_, pairs_, budget_), moved_ = 0;
      hold();
    }
  }
  device.set_close(pairs_, rho_);
  placed_ = true;
}

std::string Constraints::save() const {
  std::string out;
  const auto put = [&](const void* from, std::size_t size) {
    if (size > 0) out.append(static_cast<const char*>(from), size);
  };
  const std::int64_t sizes[] = {std::int64_t(pairs_.offsets.size()), std::int64_t(pairs_.neighbours.size()),
                                since_, calm_};
  put(sizes, sizeof sizes), put(&moved_, sizeof moved_);
  put(pairs_.offsets.data(), pairs_.offsets.size() * 8);
  put(pairs_.neighbours.data(), pairs_.neighbours.size() * 4);
  put(pairs_.multipliers.data(), pairs_.multipliers.size() * 8);
  return out;
}

void Constraints::restore(std::string_view from, std::int64_t vertices) {
  std::int64_t sizes[4];
  const auto take = [&](void* to, std::size_t size) {
    if (from.size() < size) damaged();
    if (size > 0) std::memcpy(to, from.data(), size);
    from.remove_prefix(size);
  };
  take(sizes, sizeof sizes), take(&moved_, sizeof moved_);
  if ((sizes[0] != 0 && sizes[0] != vertices + 1) || sizes[1] < 0 ||
      std::uint64_t(sizes[1]) > from.size() / 12)
    damaged();
  pairs_.offsets.resize(std::size_t(sizes[0])), pairs_.neighbours.resize(std::size_t(sizes[1]));
  pairs_.multipliers.resize(std::size_t(sizes[1])), since_ = sizes[2], calm_ = sizes[3];
  take(pairs_.offsets.data(), pairs_.offsets.size() * 8);
  take(pairs_.neighbours.data(), pairs_.neighbours.size() * 4);
  take(pairs_.multipliers.data(), pairs_.multipliers.size() * 8);
  for (std::size_t v = 0; v < pairs_.offsets.size(); ++v)
    if (pairs_.offsets[v] < (v == 0 ? 0 : pairs_.offsets[v - 1]) || pairs_.offsets[v] > sizes[1]) damaged();
  for (const std::int32_t j : pairs_.neighbours)
    if (j < 0 || j >= vertices) damaged();
  hold();
}

void Constraints::hold() {
  held_ = {};
  if (!pairs_.offsets.empty())
    held_ = Share(budget_, close_pairs_bytes(pairs_.offsets.size() - 1, pairs_.neighbours.size()),
                  "pairs of close vertices");
}

}  // namespace sluice::layout
