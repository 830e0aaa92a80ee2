// Features as an HDF5 file: a dataset objId and one a column, each a value an object.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "host/formats/output.h"
#include "host/lc/features.h"

namespace sluice::lc {

/// block(first, rows): (rows, columns + 1) values of these objects, the first of a row the bits of its objId.
/// Written to `working`, without times, so that the same features give the same bytes. Error{kOutput}.
void write_feature_hdf5(const std::string& path, const std::string& working,
                        const std::vector<FeatureColumnName>& columns, std::int64_t objects,
                        const Provenance& provenance,
                        const std::function<const std::vector<double>&(std::int64_t, std::int64_t)>& block);

}  // namespace sluice::lc
