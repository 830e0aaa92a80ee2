// Rounds by the circle method: one team stays, the others go round.
#include "host/layout/tournament.h"

#include <utility>

#include "host/layout/hash.h"

namespace sluice::layout {

std::vector<Match> tournament(int teams, std::uint64_t key) {
  const std::vector<int> label = shuffled(teams, key);
  std::vector<int> played(static_cast<std::size_t>(teams));
  std::vector<Match> matches;
  matches.reserve(std::size_t(teams) * std::size_t(teams + 1) / 2);
  const auto add = [&](int a, int b) {
    if (a > b) std::swap(a, b);
    matches.push_back({a, b, played[std::size_t(a)], played[std::size_t(b)]});
    ++played[std::size_t(a)];
    if (b != a) ++played[std::size_t(b)];
  };
  for (int team = 0; team < teams; ++team) add(team, team);
  const int seats = teams + teams % 2, round_trip = seats - 1;
  // Rounds one after the other as the circle turns would pull a team by neighbours in turn: layouts of dense
  // graphs were 3 % worse for it. So the rounds are shuffled too.
  for (const int round : shuffled(round_trip, scatter(key, 1)))
    for (int i = 0; i < seats / 2; ++i) {
      const int x = i == 0 ? seats - 1 : (round + i) % round_trip;
      const int y = (round + round_trip - i) % round_trip;
      if (x < teams && y < teams) add(label[std::size_t(x)], label[std::size_t(y)]);
    }
  return matches;
}

}  // namespace sluice::layout
