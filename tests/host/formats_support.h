// What the tests of files share: a folder of their own, whole files as text, and the error of a call.
#pragma once
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "host/error.h"
#include "host/matrix.h"

namespace sluice::formats_test {

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "sluice_formats_XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  std::size_t files() const {
    return std::size_t(std::distance(std::filesystem::directory_iterator(path_), {}));
  }

 private:
  std::string path_;
};

inline std::string put(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary);
  file << bytes;
  EXPECT_TRUE(file.flush().good()) << path;
  return path;
}

inline std::string get(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Caught {
  bool thrown = false;
  ErrorKind kind = ErrorKind::kCheck;
  std::string what, advice;
};

template <class F>
Caught caught(F call) {
  try {
    call();
  } catch (const Error& error) {
    return {true, error.kind(), error.what(), error.advice()};
  }
  return {};
}

/// All elements of a matrix through read(), in the element order of the file.
template <class T>
std::vector<T> all(const MatrixSource& source) {
  const MatrixInfo& info = source.info();
  std::vector<T> values(std::size_t(info.rows * info.columns));
  const std::int64_t line = info.fortran ? info.rows : info.columns;
  source.read({0, 0, info.rows, info.columns}, values.data(), line * std::int64_t(sizeof(T)));
  return values;
}

}  // namespace sluice::formats_test
