// Which files an input stands for, and what they say of themselves.
#pragma once
#include <string>
#include <vector>

#include "host/window.h"

namespace sluice::window_detail {

/// files_of() the input without the output, and of a folder without earlier results of `window`; a note says
/// what was left out. Error{kInput}: nothing is left.
std::vector<std::string> input_files(const WindowOptions& options, std::vector<std::string>& notes);

/// The samples a second that a file's provenance says (as `generate series` writes it: the HDF5 attribute
/// sluice_rate, or "rate" in FILE.meta.json); 0: nothing.
double rate_of_file(const std::string& file);

}  // namespace sluice::window_detail
