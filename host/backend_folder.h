// Where a backend's library lies: other libraries of an installation lie beside it.
#pragma once
#include <string>

namespace sluice {

/// The folder of libsluice_<name>.so; empty where it is not installed.
std::string folder_of_backend(const std::string& name);

}  // namespace sluice
