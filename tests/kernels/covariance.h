// The covariance through a table as an engine would compute it: panels of variables, chunks of observations.
// Tests vary the plan, the layout and the types, and compare what comes out.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "session.h"

namespace sluice::test {

/// A matrix of variables x observations: its numbers, and the bytes of a file that holds them.
struct Problem {
  std::int64_t variables = 0, observations = 0;
  DType type = DType::kFloat32;
  bool swapped = false;
  Layout layout = Layout::kVariables;
  std::int64_t padding = 0;  // elements between the end of a run and the next
  std::vector<double> weights;
  std::vector<double> values;  // variable by variable, as the type holds them
  std::vector<char> bytes;

  double& at(std::int64_t v, std::int64_t k) { return values[std::size_t(v * observations + k)]; }
  double at(std::int64_t v, std::int64_t k) const { return values[std::size_t(v * observations + k)]; }
  std::int64_t run() const { return layout == Layout::kVariables ? observations : variables; }
  std::int64_t ld() const { return run() + padding; }
  std::int64_t index(std::int64_t v, std::int64_t k) const {
    return layout == Layout::kVariables ? v * ld() + k : k * ld() + v;
  }

  template <class T>
  void put(double& value, std::int64_t at) {
    const T x = T(value);
    value = double(x);
    char element[sizeof(T)];
    std::memcpy(element, &x, sizeof x);
    if (swapped) std::reverse(element, element + sizeof x);
    std::memcpy(bytes.data() + at * std::int64_t(sizeof x), element, sizeof x);
  }

  /// Writes `bytes` from `values`, which become what the type holds.
  void encode() {
    const std::int64_t runs = layout == Layout::kVariables ? variables : observations;
    bytes.assign(std::size_t(runs * ld()) * size_of(type), char(0x5a));
    for (std::int64_t v = 0; v < variables; ++v) {
      for (std::int64_t k = 0; k < observations; ++k) {
        double& x = at(v, k);
        const std::int64_t i = index(v, k);
        switch (type) {
          case DType::kFloat32:
            put<float>(x, i);
            break;
          case DType::kFloat64:
            put<double>(x, i);
            break;
          case DType::kInt8:
            put<std::int8_t>(x, i);
            break;
          case DType::kUInt8:
            put<std::uint8_t>(x, i);
            break;
          case DType::kInt16:
            put<std::int16_t>(x, i);
            break;
          case DType::kUInt16:
            put<std::uint16_t>(x, i);
            break;
          case DType::kInt32:
            put<std::int32_t>(x, i);
            break;
          case DType::kUInt32:
            put<std::uint32_t>(x, i);
            break;
          case DType::kInt64:
            put<std::int64_t>(x, i);
            break;
          case DType::kUInt64:
            put<std::uint64_t>(x, i);
            break;
          case DType::kBool:
            put<std::uint8_t>(x = x != 0, i);
            break;
        }
      }
    }
  }
};

inline Problem problem(std::int64_t variables, std::int64_t observations, double offset = 0, double scale = 1,
                       unsigned seed = 1) {
  Problem p;
  p.variables = variables;
  p.observations = observations;
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> uniform(-1, 1);
  p.values.resize(std::size_t(variables * observations));
  double shared = 0;
  for (double& x : p.values) {
    const double own = uniform(random);
    x = offset + scale * (own + 0.5 * shared);  // neighbours are correlated
    shared = own;
  }
  return p;
}

struct Plan {
  std::int64_t panel = 0, chunk = 0;  // variables, observations; 0: all
};

struct Moment {
  std::vector<double> origin, offset, mean, m2;
};

struct Result {
  Moment moments;
  std::vector<double> acc;  // variables x variables; the upper triangle is what counts
  std::vector<double> out;  // finished, as doubles
  std::vector<double> transposed;
  Largest largest{};
  std::vector<char> panel;  // the last chunk's panels, one after the other
};

/// A panel on the device, with its moments.
struct PanelOnDevice {
  PanelOnDevice(Session& s, std::int64_t first_variable, std::int64_t count, std::int64_t chunk,
                Compute compute)
      : first(first_variable),
        variables(count),
        slabs((chunk + s.table().info.slab - 1) / s.table().info.slab),
        data(s, count * chunk * size_of(compute)),
        origin(s, count),
        offset(s, count),
        mean(s, count),
        m2(s, count),
        between(s, slabs * count),
        within(s, slabs * count) {}
  Moments moments() const {
    return Moments{origin.data(),  offset.data(), mean.data(), m2.data(),
                   between.data(), within.data(), variables};
  }
  std::int64_t first, variables, slabs;
  Array<char> data;
  Array<double> origin, offset, mean, m2, between, within;
};

class Engine {
 public:
  Engine(Session& session, const Problem& problem, Compute compute, Plan plan)
      : s_(session), p_(problem), compute_(compute), plan_(plan), slab_(session.table().info.slab) {
    if (plan_.panel == 0) plan_.panel = std::max<std::int64_t>(p_.variables, 1);
    if (plan_.chunk == 0) plan_.chunk = std::max<std::int64_t>(p_.observations, 1);
    for (std::int64_t v = 0; v < p_.variables; v += plan_.panel) {
      panels_.push_back(std::make_unique<PanelOnDevice>(s_, v, std::min(plan_.panel, p_.variables - v),
                                                        plan_.chunk, compute_));
    }
  }

  Result run(double ddof, bool correlation) {
    Array<double> acc(s_, p_.variables * p_.variables);
    for (std::int64_t first = 0; first < p_.observations; first += plan_.chunk) {
      centre(first, std::min(plan_.chunk, p_.observations - first));
      products(first, std::min(plan_.chunk, p_.observations - first), acc.data());
    }
    Result result;
    gather(result);
    result.acc = acc.download();
    if (compute_ == Compute::kFloat64) {
      finish<double>(acc.data(), ddof, correlation, DType::kFloat64, result);
    } else {
      finish<float>(acc.data(), ddof, correlation, DType::kFloat32, result);
    }
    return result;
  }

 private:
  void centre(std::int64_t first, std::int64_t count) {
    const std::int64_t element = std::int64_t(size_of(p_.type));
    Array<double> weights(s_, std::max<std::int64_t>(count, 1));
    std::vector<double> sums;
    for (std::int64_t k = 0; k < count && !p_.weights.empty(); k += slab_) {
      const auto from = p_.weights.begin() + first + k;
      double sum = 0;
      for (auto w = from; w != from + std::min(slab_, count - k); ++w) sum += *w;
      sums.push_back(sum);
    }
    if (!sums.empty()) s_.copy(weights.data(), p_.weights.data() + first, count * 8);
    for (const auto& panel : panels_) {
      const bool rows = p_.layout == Layout::kVariables;
      const std::int64_t run = rows ? count : panel->variables, runs = rows ? panel->variables : count;
      const char* from = p_.bytes.data() + p_.index(panel->first, first) * element;
      Array<char> tile(s_, run * runs * element);
      s_.copy(tile.data(), run * element, from, p_.ld() * element, run * element, runs);
      s_.run(CentreArgs{tile.data(), p_.type, p_.swapped, p_.layout, panel->variables, count, run,
                        panel->data.data(), run, compute_, sums.empty() ? nullptr : weights.data(),
                        sums.empty() ? nullptr : sums.data(), before_, panel->moments()});
      s_.finish();
    }
    for (std::int64_t k = 0; k < count; k += slab_) {
      before_ += sums.empty() ? double(std::min(slab_, count - k)) : sums[std::size_t(k / slab_)];
    }
  }

  void products(std::int64_t first, std::int64_t count, double* acc) {
    for (const auto& a : panels_) {
      for (const auto& b : panels_) {
        if (b->first < a->first) continue;
        const bool rows = p_.layout == Layout::kVariables;
        s_.run(ProductsArgs{a->data.data(), b->data.data(), p_.layout, p_.layout, rows ? count : a->variables,
                            rows ? count : b->variables, a->variables, b->variables, count, compute_,
                            a->moments(), b->moments(), acc + a->first * p_.variables + b->first,
                            p_.variables, first == 0, 1, a->first - b->first});
      }
    }
    s_.finish();
  }

  void gather(Result& result) {
    for (const auto& panel : panels_) {
      const auto bytes = panel->data.download();
      append(panel->origin, result.moments.origin);
      append(panel->offset, result.moments.offset);
      append(panel->mean, result.moments.mean);
      append(panel->m2, result.moments.m2);
      result.panel.insert(result.panel.end(), bytes.begin(), bytes.end());
    }
  }

  static void append(const Array<double>& from, std::vector<double>& to) {
    const auto values = from.download();
    to.insert(to.end(), values.begin(), values.end());
  }

  template <class T>
  void finish(const double* acc, double ddof, bool correlation, DType type, Result& result) {
    const std::int64_t n = p_.variables;
    Array<double> m2(s_, result.moments.m2);
    Array<T> out(s_, n * n), transposed(s_, n * n);
    Array<Largest> largest(s_, 1);
    s_.run(FinishArgs{acc, n, n, n, before_ - ddof, m2.data(), m2.data(), correlation, 1, 0, type, out.data(),
                      transposed.data(), largest.data()});
    for (const T x : out.download()) result.out.push_back(double(x));
    for (const T x : transposed.download()) result.transposed.push_back(double(x));
    result.largest = largest.download()[0];
  }

  Session& s_;
  const Problem& p_;
  Compute compute_;
  Plan plan_;
  std::int64_t slab_;
  std::vector<std::unique_ptr<PanelOnDevice>> panels_;
  double before_ = 0;
};

inline Result covariance(Session& session, const Problem& problem, Compute compute, Plan plan = {},
                         double ddof = 1, bool correlation = false) {
  return Engine(session, problem, compute, plan).run(ddof, correlation);
}

}  // namespace sluice::test
