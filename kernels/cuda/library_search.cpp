// Folders that hold CUDA's mathematics libraries: environment, loader, toolkit, Python packages.
#include "kernels/cuda/library_search.h"

#include <glob.h>

#include <cstdlib>
#include <sstream>

namespace sluice::cuda {
namespace {

void add_matches(std::vector<std::string>& folders, const std::string& pattern) {
  glob_t found{};
  if (glob(pattern.c_str(), GLOB_ONLYDIR, nullptr, &found) == 0)
    for (std::size_t i = 0; i < found.gl_pathc; ++i) folders.emplace_back(found.gl_pathv[i]);
  globfree(&found);
}

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> folders;
  std::istringstream rest(list);
  for (std::string folder; std::getline(rest, folder, ':');)
    if (!folder.empty()) folders.push_back(folder);
  return folders;
}

}  // namespace

std::vector<std::string> library_folders() {
  const char* given = std::getenv("SLUICE_CUDA_LIB");
  if (given != nullptr)
    if (const std::vector<std::string> own = split(given); !own.empty()) return own;
  std::vector<std::string> folders{""};
  for (const char* pattern : {"/usr/local/cuda/lib64", "/usr/local/cuda/targets/x86_64-linux/lib",
                              "/usr/local/cuda-*/lib64", "/usr/local/cuda-*/targets/x86_64-linux/lib"})
    add_matches(folders, pattern);
  std::vector<std::string> roots;
  for (const char* name : {"VIRTUAL_ENV", "CONDA_PREFIX"})
    if (const char* prefix = std::getenv(name)) {
      roots.push_back(std::string(prefix) + "/lib/python3*/site-packages");
      roots.push_back(std::string(prefix) + "/lib");  // conda keeps them beside its own libraries
    }
  if (const char* home = std::getenv("HOME"))
    roots.push_back(std::string(home) + "/.local/lib/python3*/site-packages");
  for (const char* root : {"/usr/local/lib/python3*/site-packages", "/usr/local/lib/python3*/dist-packages",
                           "/usr/lib/python3*/dist-packages", "/usr/lib/python3*/site-packages"})
    roots.emplace_back(root);
  for (const std::string& root : roots) {
    add_matches(folders, root + "/nvidia/*/lib");
    if (root.find("python3") == std::string::npos) add_matches(folders, root);
  }
  return folders;
}

}  // namespace sluice::cuda
