#include "host/window/files.h"

#include <algorithm>

#include "host/error.h"
#include "host/formats/hdf5_library.h"
#include "host/formats/hdf5_types.h"
#include "host/units.h"
#include "host/window/materialize.h"

namespace sluice::window_detail {
namespace {

using i64 = std::int64_t;

[[noreturn]] void fail(const std::string& path, const std::string& what) {
  throw Error(ErrorKind::kOutput, path + ": " + what + ": " + hdf5_problem());
}

void put_number(hid_t object, const std::string& path, const std::string& key, hid_t type,
                const void* value) {
  const Hdf5Id space(H5Screate(H5S_SCALAR));
  const Hdf5Id attribute(H5Acreate2(object, key.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT));
  if (!attribute.valid() || H5Awrite(attribute, type, value) < 0)
    fail(path, "the attribute " + key + " cannot be written");
}

/// What statistics and windows themselves have in common.
void put_ways(hid_t root, const Problem& p) {
  const std::string& path = p.options.output;
  put_hdf5_text(root, path, "partial",
                p.grid.partial == Partial::kDrop   ? "drop"
                : p.grid.partial == Partial::kKeep ? "keep"
                                                   : "pad");
  put_number(root, path, "scale", H5T_NATIVE_DOUBLE, &p.options.scale);
  put_number(root, path, "scale_offset", H5T_NATIVE_DOUBLE, &p.options.scale_offset);
}

void put_options(hid_t root, const Problem& p) {
  const std::string& path = p.options.output;
  const auto integer = [&](const char* key, i64 value) {
    put_number(root, path, key, H5T_NATIVE_INT64, &value);
  };
  const auto real = [&](const char* key, double value) {
    put_number(root, path, key, H5T_NATIVE_DOUBLE, &value);
  };
  if (p.timed()) {
    real("size_seconds", p.times->seconds(p.times->size));
    real("step_seconds", p.times->seconds(p.times->step));
    real("origin", p.times->seconds(p.times->origin));
  } else {
    integer("size", p.asked_size);
    integer("step", p.grid.step);
  }
  integer("samples", p.samples);
  if (p.options.rate > 0) real("rate", p.options.rate);
  if (!p.names.empty()) {
    std::string names;
    for (const std::string& name : p.names) names += (names.empty() ? "" : ",") + name;
    put_hdf5_text(root, path, "channels", names);
  }
  if (p.options.materialize) return put_ways(root, p);
  integer("ddof", p.rules.ddof);
  put_hdf5_text(root, path, "nan", p.rules.omit_nan ? "omit" : "propagate");
  if (p.rules.omit_nan) integer("min_count", p.rules.min_count);
  put_ways(root, p);
  if (p.spectra)
    for (const auto& [key, value] : describe(*p.spectra)) put_hdf5_text(root, path, key, value);
  put_hdf5_text(root, path, "slope_unit", p.has_time() ? "per second" : "per sample");
}

/// Real and imaginary part as h5py has them.
Hdf5Id complex_type(hid_t part) {
  const std::size_t bytes = H5Tget_size(part);
  Hdf5Id type(H5Tcreate(H5T_COMPOUND, 2 * bytes));
  if (H5Tinsert(type, "r", 0, part) < 0 || H5Tinsert(type, "i", bytes, part) < 0)
    throw Error(ErrorKind::kOutput, "the type of complex numbers cannot be made: " + hdf5_problem());
  return type;
}

Hdf5Id create_dataset(hid_t file, const std::string& path, const std::string& name, hid_t type,
                      const std::vector<hsize_t>& extents) {
  const Hdf5Id creation(H5Pcreate(H5P_DATASET_CREATE));
  H5Pset_layout(creation, H5D_CONTIGUOUS);
  H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY);
  H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER);
  H5Pset_obj_track_times(creation, false);
  const Hdf5Id space(H5Screate_simple(int(extents.size()), extents.data(), nullptr));
  Hdf5Id dataset(H5Dcreate2(file, name.c_str(), type, space, H5P_DEFAULT, creation, H5P_DEFAULT));
  if (!dataset.valid()) fail(path, "the dataset " + name + " cannot be created");
  return dataset;
}

/// Writes `count` values in pieces, so that no array of all windows is held.
template <class T, class F>
void fill(hid_t dataset, const std::string& path, hid_t type, i64 count, const F& value) {
  std::vector<T> piece(std::size_t(std::min<i64>(count, 65536)));
  for (i64 first = 0; first < count; first += i64(piece.size())) {
    const hsize_t at = hsize_t(first), n = std::min(hsize_t(piece.size()), hsize_t(count - first));
    for (hsize_t i = 0; i < n; ++i) piece[i] = value(first + i64(i));
    const Hdf5Id place(H5Dget_space(dataset)), memory(H5Screate_simple(1, &n, nullptr));
    H5Sselect_hyperslab(place, H5S_SELECT_SET, &at, nullptr, &n, nullptr);
    if (H5Dwrite(dataset, type, memory, place, H5P_DEFAULT, piece.data()) < 0)
      fail(path, "it cannot be written");
  }
}

/// bands: (bands, 2), each from its first frequency up to the second.
void put_bands(hid_t dataset, const Problem& p) {
  std::vector<double> ends;
  for (const auto& [low, high] : p.options.spectrum.bands) ends.push_back(low), ends.push_back(high);
  const hsize_t extents[2] = {ends.size() / 2, 2};
  const Hdf5Id space(H5Screate_simple(2, extents, nullptr));
  const Hdf5Id attribute(H5Acreate2(dataset, "bands", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, H5P_DEFAULT));
  if (!attribute.valid() || H5Awrite(attribute, H5T_NATIVE_DOUBLE, ends.data()) < 0)
    fail(p.options.output, "the attribute bands cannot be written");
}

std::uint64_t make_file(const Problem& p, const std::string& working, const Provenance& provenance) {
  const Hdf5Lock lock;
  const std::string& path = p.options.output;
  const Hdf5Id access(H5Pcreate(H5P_FILE_ACCESS)), creation(H5Pcreate(H5P_FILE_CREATE));
#if H5_VERSION_GE(1, 10, 7)
  H5Pset_file_locking(access, false, true);
#endif
  H5Pset_alignment(access, 4097, 4096);  // large pieces only
  H5Pset_obj_track_times(creation, false);
  H5Pset_attr_creation_order(creation, H5P_CRT_ORDER_TRACKED);
  Hdf5Id file(H5Fcreate(working.c_str(), H5F_ACC_TRUNC, creation, access));
  if (!file.valid()) fail(path, "the HDF5 file cannot be created");
  Hdf5Id root(H5Oopen(file, "/", H5P_DEFAULT));
  put_options(root, p);
  for (const auto& [key, value] : provenance) put_hdf5_text(root, path, "sluice_" + key, value);
  const i64 windows = p.grid.windows();
  const hsize_t count = hsize_t(windows), channels = hsize_t(p.channels);
  const auto closed = [&](Hdf5Id& id) {
    if (id.close() < 0) fail(path, "it cannot be written");
  };
  for (const Dataset& d : p.datasets) {
    const hid_t part = hdf5_type_of(d.type);
    const Hdf5Id pair = d.complex ? complex_type(part) : Hdf5Id();
    std::vector<hsize_t> extents = {count, channels};
    const i64 values = d.complex ? d.values / 2 : d.values;
    if (values != 1 || d.cube) extents.push_back(hsize_t(values));
    Hdf5Id dataset = create_dataset(file, path, d.name, d.complex ? hid_t(pair) : part, extents);
    if (d.name == "band_power") put_bands(dataset, p);
    closed(dataset);
  }
  if (p.options.materialize) {
    Hdf5Id dataset = create_dataset(file, path, "windows", hdf5_type_of(p.window_type),
                                    {count, hsize_t(p.asked_size), channels});
    closed(dataset);
  }
  Hdf5Id start = create_dataset(file, path, "start", hdf5_type_of(DType::kInt64), {count});
  // Where times cut the windows, their starts are known when they are.
  if (!p.timed()) fill<i64>(start, path, H5T_NATIVE_INT64, windows, [&](i64 k) { return p.grid.start(k); });
  closed(start);
  if (p.spectra) {
    Hdf5Id frequency = create_dataset(file, path, "frequency", hdf5_type_of(DType::kFloat64),
                                      {hsize_t(p.spectra->frequencies())});
    put_hdf5_text(frequency, path, "unit", p.options.rate > 0 ? "Hz" : "cycles per sample");
    fill<double>(frequency, path, H5T_NATIVE_DOUBLE, p.spectra->frequencies(),
                 [&](i64 k) { return p.spectra->frequency(k); });
    closed(frequency);
  }
  if (p.has_time()) {
    Hdf5Id time = create_dataset(file, path, "time", hdf5_type_of(DType::kFloat64), {count});
    const bool iso = p.times && p.times->iso;
    put_hdf5_text(time, path, "unit",
                  !iso             ? "s"
                  : p.times->zoned ? "s since 1970-01-01T00:00:00Z"
                                   : "s since 1970-01-01T00:00:00");
    fill<double>(time, path, H5T_NATIVE_DOUBLE, windows, [&](i64 k) { return p.time(k); });
    closed(time);
  }
  closed(root);
  if (H5Fflush(file, H5F_SCOPE_GLOBAL) < 0 || file.close() < 0) fail(path, "the HDF5 file cannot be written");
  return 0;
}

}  // namespace

OutputSpec output_spec(const Problem& p) {
  const bool whole = p.options.materialize;
  OutputSpec spec = parse_output(p.options.output, whole ? "windows" : p.datasets[0].name);
  spec.rows = p.grid.windows();
  if (whole) {
    spec.columns = window_elements(p), spec.type = p.window_type;
    spec.shape = {spec.rows, p.asked_size, p.channels};
  } else {
    const Dataset& only = p.datasets[0];
    spec.columns = p.channels * only.values, spec.type = only.type, spec.complex = only.complex;
    if (only.cube) spec.shape = {spec.rows, p.channels, only.complex ? only.values / 2 : only.values};
  }
  if (p.output != OutputKind::kHdf5) return spec;
  i64 bytes = p.has_time() ? 16 : 8;
  if (whole && __builtin_add_overflow(bytes, spec.columns * i64(size_of(spec.type)), &bytes))
    throw Error(ErrorKind::kUsage, spec.path + ": windows overflow: expected less than 2^63 bytes");
  for (const Dataset& d : p.datasets) bytes += i64(size_of(d.type)) * p.channels * d.values;
  spec.columns = bytes, spec.type = DType::kUInt8;
  spec.make = [&p](const std::string& working, const Provenance& provenance) {
    return make_file(p, working, provenance);
  };
  return spec;
}

std::uint64_t dataset_offset(const std::string& working, const std::string& name) {
  const Hdf5Lock lock;
  const Hdf5Id file = open_hdf5_file(working, working);
  const Hdf5Id dataset(H5Dopen2(file, name.c_str(), H5P_DEFAULT));
  const haddr_t at = dataset.valid() ? H5Dget_offset(dataset) : HADDR_UNDEF;
  if (at == HADDR_UNDEF) fail(working, "the dataset " + name + " has no place");
  return at;
}

std::vector<std::uint64_t> dataset_offsets(const Problem& p, const std::string& working) {
  if (p.output != OutputKind::kHdf5) return {0};
  std::vector<std::uint64_t> offsets;
  for (const Dataset& d : p.datasets) offsets.push_back(dataset_offset(working, d.name));
  return offsets;
}

std::vector<std::string> open_hints(const Problem& p) {
  std::vector<std::string> hints;
  if (p.output == OutputKind::kCsv) return {"pd.read_csv('" + p.options.output + "')"};
  OutputSpec spec = output_spec(p);
  if (p.output != OutputKind::kHdf5) return {open_hint(spec)};
  for (const Dataset& d : p.datasets) {
    spec.dataset = d.name;
    hints.push_back(open_hint(spec));
  }
  if (p.options.materialize) spec.dataset = "windows", hints.push_back(open_hint(spec));
  return hints;
}

CsvFile::CsvFile(const Problem& p, const RunOptions& run) : problem_(&p) {
  const std::string& path = p.options.output;
  if (run.resume)
    throw Error(ErrorKind::kUsage, "--resume: lines of text are written in one go",
                "give an output that ends with .h5, or no --resume");
  for (const std::string& there : {path, path + ".partial"})
    if (!run.force && sys::exists(there))
      throw Error(ErrorKind::kOutput, there + ": exists already", "give --force to replace it");
  const auto add = [&](const std::string& name, csv::Type type) {
    csv::Column column;
    column.name = name, column.type = type, column.index = int(schema_.columns.size());
    schema_.columns.push_back(column);
  };
  add("window", csv::Type::kInteger);
  add("start", csv::Type::kInteger);
  const bool iso = p.times && p.times->iso;
  if (p.has_time()) add("time", iso ? csv::Type::kTime : csv::Type::kFloat);
  if (iso) schema_.columns.back().zoned = p.times->zoned;
  for (const Dataset& d : p.datasets)
    for (i64 c = 0; c < p.channels; ++c) add(d.name + "_" + p.channel_name(c), csv::Type::kFloat);
  schema_.file_columns = int(schema_.columns.size());
  schema_.rows = p.grid.windows();
  writer_ = std::make_unique<csv::Writer>(path, csv::Dialect{}, schema_);
}

void CsvFile::write(i64 first, i64 windows, const std::vector<const double*>& values, const i64* bounds) {
  const Problem& p = *problem_;
  csv::Batch batch;
  batch.schema = &schema_, batch.first_row = first, batch.rows = windows;
  batch.columns.resize(schema_.columns.size());
  std::size_t at = 0;
  const auto next = [&]() -> csv::ColumnData& {
    csv::ColumnData& column = batch.columns[at++];
    column.missing.assign(std::size_t(windows), 0);
    return column;
  };
  csv::ColumnData &number = next(), &start = next();
  for (i64 k = first; k < first + windows; ++k) {
    number.integers.push_back(k);
    start.integers.push_back(bounds != nullptr ? bounds[2 * (k - first)] : p.grid.start(k));
  }
  if (p.has_time()) {
    csv::ColumnData& time = next();
    for (i64 k = first; k < first + windows; ++k)
      if (p.times && p.times->iso)
        time.integers.push_back(p.times->start(k));
      else
        time.floats.push_back(p.time(k));
  }
  for (const double* array : values)
    for (i64 c = 0; c < p.channels; ++c) {
      csv::ColumnData& column = next();
      for (i64 k = 0; k < windows; ++k) {
        const double x = array[k * p.channels + c];
        column.floats.push_back(x);
        column.missing[std::size_t(k)] = x != x ? 1 : 0;
      }
    }
  writer_->write(batch);
}

}  // namespace sluice::window_detail
