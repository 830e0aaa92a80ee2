// The operations of the table on this backend. Each enqueues its work on the queue's stream and returns;
// errors are thrown as Failure. The maths is described with the argument structs in kernels/backend.h.
#pragma once
#include "kernels/backend.h"

namespace sluice::cuda {

inline constexpr std::int64_t kSlab = 16384;    // observations of a slab
inline constexpr std::int64_t kSubtile = 4096;  // side of an absolute sub-tile of products

void copy(Queue& queue, void* to, std::int64_t to_stride, const void* from, std::int64_t from_stride,
          std::int64_t width, std::int64_t rows);
void centre(Queue& queue, const CentreArgs& args);
void products(Queue& queue, const ProductsArgs& args);
void finish(Queue& queue, const FinishArgs& args);
void generate(Queue& queue, const GenerateArgs& args);
void summarize(Queue& queue, const SummarizeArgs& args);
void window_reduce(Queue& queue, const WindowReduceArgs& args);
void window_merge(Queue& queue, const WindowMergeArgs& args);
void window_order(Queue& queue, const WindowOrderArgs& args);
void window_products(Queue& queue, const WindowProductsArgs& args);
std::int64_t spectrum_bytes(Context& context, const SpectrumShape& shape);
SpectrumPlan* spectrum_create(Context& context, const SpectrumShape& shape, const double* taper,
                              void* memory);
void spectrum_destroy(SpectrumPlan* plan);
void curve_features(Queue& queue, const CurveFeaturesArgs& args);
void layout_forces(Queue& queue, const LayoutForcesArgs& args);
void layout_iterate(Queue& queue, const LayoutIterateArgs& args);
void columns(Queue& queue, const ColumnsArgs& args);
TriangleShape triangle_shape(Context& context, std::int64_t columns);
void triangle(Queue& queue, const TriangleArgs& args);
void window_spectrum(Queue& queue, const WindowSpectrumArgs& args);

}  // namespace sluice::cuda
