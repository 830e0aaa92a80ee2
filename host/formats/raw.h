// Raw data: the user says shape and type, and the file must have exactly the size that follows.
#pragma once
#include <memory>
#include <string>

#include "host/matrix.h"

namespace sluice {

/// Error{kUsage} without shape or type; Error{kInput} where the size of the file is another.
std::unique_ptr<MatrixSource> open_raw(sys::File file, const std::string& name, const OpenOptions& options);

}  // namespace sluice
