// generate of the serial backend: the shared code, one counter at a time in a plain loop.
#include "kernels/serial/workers.h"

namespace sluice::SLUICE_BACKEND {

struct PlainLoop {};

template <class F>
void for_each_index(PlainLoop, std::int64_t n, const F& f) {
  for (std::int64_t i = 0; i < n; ++i) f(i);
}

}  // namespace sluice::SLUICE_BACKEND

// The operation needs for_each_index before it.
#include "kernels/generate.inl"

namespace sluice::SLUICE_BACKEND {

void run_generate(Workers&, const GenerateArgs& args) {
  generate<1>(PlainLoop{}, args);
}

}  // namespace sluice::SLUICE_BACKEND
