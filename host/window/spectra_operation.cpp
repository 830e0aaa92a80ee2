// Spectra as an operation of the pass over whole windows: a plan of the backend's is made in the operation's
// scratch before the first tile.
#include <cmath>

#include "host/window/problem.h"
#include "host/window/spectra.h"
#include "host/window/whole.h"

namespace sluice::window_detail {
namespace {

using i64 = std::int64_t;

std::vector<int> datasets_of(const Problem& p) {
  std::vector<int> datasets;
  for (const Spectra::Output& o : p.spectra->outputs) datasets.push_back(o.dataset);
  return datasets;
}

class Spectrum : public WholeOperation {
 public:
  Spectrum(const Problem& p, const Machine& m)
      : WholeOperation(datasets_of(p)), p_(p), bytes_(SpectrumOwner::bytes(*m.device, p.spectra->shape)) {
    double sum = 0, squares = 0;
    for (const double w : p.spectra->taper_values) sum += w, squares += w * w;
    density_ = 1 / (p.spectra->rate * squares);
    scale_ = p.spectra->density ? density_ : 1 / (sum * sum);
  }

  i64 scratch_bytes(i64, i64) const override { return bytes_; }

  void enqueue(const WholeTile& t, Stream& compute) override {
    const Spectra& s = *p_.spectra;
    if (plan_ == nullptr)
      plan_ = std::make_unique<SpectrumOwner>(compute.device(), s.shape, s.taper_values.data(), t.scratch);
    WindowSpectrumArgs args{};
    args.samples = t.samples, args.grid = p_.grid, args.plan = plan_->get();
    args.first = t.first, args.windows = t.windows, args.two_sided = s.two_sided ? 1 : 0;
    args.frequency_step = s.rate / double(s.shape.nfft);
    args.power = scale_, args.amplitude = std::sqrt(scale_), args.band = density_ * args.frequency_step;
    for (const SpectrumBand& band : s.bands) args.of_band[args.bands++] = band;
    for (const Spectra::Output& o : s.outputs) {
      args.output[args.outputs] = {o.kind, p_.datasets[std::size_t(o.dataset)].type, t.out[args.outputs]};
      ++args.outputs;
    }
    compute.run(args);
  }

 private:
  const Problem& p_;
  i64 bytes_;
  double density_, scale_;
  std::unique_ptr<SpectrumOwner> plan_;  // goes after the pass, whose queue has finished
};

}  // namespace

std::unique_ptr<WholeOperation> spectrum_operation(const Problem& p, const Machine& m) {
  return std::make_unique<Spectrum>(p, m);
}

}  // namespace sluice::window_detail
