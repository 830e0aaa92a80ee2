// The stand-in device: work comes late but in order, waits hold it back, and a wait that is left out shows.
#include <cmath>
#include <thread>

#include "session.h"

namespace sluice::test {
namespace {

/// Owners for a second queue and for events.
struct Extra {
  explicit Extra(Session& session) : s(session) {
    must(s.table().queue_create(s.context(), &queue, &status), status);
  }
  ~Extra() {
    s.table().queue_destroy(queue);
    for (Event* event : events) s.table().event_destroy(event);
  }
  Event* event() {
    Event* made = nullptr;
    must(s.table().event_create(s.context(), &made, &status), status);
    events.push_back(made);
    return made;
  }
  void record(Event* event, Queue* on) { must(s.table().event_record(event, on, &status), status); }
  void wait(Queue* on, Event* event) { must(s.table().queue_wait(on, event, &status), status); }
  void finish(Event* event) { must(s.table().event_finish(event, &status), status); }
  void copy(Queue* on, void* to, const void* from, std::int64_t bytes) {
    must(s.table().copy(on, to, bytes, from, bytes, bytes, 1, &status), status);
  }
  Session& s;
  Status status{};
  Queue* queue = nullptr;
  std::vector<Event*> events;
};

class Queues : public OnEachBackend {};
SLUICE_ON_EACH_BACKEND(Queues);

constexpr std::int64_t kRounds = 12, kSize = 1000;

/// A pager in small: one pinned buffer and one device buffer, filled again and again; one queue brings
/// numbers in, the other takes them out. Three waits a round. Counts the rounds whose numbers arrived.
std::int64_t arrived(const Backend& table, std::uint64_t seed, std::int64_t skip_wait) {
  Session s(table, 1, seed, skip_wait);
  auto* pinned = static_cast<double*>(s.allocate(kSize * 8, Memory::kPinned));
  auto* device = static_cast<double*>(s.allocate(kSize * 8));
  std::vector<std::vector<double>> out(kRounds, std::vector<double>(kSize, -1));
  std::int64_t right = 0;
  {
    Extra extra(s);
    Event *filled = extra.event(), *drained = extra.event();
    for (std::int64_t round = 0; round < kRounds; ++round) {
      extra.finish(filled);  // the pinned buffer has been read; before the first round nothing was recorded
      std::fill_n(pinned, kSize, double(round));
      extra.wait(s.queue(), drained);
      extra.copy(s.queue(), device, pinned, kSize * 8);
      extra.record(filled, s.queue());
      extra.wait(extra.queue, filled);
      extra.copy(extra.queue, out[std::size_t(round)].data(), device, kSize * 8);
      extra.record(drained, extra.queue);
    }
    must(table.queue_finish(extra.queue, &extra.status), extra.status);
    s.finish();
    for (std::int64_t round = 0; round < kRounds; ++round) {
      right += out[std::size_t(round)] == std::vector<double>(kSize, double(round));
    }
  }
  s.release(device);
  s.release(pinned, Memory::kPinned);
  return right;
}

TEST_P(Queues, WaitsKeepTheOrder) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) EXPECT_EQ(arrived(table(), seed, 0), kRounds) << seed;
}

#if defined(__SANITIZE_THREAD__)
#define SLUICE_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SLUICE_THREAD_SANITIZER 1
#endif
#endif

TEST(Late, AWaitLeftOutIsSeen) {
#ifdef SLUICE_THREAD_SANITIZER
  GTEST_SKIP() << "the early reuse is a race by intent";
#endif
  const Backend* late = table_of("late");
  ASSERT_NE(late, nullptr);
  // Each round waits three times: host, then queue on drained, then queue on filled. Every kind of wait
  // matters.
  for (const std::int64_t wait : {3 * 5 + 1, 3 * 5 + 2, 3 * 5 + 3}) {
    std::int64_t broken = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) broken += arrived(*late, seed, wait) != kRounds;
    EXPECT_GT(broken, 0) << "wait " << wait;
  }
}

TEST(Late, UnfilledMemoryIsNaN) {
  const Backend* late = table_of("late");
  ASSERT_NE(late, nullptr);
  Session s(*late);
  for (const Memory kind : {Memory::kDevice, Memory::kPinned}) {
    auto* block = static_cast<double*>(s.allocate(800, kind));
    for (int i = 0; i < 100; ++i) EXPECT_TRUE(std::isnan(block[i]));
    std::fill_n(block, 100, 1.0);
    std::vector<double> out(100, 0);
    s.release(block, kind);
    s.copy(out.data(), block, 800);  // too late: the block was given back
    s.finish();
    for (const double x : out) EXPECT_TRUE(std::isnan(x));
  }
}

TEST(Late, WorkComesLater) {
  // A source that changes before the queue is finished is read after the change, in some of many tries.
  const Backend* late = table_of("late");
  ASSERT_NE(late, nullptr);
#ifdef SLUICE_THREAD_SANITIZER
  GTEST_SKIP() << "the early reuse is a race by intent";
#endif
  int changed = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Session s(*late, 1, seed);
    const Array<double> to(s, 1);
    double from = 1;
    s.copy(to.data(), &from, 8);
    from = 2;
    s.finish();
    changed += to.download()[0] == 2;
  }
  EXPECT_GT(changed, 0);
}

TEST(Late, ErrorsOfWorkAreKept) {
  const Backend* late = table_of("late");
  ASSERT_NE(late, nullptr);
  Session s(*late);
  Extra extra(s);
  const Array<float> panel(s, 16);
  const Array<double> moments(s, 16), acc(s, 16);
  double* d = moments.data();
  const Moments m{d, d, d, d, d, d, 4};
  // The offset is not at a sub-tile border; that is found when the work runs.
  s.run(ProductsArgs{panel.data(), panel.data(), Layout::kVariables, Layout::kVariables, 4, 4, 4, 4, 4,
                     Compute::kFloat32, m, m, acc.data(), 4, 1, 1, 3});
  Event* event = extra.event();
  extra.record(event, s.queue());
  Status status{};
  EXPECT_EQ(late->event_finish(event, &status), kBadArgument);
  EXPECT_NE(std::string(status.text).find("row_offset"), std::string::npos) << status.text;
  EXPECT_EQ(late->queue_finish(s.queue(), &status), kBadArgument);
}

TEST_P(Queues, ARecordHoldsItsPoint) {
  // Work pushed after the record is not waited for; a second record moves the event.
  Session s(table());
  Extra extra(s);
  const Array<double> device(s, kSize);
  std::vector<double> ones(kSize, 1), out(kSize, 0);
  Event* event = extra.event();
  s.copy(device.data(), ones.data(), kSize * 8);
  extra.record(event, s.queue());
  extra.finish(event);
  s.copy(out.data(), device.data(), kSize * 8);
  extra.record(event, s.queue());
  extra.finish(event);
  EXPECT_EQ(out, ones);
  s.finish();
}

}  // namespace
}  // namespace sluice::test
