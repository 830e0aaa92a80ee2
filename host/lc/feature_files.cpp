// Features into a file: rows of text as they come; .npy and HDF5 by way of a file without a name, as how many
// objects there are is known at the end.
#include <fcntl.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>

#include "host/error.h"
#include "host/formats/csv/writer.h"
#include "host/formats/npy.h"
#include "host/formats/output.h"
#include "host/lc/feature_hdf5.h"
#include "host/lc/feature_sink.h"
#include "host/spill.h"
#include "sluice_version.h"

namespace sluice::lc {
namespace {

enum class Kind { kText, kNpy, kHdf5 };

Kind kind_of(const std::string& path) {
  const std::string extension = std::filesystem::path(path).extension().string();
  if (extension == ".csv" || extension == ".tsv" || extension == ".tab") return Kind::kText;
  if (extension == ".npy") return Kind::kNpy;
  if (extension == ".h5" || extension == ".hdf5") return Kind::kHdf5;
  throw Error(ErrorKind::kUsage, path + ": expected .csv, .tsv, .h5 or .npy, found '" + extension + "'",
              "tables of a database are made without -o");
}

std::vector<std::string> names_of(const std::vector<FeatureColumnName>& columns) {
  std::vector<std::string> names;
  for (const FeatureColumnName& column : columns) names.push_back(column.name);
  return names;
}

class FileSink : public FeatureSink {
 public:
  FileSink(const std::string& path, const std::vector<FeatureColumnName>& columns,
           std::optional<double> missing)
      : path_(path), missing_(missing) {
    tables.push_back({path, names_of(columns), std::vector<std::int64_t>(columns.size())});
  }
  std::uint64_t bytes_written() const override { return bytes_; }

 protected:
  /// Counts what is undefined, and puts the sentinel in its place where there is one.
  double written(double value, std::size_t column) {
    if (value == value) return value;
    ++tables[0].undefined[column];
    return missing_ ? *missing_ : value;
  }
  void published() { bytes_ = sys::identity(sys::File(path_, O_RDONLY)).bytes; }
  std::string path_;
  std::optional<double> missing_;
  std::uint64_t bytes_ = 0;
};

class TextSink : public FileSink {
 public:
  TextSink(const std::string& path, const std::vector<FeatureColumnName>& columns,
           std::optional<double> missing)
      : FileSink(path, columns, missing) {
    csv::Dialect dialect;
    if (!path.ends_with(".csv")) dialect.separator = '\t';
    schema_.columns.resize(columns.size() + 1);
    schema_.columns[0].name = "objId", schema_.columns[0].type = csv::Type::kInteger;
    for (std::size_t c = 0; c < columns.size(); ++c)
      schema_.columns[c + 1].name = columns[c].name, schema_.columns[c + 1].type = csv::Type::kFloat;
    writer_ = std::make_unique<csv::Writer>(path, dialect, schema_);
    batch_.schema = &schema_;
    batch_.columns.resize(schema_.columns.size());
    OutputSpec spec;
    spec.path = path, spec.format = FileFormat::kText;
    open_hints = {open_hint(spec)};
  }
  void add(const Features& part) override {
    const std::size_t rows = part.objects.size(), width = part.columns.size();
    batch_.rows = std::int64_t(rows);
    batch_.columns[0].integers = part.objects;
    batch_.columns[0].missing.assign(rows, 0);
    for (std::size_t c = 0; c < width; ++c) {
      csv::ColumnData& column = batch_.columns[c + 1];
      column.floats.resize(rows), column.missing.resize(rows);
      for (std::size_t r = 0; r < rows; ++r) {
        column.floats[r] = written(part.values[r * width + c], c);
        column.missing[r] = column.floats[r] != column.floats[r];
      }
    }
    writer_->write(batch_);
  }
  void finish() override { writer_->finish(), published(); }

 private:
  csv::Schema schema_;
  csv::Batch batch_;
  std::unique_ptr<csv::Writer> writer_;
};

/// Rows of objId, as the bits of an int64, and values wait in a file without a name.
class ArraySink : public FileSink {
 public:
  ArraySink(const std::string& path, const std::vector<FeatureColumnName>& columns,
            std::optional<double> missing, Kind kind, const std::string& command)
      : FileSink(path, columns, missing), kind_(kind), columns_(columns), spill_(path, 0), command_(command) {
    if (kind == Kind::kHdf5)
      open_hints = {"h5py.File(" + python_text(path) + ")['" + columns[0].name + "']"};
    else
      open_hints = {"np.load(" + python_text(path) + ", mmap_mode='r')"};
  }
  void add(const Features& part) override {
    const std::size_t width = columns_.size() + 1;
    rows_.resize(part.objects.size() * width);
    for (std::size_t r = 0; r < part.objects.size(); ++r) {
      std::memcpy(&rows_[r * width], &part.objects[r], 8);
      for (std::size_t c = 0; c + 1 < width; ++c)
        rows_[r * width + c + 1] = written(part.values[r * (width - 1) + c], c);
    }
    spill_.append(rows_.data(), rows_.size() * 8);
    count_ += std::int64_t(part.objects.size());
  }
  void finish() override {
    Provenance provenance{{"command", command_}, {"version", std::string("sluice ") + SLUICE_VERSION}};
    const std::string working = path_ + ".partial";
    try {
      if (kind_ == Kind::kHdf5)
        write_feature_hdf5(path_, working, columns_, count_, provenance,
                           [&](std::int64_t first, std::int64_t rows) -> const std::vector<double>& {
                             return block(first, rows);
                           });
      else
        write_npy(working, provenance);
    } catch (...) {
      std::error_code ignored;
      std::filesystem::remove(working, ignored);
      throw;
    }
    sys::rename(working, path_);
    published();
  }

 private:
  const std::vector<double>& block(std::int64_t first, std::int64_t rows) {
    const std::size_t width = columns_.size() + 1;
    rows_.resize(std::size_t(rows) * width);
    spill_.read(rows_.data(), rows_.size() * 8, std::uint64_t(first) * width * 8);
    return rows_;
  }
  void write_npy(const std::string& working, Provenance provenance) {
    const std::int64_t width = std::int64_t(columns_.size()) + 1;
    OutputSpec spec;
    spec.path = path_, spec.format = FileFormat::kNpy, spec.type = DType::kFloat64;
    spec.rows = count_, spec.columns = width;
    const std::uint64_t at = create_output(spec, working, {});
    const sys::File file(working, O_WRONLY);
    constexpr std::int64_t kRows = 4096;
    for (std::int64_t first = 0; first < count_; first += kRows) {
      const std::int64_t rows = std::min(kRows, count_ - first);
      block(first, rows);
      for (std::int64_t r = 0; r < rows; ++r) {
        std::int64_t object = 0;
        std::memcpy(&object, &rows_[std::size_t(r * width)], 8);
        rows_[std::size_t(r * width)] = double(object);
      }
      sys::write_at(file, rows_.data(), rows_.size() * 8, at + std::uint64_t(first * width) * 8);
    }
    sys::sync_all(file);
    std::string names = "objId";
    for (const FeatureColumnName& column : columns_) names += "," + column.name;
    provenance.emplace_back("columns", names);
    write_provenance(spec, provenance);
  }
  Kind kind_;
  std::vector<FeatureColumnName> columns_;
  Spill spill_;
  std::string command_;
  std::vector<double> rows_;
  std::int64_t count_ = 0;
};

}  // namespace

void check_feature_file(const std::string& path, const RunOptions& run) {
  kind_of(path);
  if (sys::exists(path) && !run.force)
    throw Error(ErrorKind::kOutput, path + ": exists already", "give --force to replace it");
}

std::unique_ptr<FeatureSink> file_sink(const std::string& path, const std::vector<FeatureColumnName>& columns,
                                       std::optional<double> missing, const RunOptions& run) {
  check_feature_file(path, run);
  const Kind kind = kind_of(path);
  if (kind == Kind::kText) return std::make_unique<TextSink>(path, columns, missing);
  return std::make_unique<ArraySink>(path, columns, missing, kind, run.command);
}

}  // namespace sluice::lc
