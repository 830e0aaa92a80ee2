// A tournament of teams: every pair of teams meets once, in rounds in which each team plays once. Matches of
// a round touch different vertices and run at the same time; as every team plays its matches in one order,
// the result does not depend on the threads.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "host/parallel.h"

namespace sluice::layout {

struct Match {
  int a = 0, b = 0;                // teams; a == b: the team within itself
  int before_a = 0, before_b = 0;  // matches that each of them plays before this one
};

/// All matches, round by round; the key names who meets whom when. Each team's own match comes first.
std::vector<Match> tournament(int teams, std::uint64_t key);

/// play(index of the match), each once. A match begins when both teams have played those before.
template <class F>
void play(const std::vector<Match>& matches, int teams, int threads, const F& turn) {
  if (threads <= 1) {
    for (std::size_t i = 0; i < matches.size(); ++i) turn(i);
    return;
  }
  const auto played = std::make_unique<std::atomic<int>[]>(std::size_t(teams));
  // Turns are handed out in order, so what a match waits for is done or under way: any number of threads
  // ends.
  in_parallel(std::size_t(threads), matches.size(), [&](std::size_t i) {
    const Match& match = matches[i];
    const auto wait = [&](int team, int before) {
      for (int spins = 0; played[std::size_t(team)].load(std::memory_order_acquire) < before; ++spins)
        if (spins > 200) std::this_thread::yield();
    };
    wait(match.a, match.before_a);
    wait(match.b, match.before_b);
    // Counts a turn that throws, too: others wait for it.
    struct Count {
      std::atomic<int>&a, &b;
      ~Count() {
        a.fetch_add(1, std::memory_order_release);
        if (&a != &b) b.fetch_add(1, std::memory_order_release);
      }
    } const count{played[std::size_t(match.a)], played[std::size_t(match.b)]};
    turn(i);
  });
}

}  // namespace sluice::layout
