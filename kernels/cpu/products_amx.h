// products on a processor's matrix unit (amx.h).
#pragma once
#include "kernels/backend.h"

namespace sluice::SLUICE_BACKEND {

class Workers;

/// True where these products are computed here and not by OpenBLAS.
bool amx_takes(const ProductsArgs&);

void run_products_amx(Workers&, const ProductsArgs&);

}  // namespace sluice::SLUICE_BACKEND
