#include "host/window/files.h"

#include <algorithm>

#include "host/error.h"
#include "host/formats/hdf5_library.h"
#include "host/formats/hdf5_types.h"
#include "host/units.h"

namespace sluice::window_detail {
namespace {

using i64 = std::int64_t;

[[noreturn]] void fail(const std::string& path, const std::string& what) {
  throw Error(ErrorKind::kOutput, path + ": " + what + ": " + hdf5_problem());
}

void put_text(hid_t object, const std::string& path, const std::string& key, const std::string& value) {
  const Hdf5Id type(H5Tcopy(H5T_C_S1));
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  const Hdf5Id space(H5Screate(H5S_SCALAR));
  const Hdf5Id attribute(H5Acreate2(object, key.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT));
  const char* text = value.c_str();
  if (!attribute.valid() || H5Awrite(attribute, type, &text) < 0)
    fail(path, "the attribute " + key + " cannot be written");
}

void put_number(hid_t object, const std::string& path, const std::string& key, hid_t type,
                const void* value) {
  const Hdf5Id space(H5Screate(H5S_SCALAR));
  const Hdf5Id attribute(H5Acreate2(object, key.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT));
  if (!attribute.valid() || H5Awrite(attribute, type, value) < 0)
    fail(path, "the attribute " + key + " cannot be written");
}

void put_options(hid_t root, const Problem& p) {
  const std::string& path = p.options.output;
  const auto integer = [&](const char* key, i64 value) {
    put_number(root, path, key, H5T_NATIVE_INT64, &value);
  };
  const auto real = [&](const char* key, double value) {
    put_number(root, path, key, H5T_NATIVE_DOUBLE, &value);
  };
  integer("size", p.asked_size);
  integer("step", p.grid.step);
  integer("samples", p.grid.samples);
  if (p.options.rate > 0) real("rate", p.options.rate);
  integer("ddof", p.rules.ddof);
  put_text(root, path, "nan", p.rules.omit_nan ? "omit" : "propagate");
  if (p.rules.omit_nan) integer("min_count", p.rules.min_count);
  put_text(root, path, "partial",
           p.grid.partial == Partial::kDrop   ? "drop"
           : p.grid.partial == Partial::kKeep ? "keep"
                                              : "pad");
  real("scale", p.options.scale);
  real("scale_offset", p.options.scale_offset);
  if (p.spectra)
    for (const auto& [key, value] : describe(*p.spectra)) put_text(root, path, key, value);
  put_text(root, path, "slope_unit", p.options.rate > 0 ? "per second" : "per sample");
}

/// Real and imaginary part as h5py has them.
Hdf5Id complex_type(hid_t part) {
  const std::size_t bytes = H5Tget_size(part);
  Hdf5Id type(H5Tcreate(H5T_COMPOUND, 2 * bytes));
  if (H5Tinsert(type, "r", 0, part) < 0 || H5Tinsert(type, "i", bytes, part) < 0)
    throw Error(ErrorKind::kOutput, "the type of complex numbers cannot be made: " + hdf5_problem());
  return type;
}

Hdf5Id create_dataset(hid_t file, const std::string& path, const std::string& name, hid_t type, i64 rows,
                      i64 columns, i64 values = 1, bool cube = false) {
  const Hdf5Id creation(H5Pcreate(H5P_DATASET_CREATE));
  H5Pset_layout(creation, H5D_CONTIGUOUS);
  H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY);
  H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER);
  H5Pset_obj_track_times(creation, false);
  const hsize_t extents[3] = {hsize_t(rows), hsize_t(columns), hsize_t(values)};
  const Hdf5Id space(H5Screate_simple(columns == 0 ? 1 : values == 1 && !cube ? 2 : 3, extents, nullptr));
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
  for (const auto& [key, value] : provenance) put_text(root, path, "sluice_" + key, value);
  const i64 windows = p.grid.windows();
  const auto closed = [&](Hdf5Id& id) {
    if (id.close() < 0) fail(path, "it cannot be written");
  };
  for (const Dataset& d : p.datasets) {
    const hid_t part = hdf5_type_of(d.type);
    const Hdf5Id pair = d.complex ? complex_type(part) : Hdf5Id();
    Hdf5Id dataset = create_dataset(file, path, d.name, d.complex ? hid_t(pair) : part, windows, p.channels,
                                    d.complex ? d.values / 2 : d.values, d.cube);
    if (d.name == "band_power") put_bands(dataset, p);
    closed(dataset);
  }
  Hdf5Id start = create_dataset(file, path, "start", hdf5_type_of(DType::kInt64), windows, 0);
  fill<i64>(start, path, H5T_NATIVE_INT64, windows, [&](i64 k) { return p.grid.start(k); });
  closed(start);
  if (p.spectra) {
    Hdf5Id frequency =
        create_dataset(file, path, "frequency", hdf5_type_of(DType::kFloat64), p.spectra->frequencies(), 0);
    put_text(frequency, path, "unit", p.options.rate > 0 ? "Hz" : "cycles per sample");
    fill<double>(frequency, path, H5T_NATIVE_DOUBLE, p.spectra->frequencies(),
                 [&](i64 k) { return p.spectra->frequency(k); });
    closed(frequency);
  }
  if (p.options.rate > 0) {
    Hdf5Id time = create_dataset(file, path, "time", hdf5_type_of(DType::kFloat64), windows, 0);
    put_text(time, path, "unit", "s");
    fill<double>(time, path, H5T_NATIVE_DOUBLE, windows,
                 [&](i64 k) { return double(p.grid.start(k)) / p.options.rate; });
    closed(time);
  }
  closed(root);
  if (H5Fflush(file, H5F_SCOPE_GLOBAL) < 0 || file.close() < 0) fail(path, "the HDF5 file cannot be written");
  return 0;
}

}  // namespace

OutputSpec output_spec(const Problem& p) {
  OutputSpec spec = parse_output(p.options.output, p.datasets[0].name);
  const Dataset& only = p.datasets[0];
  spec.rows = p.grid.windows(), spec.columns = p.channels * only.values, spec.type = only.type;
  spec.complex = only.complex;
  if (only.cube) spec.shape = {spec.rows, p.channels, only.complex ? only.values / 2 : only.values};
  if (p.output != OutputKind::kHdf5) return spec;
  i64 bytes = p.options.rate > 0 ? 16 : 8;
  for (const Dataset& d : p.datasets) bytes += i64(size_of(d.type)) * p.channels * d.values;
  spec.columns = bytes, spec.type = DType::kUInt8;
  spec.make = [&p](const std::string& working, const Provenance& provenance) {
    return make_file(p, working, provenance);
  };
  return spec;
}

std::vector<std::uint64_t> dataset_offsets(const Problem& p, const std::string& working) {
  if (p.output != OutputKind::kHdf5) return {0};
  const Hdf5Lock lock;
  const Hdf5Id file = open_hdf5_file(working, working);
  std::vector<std::uint64_t> offsets;
  for (const Dataset& d : p.datasets) {
    const Hdf5Id dataset(H5Dopen2(file, d.name.c_str(), H5P_DEFAULT));
    const haddr_t at = dataset.valid() ? H5Dget_offset(dataset) : HADDR_UNDEF;
    if (at == HADDR_UNDEF) fail(working, "the dataset " + d.name + " has no place");
    offsets.push_back(at);
  }
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
  if (p.options.rate > 0) add("time", csv::Type::kFloat);
  for (const Dataset& d : p.datasets)
    for (i64 c = 0; c < p.channels; ++c) add(d.name + "_" + std::to_string(c), csv::Type::kFloat);
  schema_.file_columns = int(schema_.columns.size());
  schema_.rows = p.grid.windows();
  writer_ = std::make_unique<csv::Writer>(path, csv::Dialect{}, schema_);
}

void CsvFile::write(i64 first, i64 windows, const std::vector<const double*>& values) {
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
    start.integers.push_back(p.grid.start(k));
  }
  if (p.options.rate > 0) {
    csv::ColumnData& time = next();
    for (i64 k = first; k < first + windows; ++k)
      time.floats.push_back(double(p.grid.start(k)) / p.options.rate);
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
