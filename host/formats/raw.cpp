// Raw matrices. A size that does not match means a wrong shape, type or header: computing on it would be
// silent nonsense, so it is an error that shows the numbers.
#include "host/formats/raw.h"

#include "host/error.h"
#include "host/formats/flat.h"

namespace sluice {
namespace {

std::string extents(const OpenOptions& options) {
  return std::to_string(options.rows) + "x" + std::to_string(options.columns);
}

// What would fit the size that was found.
std::string size_advice(const OpenOptions& options, std::uint64_t found, std::uint64_t expected) {
  const std::uint64_t line = std::uint64_t(options.columns) * size_of(options.type);
  const std::string header = "--header-bytes " + std::to_string(options.header_bytes + (found - expected));
  if (found > expected && found - expected < 65536 && (line == 0 || (found - expected) % line != 0))
    return "a header before the data is stepped over by " + header;
  if (found >= options.header_bytes && line > 0 && (found - options.header_bytes) % line == 0)
    return "the size fits --shape " + std::to_string((found - options.header_bytes) / line) + "x" +
           std::to_string(options.columns);
  return "check --shape, --dtype and --header-bytes";
}

void check_options(const std::string& name, const OpenOptions& options) {
  if (!options.has_shape || !options.has_type)
    throw Error(ErrorKind::kUsage,
                name + ": raw data (neither .npy nor HDF5): expected --shape and --dtype, found " +
                    (options.has_shape  ? "no --dtype"
                     : options.has_type ? "no --shape"
                                        : "neither"),
                "for example --shape 1000x200 --dtype float32");
  if (options.rows < 0 || options.columns < 0)
    throw Error(ErrorKind::kUsage,
                name + ": --shape: expected extents of at least 0, found " + extents(options));
}

}  // namespace

std::unique_ptr<MatrixSource> open_raw(sys::File file, const std::string& name, const OpenOptions& options) {
  check_options(name, options);
  std::int64_t elements = 0, bytes = 0, expected = 0;
  if (options.header_bytes > std::uint64_t(INT64_MAX) ||
      __builtin_mul_overflow(options.rows, options.columns, &elements) ||
      __builtin_mul_overflow(elements, std::int64_t(size_of(options.type)), &bytes) ||
      __builtin_add_overflow(bytes, std::int64_t(options.header_bytes), &expected))
    throw Error(ErrorKind::kUsage, name + ": --shape " + extents(options) + " of " + name_of(options.type) +
                                       " overflows: expected less than 2^63 bytes");
  const std::uint64_t found = sys::identity(file).bytes;
  if (found != std::uint64_t(expected))
    throw Error(
        ErrorKind::kInput,
        name + ": wrong size: expected " + std::to_string(expected) + " bytes (" + extents(options) + " " +
            name_of(options.type) +
            (options.header_bytes > 0 ? " after " + std::to_string(options.header_bytes) + " of header"
                                      : "") +
            "), found " + std::to_string(found),
        size_advice(options, found, std::uint64_t(expected)));
  MatrixInfo info;
  info.path = name;
  info.format = "raw";
  info.rows = options.rows;
  info.columns = options.columns;
  info.type = options.type;
  info.swapped = options.swapped && size_of(options.type) > 1;
  info.fortran = options.fortran && info.rows > 1 && info.columns > 1;
  return std::make_unique<FlatSource>(std::move(info), std::move(file), options.header_bytes);
}

}  // namespace sluice
