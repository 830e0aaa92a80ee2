#include "host/fit/device_gram.h"

#include <algorithm>
#include <cmath>

#include "host/error.h"

namespace sluice::fit {
namespace {

using i64 = std::int64_t;

constexpr i64 kRunUnit = 16;  // elements that a row of the panel is padded to
constexpr i64 kChunkBytes = i64(8) << 20;
constexpr std::size_t kFewColumns =
    48;  // below, the host's own sums are faster than a matrix product's queue

class Summing : public RowsTaker {
 public:
  Summing(const TallSource& source, Machine& machine, const RunOptions& run, i64 first, i64 rows)
      : p_(i64(source.columns())),
        n_(p_ + (source.y != nullptr ? 1 : 0)),
        ld_((n_ + kRunUnit - 1) / kRunUnit * kRunUnit),
        layout_(source.x->info().fortran ? Layout::kVariables : Layout::kObservations),
        slab_(machine.info().slab),
        rows_(source, machine, run, first, rows, 0,
              {sizes(), 0, [this](i64 chunk) {
                 return panel_bytes(chunk) + 8 * n_ * (4 + 2 * slabs_of(chunk)) + 8 * n_ * n_;
               }}) {
    Budget& device = machine.budgets->device();
    chunk_ = rows_.chunk(), slabs_ = slabs_of(chunk_);
    panel_ = Held(*machine.device, Memory::kDevice, panel_bytes(chunk_), device, "the panel");
    moments_ = Held(*machine.device, Memory::kDevice, n_ * 8 * (4 + 2 * slabs_), device, "the moments");
    sums_ = Held(*machine.device, Memory::kDevice, n_ * n_ * 8, device, "the products");
  }

  Gram all(i64 rows, RunSummary& summary) {
    rows_.run("products", double(n_) * double(n_ + 1) * double(rows), *this, summary);
    const RowTally& tally = rows_.tally();
    Gram gram;
    gram.rows = gram.weight = double(rows);
    if (weighted_) gram.weight = weight_, gram.log_weights = tally.log_weights();
    gram.means.resize(std::size_t(n_));
    gram.products = Square(std::size_t(n_));
    Stream& compute = rows_.compute();
    compute.copy(gram.means.data(), moments(0, 0).mean, n_ * 8);
    compute.copy(gram.products.values.data(), sums_.as<double>(), n_ * n_ * 8);
    compute.finish();
    for (std::size_t i = 0; i < std::size_t(n_); ++i)
      for (std::size_t j = 0; j < i; ++j) gram.products.at(i, j) = gram.products.at(j, i);
    return gram;
  }

  void take_x(const DeviceTile& tile, const double* weights, const std::vector<double>& on_host) override {
    if (weights != nullptr) weigh(on_host);
    centre(tile, weights, 0, p_);
  }
  void take_y(const DeviceTile& tile, const double* weights, const std::vector<double>&) override {
    centre(tile, weights, p_, 1);
  }
  void chunk(i64 at, i64 count) override {
    ProductsArgs args{};
    args.a = args.b = panel_.as<>();
    args.layout_a = args.layout_b = layout_;
    args.a_ld = args.b_ld = panel_ld();
    args.rows = args.columns = n_, args.observations = count;
    args.compute = Compute::kFloat64;
    args.a_moments = args.b_moments = moments(0, 0);
    args.acc = sums_.as<double>(), args.acc_ld = n_;
    args.clear = at == 0, args.symmetric = 1;
    rows_.compute().run(args);
    for (const double sum : slab_weights_) weight_ += sum;
  }

 private:
  /// Of chunks: whole slabs.
  std::vector<i64> sizes() const {
    std::vector<i64> sizes;
    for (i64 slabs = std::max<i64>(1, kChunkBytes / (8 * ld_) / slab_); slabs > 0; --slabs)
      sizes.push_back(slabs * slab_);
    return sizes;
  }
  bool by_variable() const { return layout_ == Layout::kVariables; }
  i64 slabs_of(i64 chunk) const { return (chunk + slab_ - 1) / slab_; }
  i64 panel_bytes(i64 chunk) const { return 8 * (by_variable() ? n_ * chunk : chunk * ld_); }
  i64 panel_ld() const { return by_variable() ? chunk_ : ld_; }
  Moments moments(i64 variable, i64 slab) const {
    double* all = moments_.as<double>() + variable;
    double* between = all + (4 + slab) * n_;
    return {all, all + n_, all + 2 * n_, all + 3 * n_, between, between + slabs_ * n_, n_};
  }
  void weigh(const std::vector<double>& weights) {
    weighted_ = true;
    slab_weights_.assign(std::size_t(slabs_of(i64(weights.size()))), 0.0);
    for (std::size_t i = 0; i < weights.size(); ++i) slab_weights_[i / std::size_t(slab_)] += weights[i];
  }
  void centre(const DeviceTile& tile, const double* weights, i64 variable, i64 variables) {
    CentreArgs args{};
    args.source = tile.data, args.type = tile.type, args.swapped = tile.swapped;
    args.layout = layout_;
    args.variables = variables, args.observations = tile.count;
    args.source_ld = variables > 1 ? tile.stride : by_variable() ? tile.count : 1;
    args.panel = panel_.as<double>() + (by_variable() ? variable * chunk_ : variable);
    args.panel_ld = panel_ld();
    args.compute = Compute::kFloat64;
    args.weights = weights, args.slab_weights = weights != nullptr ? slab_weights_.data() : nullptr;
    args.weight_before = weights != nullptr ? weight_ : double(tile.at);
    args.moments = moments(variable, 0);
    rows_.compute().run(args);
  }

  i64 p_, n_, ld_;
  Layout layout_;  // the file's: of panels too
  i64 slab_, chunk_ = 0, slabs_ = 0;
  bool weighted_ = false;
  double weight_ = 0;                 // of the chunks before
  std::vector<double> slab_weights_;  // of the chunk
  DeviceRows rows_;
  Held panel_, moments_, sums_;
};

void refuse_infinite(const TallSource& source, const Gram& gram, i64 first, i64 rows) {
  const std::size_t n = gram.means.size();
  std::size_t bad = n;
  for (std::size_t j = n; j-- > 0;)
    if (!std::isfinite(gram.means[j]) || !std::isfinite(gram.products.at(j, j))) bad = j;
  if (bad == n) return;
  find_fault(source, first, rows);
  const bool response = bad == source.columns();
  const std::string place = response ? source.y->info().path
                                     : source.x->info().path + ": column " + std::to_string(bad) +
                                           (bad < source.names.size() ? " '" + source.names[bad] + "'" : "");
  throw Error(ErrorKind::kInput, place + ": sums of products are not finite",
              std::string("values beyond 1e150 have no squares: choose another unit") +
                  (response ? "" : ", or QR (fit: --solver qr, svd: --method tsqr)"));
}

}  // namespace

Gram device_gram(const TallSource& source, Machine& machine, const RunOptions& run, RunSummary& summary,
                 std::int64_t first, std::int64_t rows) {
  if (rows == 0) rows = source.rows() - first;
  Gram gram = Summing(source, machine, run, first, rows).all(rows, summary);
  refuse_infinite(source, gram, first, rows);
  return gram;
}

bool wants_device(const RunOptions& run, std::size_t columns, std::uint64_t bytes) {
  if (run.device == "cpu") return columns > kFewColumns;
  if (run.device != "auto") return true;
  return columns > kFewColumns || worth_a_gpu(bytes);
}

}  // namespace sluice::fit
