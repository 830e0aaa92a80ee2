// One small tile of the sums of products by the serial backend, straight through its table: the check's
// oracle.
#include <algorithm>

#include "host/cov/verify.h"

namespace sluice::cov_detail {
namespace {

using i64 = std::int64_t;

struct Half {
  Half(const Device& device, const Side& side, i64 variables, i64 chunk, i64 slab)
      : side(side),
        variables(variables),
        slabs((chunk + slab - 1) / slab),
        panel(device, Memory::kDevice, variables * chunk * 8),
        moments(device, Memory::kDevice, variables * 8 * (4 + 2 * slabs)) {}
  Moments view() const {
    double* m = moments.as<double>();
    return {m,
            m + variables,
            m + 2 * variables,
            m + 3 * variables,
            m + 4 * variables,
            m + (4 + slabs) * variables,
            variables};
  }
  i64 ld(i64 observations) const { return side.layout() == Layout::kVariables ? observations : variables; }
  void load(Stream& stream, i64 first, i64 k, i64 n, Compute compute, const double* weights,
            const double* slab_weights, double before) {
    const MatrixInfo& info = side.source->info();
    const i64 run = side.layout() == Layout::kVariables ? n : variables;
    raw.resize(std::size_t(variables * n) * size_of(info.type));
    side.source->read(side.rect(first, variables, k, n), raw.data(), run * i64(size_of(info.type)));
    CentreArgs a{};
    a.source = raw.data(), a.type = info.type, a.swapped = info.swapped, a.layout = side.layout();
    a.variables = variables, a.observations = n, a.source_ld = run;
    a.panel = panel.as<>(), a.panel_ld = ld(n), a.compute = compute;
    a.weights = weights, a.slab_weights = slab_weights, a.weight_before = before, a.moments = view();
    stream.run(a);
  }
  const Side& side;
  i64 variables, slabs;
  Buffer panel, moments;
  std::vector<std::byte> raw;
};

}  // namespace

void serial_tile(const Problem& p, const Device& device, i64 row, i64 rows, i64 column, i64 columns,
                 i64 chunk, std::vector<double>& sums, std::vector<double>& m2_rows,
                 std::vector<double>& m2_columns) {
  const i64 slab = device.info().slab;
  chunk = std::min(chunk, p.observations);
  Stream stream(device);
  Half a(device, p.rows, rows, chunk, slab), b(device, p.columns, columns, chunk, slab);
  sums.assign(std::size_t(rows * columns), 0.0);
  std::vector<double> weights, slab_weights;
  double before = 0;
  const Compute compute = p.compute == Compute::kTf32 ? Compute::kFloat32 : p.compute;
  for (i64 k = 0; k < p.observations; k += chunk) {
    const i64 n = std::min(chunk, p.observations - k);
    double weight = double(n);
    if (p.weights) {
      weights.resize(std::size_t(n));
      p.weights->read(k, n, weights.data());
      slab_weights.assign(std::size_t((n + slab - 1) / slab), 0.0);
      weight = 0;
      for (i64 i = 0; i < n; ++i)
        slab_weights[std::size_t(i / slab)] += weights[std::size_t(i)], weight += weights[std::size_t(i)];
    }
    const double* w = p.weights ? weights.data() : nullptr;
    const double* sw = p.weights ? slab_weights.data() : nullptr;
    a.load(stream, row, k, n, compute, w, sw, before);
    b.load(stream, column, k, n, compute, w, sw, before);
    ProductsArgs args{};
    args.a = a.panel.as<>(), args.b = b.panel.as<>();
    args.layout_a = a.side.layout(), args.layout_b = b.side.layout();
    args.a_ld = a.ld(n), args.b_ld = b.ld(n);
    args.rows = rows, args.columns = columns, args.observations = n, args.compute = compute;
    args.a_moments = a.view(), args.b_moments = b.view();
    args.acc = sums.data(), args.acc_ld = columns, args.clear = k == 0;
    stream.run(args);
    before += weight;
  }
  stream.finish();
  m2_rows.assign(a.view().m2, a.view().m2 + rows);
  m2_columns.assign(b.view().m2, b.view().m2 + columns);
}

}  // namespace sluice::cov_detail
