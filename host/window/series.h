// A series in one file, or in several that continue each other: a folder or a pattern stands for its files in
// natural order (part2 before part10), and windows cross the borders between them.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "host/matrix.h"

namespace sluice::window_detail {

/// The files that a name stands for: itself where it names a file or dataset, the files of a folder (hidden
/// ones, pictures and what sluice leaves beside results left out), or those that match a pattern with *, ? or
/// [. Error{kInput}: none.
std::vector<std::string> files_of(const std::string& input);

/// Opens files as one matrix of the input's name, joined along the samples. Error{kInput}: files of other
/// channels, types or orders than the first, or what open_matrix() refuses.
std::unique_ptr<MatrixSource> open_series(const std::string& input, const std::vector<std::string>& files,
                                          const OpenOptions& options, bool channels_are_rows);

}  // namespace sluice::window_detail
