// Bytes: a mark, identity, iterations, numbers of coordinates, first steps, the coordinates as float32.
#include "host/layout/stress_state.h"

#include <bit>
#include <cstring>

#include "host/error.h"
#include "host/layout/hash.h"

namespace sluice::layout {
namespace {

constexpr std::uint64_t kMark = 0x3273736572747331u;  // "1stress2"

struct Head {
  std::uint64_t mark, identity;
  std::int64_t done, numbers;
};

template <class T>
std::uint64_t hash_of(const std::vector<T>& values, std::uint64_t hash) {
  for (const T& value : values) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof value);
    hash = scatter(hash ^ bits);
  }
  return scatter(hash, values.size());
}

}  // namespace

std::uint64_t stress_identity(const graph::Graph& graph, const StressOptions& options,
                              const std::vector<PiecePlan>& plans, const Descent& descent) {
  std::uint64_t hash = hash_of(graph.offsets, kMark);
  hash = hash_of(graph.neighbours, hash);
  if (options.lengths) hash = hash_of(graph.weights, hash);
  hash = hash_of(descent.start.at, hash);
  hash = hash_of(descent.pinned, hash);
  for (const std::uint64_t part :
       {descent.seed, std::uint64_t(descent.iterations), std::uint64_t(descent.given),
        std::uint64_t(descent.start.dimensions), std::uint64_t(options.pivots),
        std::uint64_t(options.lengths), std::bit_cast<std::uint64_t>(options.eps)})
    hash = scatter(hash, part);
  for (const PiecePlan& plan : plans) hash = scatter(hash, std::uint64_t(plan.pivots));
  return hash;
}

std::string store_stress_state(std::int64_t done, std::uint64_t identity, const std::vector<Part*>& parts,
                               const std::vector<double>& firsts) {
  Head head{kMark, identity, done, 0};
  for (const Part* part : parts) head.numbers += part->raw_count();
  const std::size_t steps = firsts.size() * sizeof(double);
  std::string bytes(sizeof head + steps + std::size_t(head.numbers) * sizeof(float), '\0');
  std::memcpy(bytes.data(), &head, sizeof head);
  if (steps > 0) std::memcpy(bytes.data() + sizeof head, firsts.data(), steps);
  std::vector<float> numbers;
  std::size_t at = sizeof head + steps;
  for (const Part* part : parts) {
    numbers.resize(std::size_t(part->raw_count()));
    part->raw(numbers.data());
    std::memcpy(bytes.data() + at, numbers.data(), numbers.size() * sizeof(float));
    at += numbers.size() * sizeof(float);
  }
  return bytes;
}

std::int64_t load_stress_state(const std::string& state, std::uint64_t identity,
                               const std::vector<Part*>& parts, std::vector<double>& firsts) {
  const std::size_t steps = parts.size() * sizeof(double);
  std::int64_t count = 0;
  for (const Part* part : parts) count += part->raw_count();
  Head head{};
  if (state.size() >= sizeof head) std::memcpy(&head, state.data(), sizeof head);
  if (head.mark != kMark || head.identity != identity || head.numbers != count || head.done < 0 ||
      state.size() != sizeof head + steps + std::size_t(count) * sizeof(float))
    throw Error(ErrorKind::kUsage, "stress: the state is of another run: graph, start or options differ",
                "run it without --resume");
  firsts.resize(parts.size());
  if (steps > 0) std::memcpy(firsts.data(), state.data() + sizeof head, steps);
  std::vector<float> numbers;
  std::size_t at = sizeof head + steps;
  for (Part* part : parts) {
    numbers.resize(std::size_t(part->raw_count()));
    std::memcpy(numbers.data(), state.data() + at, numbers.size() * sizeof(float));
    part->set_raw(numbers.data());
    at += numbers.size() * sizeof(float);
  }
  return head.done;
}

}  // namespace sluice::layout
