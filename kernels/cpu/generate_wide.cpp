// generate for processors with AVX-512. Everything that it includes lies in a namespace of its own, so that
// no inline function compiled here can end up in code for other processors.
#undef SLUICE_BACKEND
#define SLUICE_BACKEND wide_code
#include "kernels/cpu/generate_wide.h"

#include "kernels/cpu/philox_lanes.h"

namespace sluice::SLUICE_BACKEND {
namespace {

struct Team {
  int threads;
};

template <class F>
void for_each_index(const Team& team, std::int64_t n, const F& f) {
#pragma omp parallel for schedule(static) num_threads(team.threads)
  for (std::int64_t i = 0; i < n; ++i) f(i);
}

}  // namespace
}  // namespace sluice::SLUICE_BACKEND

// The operation needs for_each_index before it.
#include "kernels/generate.inl"

namespace sluice::wide {

void generate(const GenerateArgs& args, int threads) {
  SLUICE_BACKEND::generate<64, SLUICE_BACKEND::VectorPhilox>(SLUICE_BACKEND::Team{threads}, args);
}

}  // namespace sluice::wide
