// Buffers of the base objective on a device, and its calls.
#include "host/layout/base_device.h"

#include <algorithm>
#include <cstring>

#include "host/error.h"

namespace sluice::layout {
namespace {

template <class T>
void spread(const graph::Positions& p, void* to) {
  const std::int64_t n = p.vertices();
  for (std::int64_t v = 0; v < n; ++v)
    for (int k = 0; k < p.dimensions; ++k) static_cast<T*>(to)[k * n + v] = T(p.of(v)[k]);
}

template <class T>
void gather(const void* from, graph::Positions& p) {
  const std::int64_t n = p.vertices();
  for (std::int64_t v = 0; v < n; ++v)
    for (int k = 0; k < p.dimensions; ++k) p.of(v)[k] = double(static_cast<const T*>(from)[k * n + v]);
}

/// Where in each row the first neighbour above the row's own vertex stands.
std::vector<std::int64_t> upper_of(const graph::Graph& g) {
  std::vector<std::int64_t> upper(std::size_t(g.vertices()));
  for (graph::Vertex v = 0; v < g.vertices(); ++v) {
    const auto row = g.of(v);
    upper[std::size_t(v)] =
        g.offsets[std::size_t(v)] + (std::upper_bound(row.begin(), row.end(), v) - row.begin());
  }
  return upper;
}

/// What a state begins with.
struct Head {
  char magic[16];
  std::int64_t vertices, edges, made;
  std::int32_t dims, type, optimizer, distance;
};
constexpr char kMagic[16] = "sluice base  1\n";

}  // namespace

template <class T>
const T* BaseDevice::place(const std::vector<T>& values, Held& held, const char* what) {
  if (values.empty() || machine_.shared()) return values.data();
  const std::int64_t bytes = std::int64_t(values.size() * sizeof(T));
  held = Held(*machine_.device, Memory::kDevice, bytes, machine_.budgets->device(), what);
  stream_.copy(held.as<>(), values.data(), bytes);
  stream_.finish();
  return held.as<T>();
}

BaseDevice::BaseDevice(Machine& machine, const graph::Graph& graph, const BaseOptions& options, DType type,
                       int dimensions, const std::vector<graph::Vertex>& pinned)
    : machine_(machine),
      options_(options),
      directed_(std::int64_t(graph.neighbours.size())),
      upper_(upper_of(graph)),
      pins_(pinned.empty() ? 0 : std::size_t(graph.vertices())),
      history_(std::size_t(kHistory * kLayoutParts)),
      stream_(*machine.device) {
  for (const graph::Vertex v : pinned) pins_[std::size_t(v)] = 1;
  LayoutForcesArgs& a = args_;
  a.vertices = a.rows = a.ld = graph.vertices(), a.dims = dimensions, a.type = type;
  a.distance = options.distance, a.eps = options.eps;
  a.attraction = options.attraction, a.repulsion = options.repulsion, a.centering = options.centering;
  a.min_square = options.min_distance * options.min_distance;
  a.neighbours = place(graph.neighbours, neighbours_, "the graph");
  if (graph.neighbours.empty()) a.neighbours = nullptr;
  a.offsets = place(graph.offsets, offsets_, "the graph"), a.upper = place(upper_, upper_at_, "the graph");
  a.weights = graph.weights.empty() ? nullptr : place(graph.weights, weights_, "the graph's weights");
  const auto hold = [&](std::int64_t bytes, const char* what) {
    return Held(*machine.device, Memory::kDevice, bytes, machine.budgets->device(), what);
  };
  a.scratch_bytes = layout_scratch(a.vertices, a.dims, type);
  scratch_ = hold(a.scratch_bytes, "sums of forces"), gradient_ = hold(bytes(), "the gradient");
  moving_.positions = hold(bytes(), "positions");
  a.scratch = scratch_.as<>(), a.gradient = gradient_.as<>(), a.positions = moving_.positions.as<>();
  numbers_ = hold(8 * (kHistory * kLayoutParts + 1 + kLayoutParts), "losses");
  a.loss = numbers_.as<double>() + kHistory * kLayoutParts + 1;
  LayoutStepArgs& s = step_;
  s.optimizer = options.optimizer, s.rate = options.rate, s.beta1 = options.beta1, s.beta2 = options.beta2;
  s.epsilon = options.adam_epsilon, s.clip = base_clip(options);
  s.fixed = pins_.empty() ? nullptr : place(pins_, fixed_, "pinned vertices");
  s.made = reinterpret_cast<std::int64_t*>(numbers_.as<double>() + kHistory * kLayoutParts);
  const std::vector<char> zeros(static_cast<std::size_t>(bytes()));
  const auto moment = [&](Held& held) {
    held = hold(bytes(), "moments of the gradient");
    stream_.copy(held.as<>(), zeros.data(), bytes());
    return held.as<>();
  };
  if (s.optimizer != Optimizer::kSgd) s.first_moment = moment(moving_.first_moment);
  if (s.optimizer == Optimizer::kAdam) s.second_moment = moment(moving_.second_moment);
  stream_.copy(s.made, &made_, 8);
  stream_.finish();
}

void BaseDevice::set_positions(const graph::Positions& positions) {
  std::vector<char> flat(static_cast<std::size_t>(bytes()));
  args_.type == DType::kFloat32 ? spread<float>(positions, flat.data())
                                : spread<double>(positions, flat.data());
  stream_.copy(moving_.positions.as<>(), flat.data(), bytes());
  stream_.finish();
}

graph::Positions BaseDevice::positions() {
  std::vector<char> flat(static_cast<std::size_t>(bytes()));
  stream_.copy(flat.data(), moving_.positions.as<>(), bytes());
  stream_.finish();
  graph::Positions p{args_.dims, std::vector<double>(std::size_t(args_.vertices * args_.dims))};
  args_.type == DType::kFloat32 ? gather<float>(flat.data(), p) : gather<double>(flat.data(), p);
  return p;
}

void BaseDevice::set_close(const ClosePairs& pairs, double rho) {
  close_ = {};  // gone before the new ones come
  close_ = pairs;
  args_.rho = rho;
  args_.close_offsets = place(close_.offsets, close_offsets_, "close pairs");
  args_.close_neighbours = place(close_.neighbours, close_neighbours_, "close pairs");
  args_.multipliers = place(close_.multipliers, multipliers_, "close pairs");
  if (close_.neighbours.empty()) args_.close_offsets = nullptr;
}

void BaseDevice::iterate(std::int64_t count) {
  LayoutIterateArgs a{};
  a.forces = args_, a.forces.loss = nullptr, a.positions = moving_.positions.as<>(), a.step = step_;
  a.iterations = count, a.history = numbers_.as<double>(), a.history_rows = kHistory;
  stream_.run(a);
  stream_.copy(history_.data(), a.history, 8 * kHistory * kLayoutParts);
  stream_.finish();
  made_ += count;
}

Loss BaseDevice::loss_of(const double* parts) const {
  Loss loss;
  loss.parts = {{"attraction", parts[kLayoutAttraction]},
                {"repulsion", parts[kLayoutRepulsion]},
                {"centering", parts[kLayoutCentering]}};
  if (options_.min_distance > 0) loss.parts.emplace_back("barrier", parts[kLayoutBarrier]);
  for (const auto& [name, value] : loss.parts) loss.total += value;
  return loss;
}

Loss BaseDevice::loss() {
  double parts[kLayoutParts];
  stream_.run(args_);
  stream_.copy(parts, args_.loss, sizeof parts);
  stream_.finish();
  return loss_of(parts);
}

std::vector<double> BaseDevice::gradient(std::int64_t first, std::int64_t count) {
  LayoutForcesArgs a = args_;
  a.first = first, a.rows = count, a.loss = nullptr;
  stream_.run(a);
  const std::int64_t size = std::int64_t(size_of(a.type)), width = count * size;
  std::vector<char> flat(static_cast<std::size_t>(width * a.dims));
  stream_.copy(flat.data(), width, static_cast<const char*>(a.gradient) + first * size, a.ld * size, width,
               a.dims);
  stream_.finish();
  graph::Positions p{a.dims, std::vector<double>(std::size_t(count * a.dims))};
  a.type == DType::kFloat32 ? gather<float>(flat.data(), p) : gather<double>(flat.data(), p);
  return p.at;
}

std::array<double, kLayoutParts> BaseDevice::parts(std::int64_t first, std::int64_t count) {
  LayoutForcesArgs a = args_;
  a.first = first, a.rows = count;
  std::array<double, kLayoutParts> parts;
  stream_.run(a);
  stream_.copy(parts.data(), a.loss, sizeof parts);
  stream_.finish();
  return parts;
}

std::string BaseDevice::save() {
  Head head{};
  std::memcpy(head.magic, kMagic, sizeof kMagic);
  head.vertices = args_.vertices, head.made = made_, head.dims = args_.dims, head.type = int(args_.type);
  head.edges = directed_;
  head.optimizer = int(step_.optimizer), head.distance = int(args_.distance);
  std::string out(reinterpret_cast<const char*>(&head), sizeof head);
  for (void* const array : {moving_.positions.as<>(), step_.first_moment, step_.second_moment}) {
    if (!array) continue;
    const std::size_t at = out.size();
    out.resize(at + std::size_t(bytes()));
    stream_.copy(out.data() + at, array, bytes());
    stream_.finish();
  }
  return out;
}

std::string_view BaseDevice::restore(std::string_view from) {
  Head head{};
  std::string_view left = from;
  const auto take = [&](void* to, std::size_t size) {
    if (left.size() < size) throw Error(ErrorKind::kUsage, "state of a descent: it ends early");
    std::memcpy(to, left.data(), size);
    left.remove_prefix(size);
  };
  take(&head, sizeof head);
  if (std::memcmp(head.magic, kMagic, sizeof kMagic) != 0 || head.vertices != args_.vertices ||
      head.edges != directed_ || head.dims != args_.dims || head.type != int(args_.type) ||
      head.optimizer != int(step_.optimizer) || head.distance != int(args_.distance) || head.made < 0)
    throw Error(ErrorKind::kUsage, "state of a descent: it is of another graph or of other options");
  std::vector<char> array(static_cast<std::size_t>(bytes()));
  for (void* const to : {moving_.positions.as<>(), step_.first_moment, step_.second_moment}) {
    if (!to) continue;
    take(array.data(), array.size());
    stream_.copy(to, array.data(), bytes());
    stream_.finish();
  }
  made_ = head.made;
  stream_.copy(step_.made, &made_, 8);
  stream_.finish();
  return left;
}

}  // namespace sluice::layout
