#include "host/window/order.h"

namespace sluice::window_detail {
namespace {

using i64 = std::int64_t;

std::vector<int> datasets_of(const Problem& p) {
  std::vector<int> datasets;
  for (const Ordered& o : p.ordered) datasets.push_back(o.dataset);
  return datasets;
}

class Order : public WholeOperation {
 public:
  Order(const Problem& p, int threads) : WholeOperation(datasets_of(p)), p_(p), threads_(threads) {}

  i64 scratch_bytes(i64 windows, i64 channels) const override {
    return window_order_scratch(p_.grid, windows, channels, threads_);
  }

  void enqueue(const WholeTile& t, Stream& compute) override {
    WindowOrderArgs args{};
    args.samples = t.samples, args.grid = p_.grid, args.padded_size = p_.asked_size;
    args.first = t.first, args.windows = t.windows, args.rules = p_.rules;
    args.scratch = t.scratch, args.scratch_bytes = scratch_bytes(t.windows, t.channels);
    for (const Ordered& o : p_.ordered) {
      args.output[args.outputs] = {o.what, o.parameter, p_.datasets[std::size_t(o.dataset)].type,
                                   t.out[args.outputs]};
      ++args.outputs;
    }
    compute.run(args);
  }

 private:
  const Problem& p_;
  i64 threads_;
};

class Products : public WholeOperation {
 public:
  Products(const Problem& p, const Paired& paired, int threads)
      : WholeOperation({paired.dataset}), p_(p), paired_(paired), threads_(threads) {}

  i64 scratch_bytes(i64 windows, i64 channels) const override {
    return window_products_scratch(p_.grid, windows, channels, threads_);
  }
  i64 least_channels() const override { return p_.channels; }

  void enqueue(const WholeTile& t, Stream& compute) override {
    WindowProductsArgs args{};
    args.samples = t.samples, args.grid = p_.grid, args.padded_size = p_.asked_size;
    args.first = t.first, args.windows = t.windows;
    args.ddof = p_.rules.ddof, args.correlation = paired_.correlation ? 1 : 0;
    args.scratch = t.scratch, args.scratch_bytes = scratch_bytes(t.windows, t.channels);
    args.type = p_.datasets[std::size_t(paired_.dataset)].type, args.out = t.out[0];
    compute.run(args);
  }

 private:
  const Problem& p_;
  Paired paired_;
  i64 threads_;
};

}  // namespace

std::unique_ptr<WholeOperation> order_operation(const Problem& p, const Machine& m) {
  return std::make_unique<Order>(p, m.threads);
}

std::unique_ptr<WholeOperation> products_operation(const Problem& p, const Machine& m, const Paired& paired) {
  return std::make_unique<Products>(p, paired, m.threads);
}

}  // namespace sluice::window_detail
