// A matrix whose elements lie dense in one file: .npy, raw, contiguous HDF5. The pager maps or reads the file
// itself; read() serves everyone else.
#pragma once
#include <cstdint>
#include <utility>
#include <vector>

#include "host/matrix.h"

namespace sluice {

class FlatSource : public MatrixSource {
 public:
  FlatSource(MatrixInfo info, sys::File file, std::uint64_t data_offset);
  std::vector<sys::Identity> identities() const override { return {sys::identity(file_)}; }
  bool flat() const override { return true; }
  const sys::File& file() const override { return file_; }
  std::uint64_t data_offset() const override { return data_offset_; }
  void read(const Rect& rect, void* to, std::int64_t stride) const override;

 private:
  sys::File file_;
  std::uint64_t data_offset_;
};

/// Throws std::out_of_range where the rectangle leaves the matrix: a caller's mistake, not the file's.
void check_rect(const MatrixInfo& info, const Rect& rect);

}  // namespace sluice
