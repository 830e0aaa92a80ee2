// Creation properties of a dataset. Filters that need a plug-in are refused by name.
#include "host/formats/hdf5_pipeline.h"

#include <algorithm>

#include "host/error.h"

namespace sluice {
namespace {

struct RawFilter {
  H5Z_filter_t id = 0;
  std::vector<unsigned> values;
  std::string name;
};

std::vector<RawFilter> filters_of(hid_t creation) {
  std::vector<RawFilter> filters;
  const int count = H5Pget_nfilters(creation);
  for (int i = 0; i < count; ++i) {
    RawFilter filter;
    unsigned values[32] = {}, flags = 0, config = 0;
    std::size_t number = 32;
    char name[64] = {};
    filter.id = H5Pget_filter2(creation, static_cast<unsigned>(i), &flags, &number, values, sizeof name - 1,
                               name, &config);
    filter.values.assign(values, values + std::min<std::size_t>(number, 32));
    filter.name = name;
    filters.push_back(std::move(filter));
  }
  return filters;
}

std::string name_of_filter(const RawFilter& filter) {
  switch (filter.id) {
    case H5Z_FILTER_SZIP:
      return "szip";
    case H5Z_FILTER_NBIT:
      return "nbit";
    case H5Z_FILTER_SCALEOFFSET:
      return "scaleoffset";
    case 305:
      return "lzo";
    case 307:
      return "bzip2";
    case 32000:
      return "lzf";
    case 32001:
      return "blosc";
    case 32004:
      return "lz4";
    case 32008:
      return "bitshuffle";
    case 32013:
      return "zfp";
    case 32015:
      return "zstd";
    case 32026:
      return "blosc2";
    default:
      return filter.name.empty() ? "of an unregistered kind" : filter.name;
  }
}

Filter known_filter(const RawFilter& filter, const MatrixInfo& info) {
  switch (filter.id) {
    case H5Z_FILTER_DEFLATE:
      return {FilterKind::kDeflate};
    case H5Z_FILTER_FLETCHER32:
      return {FilterKind::kFletcher32};
    case H5Z_FILTER_SHUFFLE:
      return {FilterKind::kShuffle, filter.values.empty() || filter.values[0] == 0
                                        ? size_of(info.type)
                                        : std::size_t(filter.values[0])};
    default:
      throw Error(ErrorKind::kInput,
                  info.path + ": its filter is not read: expected deflate, shuffle or fletcher32, found " +
                      name_of_filter(filter) + " (number " + std::to_string(filter.id) + ")",
                  "decode it with the tools that wrote it, for example: h5repack -f GZIP=4 in.h5 out.h5");
  }
}

}  // namespace

Hdf5ChunkSource::Encoding encoding_of(hid_t creation, hid_t dataset, const MatrixInfo& info) {
  Hdf5ChunkSource::Encoding encoding;
  for (const RawFilter& filter : filters_of(creation)) encoding.filters.push_back(known_filter(filter, info));
  const Hdf5Id type(H5Dget_type(dataset));
  H5D_fill_value_t state = H5D_FILL_VALUE_UNDEFINED;
  if (H5Pfill_value_defined(creation, &state) >= 0 && state != H5D_FILL_VALUE_UNDEFINED)
    H5Pget_fill_value(creation, type, encoding.fill.data());
  if (H5Pget_layout(creation) == H5D_CHUNKED) {
    unsigned options = 0;
    encoding.partial_chunks_unfiltered =
        H5Pget_chunk_opts(creation, &options) >= 0 && (options & H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS) != 0;
  }
  return encoding;
}

std::string describe_chunks(hid_t creation, const Hdf5Storage::Grid& grid) {
  std::string text = "chunks ";
  if (grid.rank == 2) text.append(std::to_string(grid.chunk_rows)).append(" x ");
  text += std::to_string(grid.chunk_columns);
  for (const RawFilter& filter : filters_of(creation)) {
    if (filter.id == H5Z_FILTER_DEFLATE) text += ", deflate";
    if (filter.id == H5Z_FILTER_DEFLATE && !filter.values.empty())
      text.append(" ").append(std::to_string(filter.values[0]));
    if (filter.id == H5Z_FILTER_SHUFFLE) text += ", shuffle";
    if (filter.id == H5Z_FILTER_FLETCHER32) text += ", fletcher32";
  }
  return text;
}

}  // namespace sluice
