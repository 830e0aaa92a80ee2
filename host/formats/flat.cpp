// Positioned reads of a dense matrix; whole lines that follow each other become one read.
#include "host/formats/flat.h"

#include <stdexcept>

namespace sluice {

void check_rect(const MatrixInfo& info, const Rect& rect) {
  if (rect.row < 0 || rect.column < 0 || rect.rows < 0 || rect.columns < 0 ||
      rect.row > info.rows - rect.rows || rect.column > info.columns - rect.columns)
    throw std::out_of_range(info.path + ": a tile outside of the matrix was asked for");
}

FlatSource::FlatSource(MatrixInfo info, sys::File file, std::uint64_t data_offset)
    : file_(std::move(file)), data_offset_(data_offset) {
  info_ = std::move(info);
}

void FlatSource::read(const Rect& rect, void* to, std::int64_t stride) const {
  check_rect(info_, rect);
  // A line is what is contiguous in the file: a row, or a column in Fortran order.
  const bool fortran = info_.fortran;
  const auto element = static_cast<std::int64_t>(size_of(info_.type));
  const std::int64_t length = fortran ? info_.rows : info_.columns;
  const std::int64_t first = fortran ? rect.column : rect.row, count = fortran ? rect.columns : rect.rows;
  const std::int64_t begin = fortran ? rect.row : rect.column;
  const std::int64_t wanted = (fortran ? rect.rows : rect.columns) * element;
  if (wanted == 0 || count == 0) return;
  const auto offset = [&](std::int64_t line) {
    return data_offset_ +
           static_cast<std::uint64_t>(line * length + begin) * static_cast<std::uint64_t>(element);
  };
  if (wanted == length * element && stride == wanted) {
    sys::read_at(file_, to, static_cast<std::size_t>(wanted * count), offset(first));
    return;
  }
  for (std::int64_t i = 0; i < count; ++i)
    sys::read_at(file_, static_cast<char*>(to) + i * stride, static_cast<std::size_t>(wanted),
                 offset(first + i));
}

}  // namespace sluice
