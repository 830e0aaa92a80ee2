// Tables in HDF5, as h5py, PyTables and pandas write them: a compound dataset, or a group of 1-D datasets of
// one length. Read through the library, one call at a time; a matrix goes to readers of its own.
#include <algorithm>
#include <cstring>
#include <map>
#include <set>

#include "host/error.h"
#include "host/formats/hdf5_chunk_cache.h"
#include "host/formats/hdf5_library.h"
#include "host/formats/hdf5_listing.h"
#include "host/formats/hdf5_objects.h"
#include "host/formats/names.h"
#include "host/formats/records.h"

namespace sluice {
namespace {

using Kind = RecordColumn::Kind;

/// Where a column lies: a field of a compound dataset, or a dataset.
struct Place {
  std::string field;    // of a compound; empty: the dataset itself
  std::size_t dataset;  // of the table's
  bool variable = false;
  std::size_t text_bytes = 0;  // of texts of fixed size
  bool coded = false;          // integers in the file, texts by `levels`
  std::map<std::int64_t, std::string> levels = {};
  std::string refused = {};  // levels that cannot be read
};

std::map<std::int64_t, std::string> members_of(hid_t type) {
  std::map<std::int64_t, std::string> members;
  const Hdf5Id base(H5Tget_super(type));
  for (int i = 0; i < H5Tget_nmembers(type); ++i) {
    std::int64_t value = 0;
    H5Tget_member_value(type, unsigned(i), &value);
    H5Tconvert(base, H5T_NATIVE_INT64, 1, &value, nullptr, H5P_DEFAULT);
    char* name = H5Tget_member_name(type, unsigned(i));
    members[value] = name;
    H5free_memory(name);
  }
  return members;
}

/// Truth values as h5py writes them, or PyTables.
bool is_flag(hid_t type) {
  const H5T_class_t kind = H5Tget_class(type);
  if (H5Tget_size(type) != 1 || (kind != H5T_ENUM && kind != H5T_BITFIELD)) return false;
  return kind == H5T_BITFIELD ||
         members_of(type) == std::map<std::int64_t, std::string>{{0, "FALSE"}, {1, "TRUE"}};
}

/// Where pandas keeps the levels of a category of the table: beside it, in a table of their own.
std::string levels_path(hid_t dataset, const std::string& column) {
  std::string path(std::size_t(std::max<ssize_t>(0, H5Iget_name(dataset, nullptr, 0))), '\0');
  H5Iget_name(dataset, path.data(), path.size() + 1);
  return path.substr(0, path.rfind('/')) + "/meta/" + column + "/meta/table";
}

/// False where the type is none that a column has.
bool set_kind(hid_t type, RecordColumn& column, Place& place) {
  const H5T_class_t kind = H5Tget_class(type);
  if (kind == H5T_STRING) {
    place.variable = H5Tis_variable_str(type) > 0;
    place.text_bytes = place.variable ? 0 : H5Tget_size(type);
    column.kind = Kind::kText;
    return true;
  }
  if (is_flag(type)) {
    column.kind = Kind::kFlag;
    return true;
  }
  if (kind == H5T_ENUM) {
    column.kind = Kind::kText;
    if (H5Tget_size(type) > 8) return false;
    place.coded = true, place.levels = members_of(type);
    return true;
  }
  const bool wide = kind == H5T_INTEGER && H5Tget_sign(type) == H5T_SGN_NONE && H5Tget_size(type) == 8;
  column.kind = wide ? Kind::kUnsigned : kind == H5T_INTEGER ? Kind::kInteger : Kind::kNumber;
  return ((kind == H5T_INTEGER || kind == H5T_FLOAT) && H5Tget_size(type) <= 8);
}

int rank_of(hid_t dataset, std::int64_t& rows) {
  const Hdf5Id space(H5Dget_space(dataset));
  const int rank = H5Sget_simple_extent_ndims(space);
  hsize_t extents[32] = {};
  if (rank >= 1 && rank <= 32) H5Sget_simple_extent_dims(space, extents, nullptr);
  rows = std::int64_t(extents[0]);
  return rank;
}

class Hdf5Table : public RecordTable {
 public:
  /// Call with Hdf5Lock held.
  Hdf5Table(std::string path, Hdf5Id file) : path_(std::move(path)), file_(std::move(file)) {}
  ~Hdf5Table() override {
    if (!ready_) return;  // its maker holds the lock
    const Hdf5Lock lock;
    datasets_.clear();
    file_.close();
  }
  void add_compound(Hdf5Id dataset, std::int64_t rows, std::uint64_t held) {
    held_.push_back(held);
    rows_ = rows, format_ = "HDF5, compound";
    const Hdf5Id type(H5Dget_type(dataset));
    for (int i = 0; i < H5Tget_nmembers(type); ++i) {
      char* name = H5Tget_member_name(type, unsigned(i));
      RecordColumn column{name, Kind::kNumber};
      Place place{name, datasets_.size()};
      H5free_memory(name);
      const Hdf5Id member(H5Tget_member_type(type, unsigned(i)));
      if (!set_kind(member, column, place)) {
        left_out_ += (left_out_.empty() ? "" : ", ") + column.name;
        continue;
      }
      if (is_whole(column.kind) && hdf5_text_attribute(dataset, column.name + "_meta") == "category")
        add_levels(levels_path(dataset, column.name), column, place);
      add(column, place);
    }
    row_bytes_ = H5Tget_size(type);
    datasets_.push_back(std::move(dataset));
    if (columns_.empty())
      throw Error(
          ErrorKind::kInput, path_ + ": expected fields of numbers or texts, found " + left_out_,
          "pandas writes a field for each column with to_hdf(..., format='table', data_columns=True)");
  }
  /// False where the dataset can be no column beside the others.
  bool add_column(const std::string& name, Hdf5Id dataset, std::int64_t rows, std::uint64_t held) {
    RecordColumn column{name, Kind::kNumber};
    Place place{"", datasets_.size()};
    const Hdf5Id type(H5Dget_type(dataset));
    if (!set_kind(type, column, place)) return false;
    if (columns_.empty()) rows_ = rows, format_ = "HDF5, group of columns";
    if (rows != rows_)
      throw Error(ErrorKind::kInput, path_ + ": expected columns of one length, found " +
                                         std::to_string(rows_) + " in '" + columns_[0].name + "' and " +
                                         std::to_string(rows) + " in '" + name + "'");
    row_bytes_ += std::max<std::size_t>(8, place.text_bytes);
    add(column, place);
    held_.push_back(held);
    datasets_.push_back(std::move(dataset));
    return true;
  }
  bool empty() const { return columns_.empty(); }
  std::uint64_t held_bytes(const std::vector<std::size_t>& columns) const override {
    std::set<std::size_t> datasets;
    for (const std::size_t column : columns) datasets.insert(places_[column].dataset);
    std::uint64_t bytes = 0;
    for (const std::size_t dataset : datasets) bytes += held_[dataset];
    return bytes;
  }
  Hdf5Id release() { return std::move(file_); }
  void finish() { ready_ = true; }

  void read(std::int64_t first, std::size_t count, const std::vector<std::size_t>& columns,
            std::vector<RecordValues>& to) const override {
    const Hdf5Lock lock;
    to.resize(columns.size());
    for (std::size_t k = 0; k < columns.size(); ++k) {
      const Place& place = places_[columns[k]];
      read_column(columns_[columns[k]], place, datasets_[place.dataset], first, count, to[k]);
    }
  }

 private:
  void read_column(const RecordColumn& column, const Place& place, hid_t dataset, std::int64_t first,
                   std::size_t count, RecordValues& values) const {
    const Hdf5Id space(H5Dget_space(dataset));
    const hsize_t start = hsize_t(first), size = count;
    H5Sselect_hyperslab(space, H5S_SELECT_SET, &start, nullptr, &size, nullptr);
    const Hdf5Id memory(H5Screate_simple(1, &size, nullptr));
    switch (column.kind) {
      case Kind::kText:
        if (place.coded)
          read_codes(column, dataset, place, memory, space, count, values);
        else
          read_texts(dataset, place, memory, space, count, values);
        break;
      case Kind::kFlag:
        read_flags(dataset, place, memory, space, count, values);
        break;
      case Kind::kInteger:
        values.integers.resize(count);
        transfer(dataset, place, H5T_NATIVE_INT64, memory, space, values.integers.data());
        values.numbers.assign(values.integers.begin(), values.integers.end());
        break;
      case Kind::kUnsigned:
        values.integers.resize(count), values.numbers.resize(count);
        transfer(dataset, place, H5T_NATIVE_UINT64, memory, space, values.integers.data());
        for (std::size_t i = 0; i < count; ++i) values.numbers[i] = double(std::uint64_t(values.integers[i]));
        break;
      case Kind::kNumber:
        values.numbers.resize(count);
        transfer(dataset, place, H5T_NATIVE_DOUBLE, memory, space, values.numbers.data());
        break;
    }
  }
  /// A category of pandas', whose codes the column holds: -1 is a missing one.
  void add_levels(const std::string& path, RecordColumn& column, Place& place) const {
    column.kind = Kind::kText;
    place.coded = true, place.levels = {{-1, ""}};
    if (!hdf5_exists(file_, path)) return;  // no level, all are missing
    const Hdf5Id dataset(H5Dopen2(file_, path.c_str(), H5P_DEFAULT)), type(H5Dget_type(dataset));
    RecordColumn levels{"values", Kind::kNumber};
    Place values{"values", 0};
    std::int64_t rows = 0;
    const int field =
        type.valid() && H5Tget_class(type) == H5T_COMPOUND ? H5Tget_member_index(type, "values") : -1;
    if (field < 0 || rank_of(dataset, rows) != 1 ||
        !set_kind(Hdf5Id(H5Tget_member_type(type, unsigned(field))), levels, values))
      place.refused = "other levels";
    else if (const std::string kind = hdf5_text_attribute(dataset, "values_dtype");
             kind.starts_with("datetime") || kind.starts_with("timedelta"))
      place.refused = "levels of " + kind;
    if (!place.refused.empty()) return;
    RecordValues found;
    read_column(levels, values, dataset, 0, std::size_t(rows), found);
    for (std::size_t i = 0; i < std::size_t(rows); ++i)
      place.levels[std::int64_t(i)] = record_text(found, levels.kind, i);
  }
  void read_codes(const RecordColumn& column, hid_t dataset, const Place& place, hid_t memory, hid_t space,
                  std::size_t count, RecordValues& values) const {
    if (!place.refused.empty())
      throw Error(ErrorKind::kInput,
                  path_ + ": category '" + column.name + "': expected levels of numbers or texts, found " +
                      place.refused,
                  "write it as text, with df['" + column.name + "'].astype(str), or the table as CSV");
    std::vector<std::int64_t> codes(count);
    transfer(dataset, place, H5T_NATIVE_INT64, memory, space, codes.data());
    values.texts.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      const auto level = place.levels.find(codes[i]);
      if (level == place.levels.end())
        throw Error(ErrorKind::kInput, path_ + ": '" + column.name +
                                           "': expected codes of its levels, found " +
                                           std::to_string(codes[i]));
      values.texts[i] = level->second;
    }
  }
  void add(const RecordColumn& column, const Place& place) {
    columns_.push_back(column);
    places_.push_back(place);
  }
  void transfer(hid_t dataset, const Place& place, hid_t type, hid_t memory, hid_t space, void* to) const {
    Hdf5Id record;
    if (!place.field.empty()) {  // of a compound's fields the library gives those that are asked for
      record = Hdf5Id(H5Tcreate(H5T_COMPOUND, H5Tget_size(type)));
      H5Tinsert(record, place.field.c_str(), 0, type);
    }
    if (H5Dread(dataset, record.valid() ? hid_t(record) : type, memory, space, H5P_DEFAULT, to) < 0)
      throw Error(ErrorKind::kInput, path_ + ": cannot be read: " + hdf5_problem());
  }
  void read_flags(hid_t dataset, const Place& place, hid_t memory, hid_t space, std::size_t count,
                  RecordValues& values) const {
    std::vector<unsigned char> bytes(count);
    Hdf5Id type = file_type(dataset, place);
    transfer(dataset, place, type, memory, space, bytes.data());
    values.numbers.resize(count);
    for (std::size_t i = 0; i < count; ++i) values.numbers[i] = bytes[i] != 0;
  }
  void read_texts(hid_t dataset, const Place& place, hid_t memory, hid_t space, std::size_t count,
                  RecordValues& values) const {
    values.texts.resize(count);
    const Hdf5Id type = file_type(dataset, place);
    if (!place.variable) {
      std::vector<char> bytes(count * place.text_bytes);
      transfer(dataset, place, type, memory, space, bytes.data());
      const bool spaces = H5Tget_strpad(type) == H5T_STR_SPACEPAD;
      for (std::size_t i = 0; i < count; ++i) {
        const char* at = bytes.data() + i * place.text_bytes;
        std::size_t size = ::strnlen(at, place.text_bytes);
        while (spaces && size > 0 && at[size - 1] == ' ') --size;
        values.texts[i].assign(at, size);
      }
      return;
    }
    std::vector<char*> found(count, nullptr);
    transfer(dataset, place, type, memory, space, found.data());
    for (std::size_t i = 0; i < count; ++i) {
      values.texts[i] = found[i] != nullptr ? found[i] : "";
      if (found[i] != nullptr) H5free_memory(found[i]);
    }
  }
  static Hdf5Id file_type(hid_t dataset, const Place& place) {
    Hdf5Id type(H5Dget_type(dataset));
    if (place.field.empty()) return type;
    return Hdf5Id(H5Tget_member_type(type, unsigned(H5Tget_member_index(type, place.field.c_str()))));
  }

  std::string path_;
  Hdf5Id file_;
  std::vector<Hdf5Id> datasets_;
  std::vector<std::uint64_t> held_;  // of each: bytes of chunks that the library keeps
  std::vector<Place> places_;
  bool ready_ = false;
};

}  // namespace

std::unique_ptr<RecordTable> open_hdf5_records(const std::string& path, std::vector<std::string>& names,
                                               std::string& matrix) {
  const FileName name = split_input(path);
  const Hdf5Lock lock;
  Hdf5Id file = open_hdf5_file(name.file, path);
  std::string at = name.dataset.empty() ? "/" : name.dataset;
  for (int depth = 0; depth < 20; ++depth) {
    const Hdf5Id object(H5Oopen(file, at.c_str(), H5P_DEFAULT));
    if (!object.valid()) return nullptr;  // the matrix' reader says what is there
    if (H5Iget_type(object) == H5I_DATASET) {
      std::int64_t rows = 0;
      std::uint64_t held = 0;
      Hdf5Id dataset = open_for_rows(file, at, held);
      const Hdf5Id type(H5Dget_type(dataset));
      if (H5Tget_class(type) == H5T_COMPOUND && rank_of(dataset, rows) == 1) {
        auto table = std::make_unique<Hdf5Table>(path, std::move(file));
        table->add_compound(std::move(dataset), rows, held);
        table->finish();
        return table;
      }
      names = hdf5_column_names(dataset);
      matrix = name.file + ":" + at;
      return nullptr;
    }
    const std::string base = at == "/" ? at : at + "/";
    const std::vector<std::string> children = hdf5_children(object);
    if (hdf5_has_records(object, "table")) {  // pandas' or PyTables'
      at = base + "table";
      continue;
    }
    if (const std::string kind = hdf5_text_attribute(object, "pandas_type");
        kind == "frame" || kind == "series")
      throw Error(
          ErrorKind::kInput,
          path + ": pandas' fixed form: expected a table of columns, found blocks of values in '" + at + "'",
          "df.to_hdf(FILE, key='df', format='table', data_columns=True) writes one");
    auto table = std::make_unique<Hdf5Table>(path, std::move(file));
    for (const std::string& child : children) {
      const Hdf5Id there(H5Oopen(object, child.c_str(), H5P_DEFAULT));
      if (!there.valid() || H5Iget_type(there) != H5I_DATASET) continue;
      std::uint64_t held = 0;
      Hdf5Id dataset = open_for_rows(object, child, held);
      std::int64_t rows = 0;
      if (rank_of(dataset, rows) == 1) table->add_column(child, std::move(dataset), rows, held);
    }
    if (!table->empty()) {
      table->finish();
      return table;
    }
    file = table->release();
    if (children.size() != 1) return nullptr;
    at = base + children[0];
  }
  return nullptr;
}

}  // namespace sluice
