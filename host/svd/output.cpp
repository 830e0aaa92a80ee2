// Contiguous datasets, made by the library; the scores' rows go to their place as threads make them.
#include "host/svd/output.h"

#include <fcntl.h>

#include "host/error.h"
#include "host/formats/hdf5_library.h"
#include "host/formats/hdf5_types.h"
#include "host/formats/names.h"
#include "host/result.h"
#include "host/units.h"
#include "sluice_version.h"

namespace sluice::svd_detail {
namespace {

using i64 = std::int64_t;

[[noreturn]] void fail(const std::string& path, const std::string& what) {
  throw Error(ErrorKind::kOutput, path + ": " + what + ": " + hdf5_problem());
}

/// Makes a dataset, and fills it where `values` are given; its place in the file.
std::uint64_t put(hid_t file, const std::string& path, const std::string& name, std::vector<hsize_t> shape,
                  const double* values) {
  const Hdf5Id creation(H5Pcreate(H5P_DATASET_CREATE));
  H5Pset_layout(creation, H5D_CONTIGUOUS);
  H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY);
  H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER);
  H5Pset_obj_track_times(creation, false);
  const Hdf5Id space(H5Screate_simple(int(shape.size()), shape.data(), nullptr));
  Hdf5Id dataset(H5Dcreate2(file, name.c_str(), hdf5_type_of(DType::kFloat64), space, H5P_DEFAULT, creation,
                            H5P_DEFAULT));
  if (!dataset.valid()) fail(path, "the dataset " + name + " cannot be created");
  if (values != nullptr && H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0)
    fail(path, "the dataset " + name + " cannot be written");
  const haddr_t at = H5Dget_offset(dataset);
  if (at == HADDR_UNDEF || dataset.close() < 0) fail(path, "the dataset " + name + " cannot be written");
  return at;
}

/// Where the scores begin.
std::uint64_t make_file(const SvdOptions& o, const SvdResult& r, const std::string& working,
                        const Provenance& provenance) {
  const Hdf5Lock lock;
  const Hdf5Id access(H5Pcreate(H5P_FILE_ACCESS)), creation(H5Pcreate(H5P_FILE_CREATE));
#if H5_VERSION_GE(1, 10, 7)
  H5Pset_file_locking(access, false, true);
#endif
  H5Pset_obj_track_times(creation, false);
  H5Pset_attr_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
  Hdf5Id file(H5Fcreate(working.c_str(), H5F_ACC_TRUNC, creation, access));
  if (!file.valid()) fail(o.output, "the HDF5 file cannot be created");
  const std::size_t k = r.right.size();
  std::vector<double> right;
  for (const auto& row : r.right) right.insert(right.end(), row.begin(), row.end());
  put(file, o.output, "singular_values", {k}, r.values.data());
  put(file, o.output, "right_vectors", {k, hsize_t(r.columns)}, right.data());
  if (o.center) put(file, o.output, "means", {hsize_t(r.columns)}, r.means.data());
  Hdf5Id root(H5Gopen2(file, "/", H5P_DEFAULT));
  put_hdf5_text(root, o.output, "method", r.method);
  const Hdf5Id space(H5Screate(H5S_SCALAR));
  const auto number = [&](const char* key, hid_t type, hid_t memory, const void* value) {
    const Hdf5Id at(H5Acreate2(root, key, type, space, H5P_DEFAULT, H5P_DEFAULT));
    if (!at.valid() || H5Awrite(at, memory, value) < 0) fail(o.output, "an attribute cannot be written");
  };
  const i64 rank = i64(r.rank);
  number("rank", H5T_STD_I64LE, H5T_NATIVE_INT64, &rank);
  number("rows", H5T_STD_I64LE, H5T_NATIVE_INT64, &r.rows);
  number("condition", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &r.condition);
  for (const auto& [key, value] : provenance) put_hdf5_text(root, o.output, "sluice_" + key, value);
  root.close();
  std::uint64_t at = 0;
  if (o.scores) at = put(file, o.output, "scores", {hsize_t(r.rows), k}, nullptr);
  if (H5Fflush(file, H5F_SCOPE_GLOBAL) < 0 || file.close() < 0)
    fail(o.output, "the HDF5 file cannot be written");
  return at;
}

class ScoresPiece : public fit::PassPiece {
 public:
  ScoresPiece(const SvdResult& r, bool center) : r_(r), center_(center), x_(fit::RowBlock::kRows) {}
  void restart() override { values.clear(); }
  void take(const fit::RowBlock& block) override {
    const std::size_t k = r_.right.size(), p = std::size_t(r_.columns), first = values.size();
    values.resize(first + k * block.rows, 0.0);
    for (std::size_t j = 0; j < p; ++j) {
      const double mean = center_ ? r_.means[j] : 0;
      for (std::size_t i = 0; i < block.rows; ++i) {
        const double x = block.monomials[j + 1][i] - mean;
        for (std::size_t v = 0; v < k; ++v) values[first + i * k + v] += x * right_at(v, j);
      }
    }
  }
  std::vector<double> values;

 private:
  double right_at(std::size_t v, std::size_t j) const { return r_.right[v][j]; }
  const SvdResult& r_;
  bool center_;
  std::vector<double> x_;
};

}  // namespace

void check_output(const std::string& output, const MatrixSource& matrix, const RunOptions& run) {
  const OutputSpec spec = parse_output(output, "right_vectors");
  if (spec.format != FileFormat::kHdf5 || spec.dataset != "/right_vectors")
    throw Error(ErrorKind::kUsage, output + ": expected the name of an HDF5 file, such as svd.h5");
  if (run.resume) throw Error(ErrorKind::kUsage, "--resume: a decomposition is written in one go");
  if (!sys::exists(output)) return;
  const sys::Identity there = sys::identity(sys::File(output, O_RDONLY));
  for (const sys::Identity& in : matrix.identities())
    if (in.inode == there.inode && in.device == there.device)
      throw Error(ErrorKind::kUsage, output + ": the output is also the input",
                  "choose another name with -o");
  if (!run.force) throw Error(ErrorKind::kOutput, output + ": exists already", "give --force to replace it");
}

void write_output(const SvdOptions& o, const fit::TallSource& source, Budget& budget, const RunOptions& run,
                  SvdResult& r) {
  OutputSpec spec;
  spec.path = o.output, spec.format = FileFormat::kHdf5, spec.dataset = "/right_vectors";
  spec.type = DType::kUInt8;
  std::uint64_t scores = 0;
  spec.make = [&](const std::string& working, const Provenance& provenance) -> std::uint64_t {
    scores = make_file(o, r, working, provenance);
    return 0;
  };
  const std::string fingerprint =
      "operation: svd\nversion: " + std::string(SLUICE_VERSION) + "\ninput: " + o.input + "\n";
  const Provenance provenance{{"command", run.command},
                              {"version", std::string("sluice ") + SLUICE_VERSION + " " + SLUICE_COMMIT}};
  Result result({spec}, fingerprint, provenance, run);
  if (o.scores) {
    const std::uint64_t row_bytes = 8 * r.right.size();
    std::uint64_t at = scores;
    fit::Pass pass;
    pass.stage = "scores";
    pass.piece = [&] { return std::make_unique<ScoresPiece>(r, o.center); };
    pass.merge = [&](fit::PassPiece& piece) {
      const auto& values = static_cast<ScoresPiece&>(piece).values;
      result.write(0, at, values.data(), 8 * values.size());
      at += 8 * values.size();
    };
    pass.piece_memory = row_bytes * std::uint64_t(fit::piece_rows(source.columns()));
    run_tall(pass, source, budget, run, r.run);
  }
  result.finish();
  r.run.bytes_written += result.bytes_written();
  r.run.sync_seconds += result.sync_seconds();
  r.open_hint = "h5py.File(" + python_text(o.output) + ")['right_vectors']";
}

}  // namespace sluice::svd_detail
