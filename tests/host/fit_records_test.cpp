// Binary tables whose columns are more than plain numbers: integers beyond 2^63, enumerations, and categories
// as pandas keeps them.
#include "fit_files.h"

namespace sluice {
namespace {

using namespace test;

class FitColumns : public FitFiles {
 protected:
  void SetUp() override {
    path_ = folder_ / "t.h5";
    file_ = H5Fcreate(path_.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  }
  void TearDown() override { close(); }
  void close() {
    if (file_ >= 0) H5Fclose(file_);
    file_ = -1;
  }
  template <class T>
  void put(const std::string& name, hid_t type, const std::vector<T>& values) {
    const hsize_t rows = values.size();
    const hid_t links = H5Pcreate(H5P_LINK_CREATE), space = H5Screate_simple(1, &rows, nullptr);
    H5Pset_create_intermediate_group(links, 1);
    const hid_t set = H5Dcreate2(file_, name.c_str(), type, space, links, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    for (const hid_t id : {set, space, links}) H5Idec_ref(id);
  }
  void describe(const std::string& set, const std::string& key, const std::string& text) {
    const hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    H5Tset_size(type, text.size());
    const hid_t object = H5Oopen(file_, set.c_str(), H5P_DEFAULT);
    const hid_t attribute = H5Acreate2(object, key.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(attribute, type, text.data());
    for (const hid_t id : {attribute, object, space, type}) H5Idec_ref(id);
  }
  static hid_t enumeration(hid_t base, const std::vector<std::string>& names) {
    const hid_t type = H5Tenum_create(base);
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto value = std::int16_t(i);
      H5Tenum_insert(type, names[i].c_str(), &value);  // of one byte: the first
    }
    return type;
  }
  FitResult fit(const std::string& formula) {
    close();
    return fit_table(fit_options(path_, formula), fit_run());
  }
  static std::vector<std::string> names_of(const FitResult& fit) {
    std::vector<std::string> names;
    for (const Coefficient& one : fit.coefficients) names.push_back(one.name);
    return names;
  }
  using Names = std::vector<std::string>;
  std::string path_;
  hid_t file_ = -1;
};

constexpr std::uint64_t kHigh = std::uint64_t(1) << 63;
const std::vector<std::uint64_t> kUnsigned = {5, kHigh + 1, kHigh + 3, ~std::uint64_t(0), 5, kHigh + 1};
const std::vector<double> kY = {1, 2, 4, 8, 3, 4};
const std::vector<std::string> kLevels = {"Intercept", "C(u)[T.9223372036854775809]",
                                          "C(u)[T.9223372036854775811]", "C(u)[T.18446744073709551615]"};

TEST_F(FitColumns, UnsignedBeyondSignedInHdf5) {
  put("y", H5T_NATIVE_DOUBLE, kY), put("u", H5T_NATIVE_UINT64, kUnsigned);
  const FitResult found = fit("y ~ C(u)");
  EXPECT_EQ(names_of(found), kLevels);
  EXPECT_NEAR(found.coefficients[3].estimate, 8 - 2, 1e-12);
  // The slope is that of the same numbers as doubles.
  std::string text = "y,u\n";
  for (std::size_t i = 0; i < kY.size(); ++i)
    text += std::to_string(kY[i]) + "," + std::to_string(double(kUnsigned[i])) + "\n";
  const double wanted = fit_table(fit_options(write(text), "y ~ u"), fit_run()).coefficients[1].estimate;
  EXPECT_NEAR(fit("y ~ u").coefficients[1].estimate, wanted, 1e-9 * wanted);
}

TEST_F(FitColumns, UnsignedBeyondSignedInNpy) {
  path_ = folder_ / "t.npy";
  std::string header = "{'descr': [('y', '<f8'), ('u', '<u8')], 'fortran_order': False, 'shape': (6,), }";
  header.resize(117, ' ');
  header += '\n';
  std::ofstream file(path_, std::ios::binary);
  file << std::string("\x93NUMPY\1\0", 8) << char(header.size()) << '\0' << header;
  for (std::size_t i = 0; i < kY.size(); ++i) {
    file.write(reinterpret_cast<const char*>(&kY[i]), 8);
    file.write(reinterpret_cast<const char*>(&kUnsigned[i]), 8);
  }
  file.close();
  EXPECT_EQ(names_of(fit("y ~ C(u)")), kLevels);
}

TEST_F(FitColumns, EnumerationsAreTheirNames) {
  const hid_t color = enumeration(H5T_NATIVE_INT8, {"RED", "GREEN", "BLUE"});
  const hid_t two = enumeration(H5T_NATIVE_INT16, {"no", "yes"});
  const hid_t flag = enumeration(H5T_NATIVE_INT8, {"FALSE", "TRUE"});
  put("y", H5T_NATIVE_DOUBLE, kY);
  put("k", color, std::vector<std::int8_t>{0, 1, 2, 0, 1, 2});
  put("two", two, std::vector<std::int16_t>{0, 1, 1, 0, 0, 1});
  put("flag", flag, std::vector<std::int8_t>{0, 1, 1, 0, 0, 1});
  put("bad", color, std::vector<std::int8_t>{0, 1, 2, 0, 7, 2});
  for (const hid_t id : {color, two, flag}) H5Idec_ref(id);
  const FitResult found = fit("y ~ k");
  EXPECT_EQ(names_of(found), (Names{"Intercept", "k[T.GREEN]", "k[T.RED]"}));
  EXPECT_NEAR(found.coefficients[0].estimate, 4, 1e-12);
  EXPECT_NEAR(found.coefficients[2].estimate, 0.5, 1e-12);
  EXPECT_EQ(names_of(fit("y ~ two")), (Names{"Intercept", "two[T.yes]"}));
  EXPECT_EQ(names_of(fit("y ~ flag")), (Names{"Intercept", "flag[T.True]"}));
  EXPECT_NE(thrown([&] { fit("y ~ bad"); }).find("'bad': expected codes of its levels, found 7"),
            std::string::npos);
}

TEST_F(FitColumns, AColumnNamedTable) {
  put("y", H5T_NATIVE_DOUBLE, kY);
  put("table", H5T_NATIVE_DOUBLE, std::vector<double>{1, 2, 3, 4, 5, 7});
  put("u", H5T_NATIVE_UINT64, kUnsigned);
  EXPECT_EQ(names_of(fit("y ~ table + u")), (Names{"Intercept", "table", "u"}));
}

TEST_F(FitColumns, WhatPandasWritesOtherwiseIsSaid) {
  put("df/axis0", H5T_NATIVE_DOUBLE, std::vector<double>{1, 2});
  put("df/axis1", H5T_NATIVE_DOUBLE, kY);
  describe("df", "pandas_type", "frame");
  EXPECT_NE(thrown([&] { fit("y ~ a"); }).find("t.h5: pandas' fixed form: expected a table of columns"),
            std::string::npos);
  SetUp();
  struct Row {
    std::int64_t index;
    double block[2];
  };
  const hsize_t two = 2;
  const hid_t block = H5Tarray_create2(H5T_NATIVE_DOUBLE, 1, &two),
              row = H5Tcreate(H5T_COMPOUND, sizeof(Row));
  H5Tinsert(row, "index", 0, H5T_NATIVE_INT64), H5Tinsert(row, "values_block_0", 8, block);
  put("df/table", row, std::vector<Row>{{0, {1, 2}}, {1, {3, 4}}});
  for (const hid_t id : {row, block}) H5Idec_ref(id);
  try {
    fit("y ~ a");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("has no column 'y'"), std::string::npos);
    EXPECT_EQ(
        error.advice(),
        "its columns: index; fields that are none: values_block_0 (pandas writes a field for each column "
        "with format='table', data_columns=True)");
  }
}

TEST_F(FitColumns, CategoriesOfPandas) {
  struct Row {
    double y;
    std::int8_t k, n, d;
  } __attribute__((packed));
  struct Level {
    std::int64_t index, value;
  };
  const hid_t table = H5Tcreate(H5T_COMPOUND, sizeof(Row)), level = H5Tcreate(H5T_COMPOUND, sizeof(Level));
  H5Tinsert(table, "y", offsetof(Row, y), H5T_NATIVE_DOUBLE);
  H5Tinsert(table, "k", offsetof(Row, k), H5T_NATIVE_INT8);
  H5Tinsert(table, "n", offsetof(Row, n), H5T_NATIVE_INT8);
  H5Tinsert(table, "d", offsetof(Row, d), H5T_NATIVE_INT8);
  const std::vector<Row> rows = {{1, 0, 0, 0},  {2, 1, 1, 1}, {4, 2, 1, 0}, {8, 0, 0, 1},
                                 {9, -1, 0, 0}, {3, 1, 1, 1}, {4, 2, 0, 0}};
  put("df/table", table, rows);
  for (const std::string name : {"k", "n", "d"}) describe("df/table", name + "_meta", "category");
  H5Tinsert(level, "index", 0, H5T_NATIVE_INT64);
  const hid_t text = H5Tcopy(H5T_C_S1);
  H5Tset_size(text, 8), H5Tset_strpad(text, H5T_STR_NULLPAD);
  const hid_t texts = H5Tcopy(level);
  H5Tinsert(texts, "values", 8, text), H5Tinsert(level, "values", 8, H5T_NATIVE_INT64);
  std::vector<Level> names = {{0, 0}, {1, 0}, {2, 0}};
  std::memcpy(&names[0].value, "u", 1), std::memcpy(&names[1].value, "www", 3);
  std::memcpy(&names[2].value, "v", 1);
  put("df/meta/k/meta/table", texts, names);
  put("df/meta/n/meta/table", level, std::vector<Level>{{0, 20}, {1, 10}});
  put("df/meta/d/meta/table", level, std::vector<Level>{{0, 1577836800000000}, {1, 1609459200000000}});
  describe("df/meta/d/meta/table", "values_dtype", "datetime64[us]");
  for (const hid_t id : {table, level, texts, text}) H5Idec_ref(id);
  const FitResult found = fit("y ~ k");
  EXPECT_EQ(names_of(found), (Names{"Intercept", "k[T.v]", "k[T.www]"}));
  EXPECT_NEAR(found.coefficients[0].estimate, 4.5, 1e-12);
  EXPECT_NEAR(found.coefficients[2].estimate, 2.5 - 4.5, 1e-12);
  EXPECT_EQ(found.rows, 6) << "-1 is missing";
  EXPECT_EQ(names_of(fit("y ~ n")), (Names{"Intercept", "n[T.20]"}));
  EXPECT_NE(
      thrown([&] { fit("y ~ d"); }).find("expected levels of numbers or texts, found levels of datetime64"),
      std::string::npos);
}

TEST_F(FitColumns, ChunksLargerThanTheLibraryKeeps) {
  const hsize_t rows = 300000 / (kSanitized ? 2 : 1), chunk = rows * 2 / 3;  // of 8 bytes: more than 1 MiB
  const hid_t plan = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(1, &rows, nullptr);
  H5Pset_chunk(plan, 1, &chunk), H5Pset_deflate(plan, 1);
  std::vector<double> x(rows), y(rows);
  for (std::size_t i = 0; i < rows; ++i) x[i] = double(i % 1000), y[i] = 3 * x[i] + 2;
  for (const auto& [name, values] : {std::pair{"x", &x}, std::pair{"y", &y}}) {
    const hid_t set = H5Dcreate2(file_, name, H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, plan, H5P_DEFAULT);
    H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values->data());
    H5Dclose(set);
  }
  for (const hid_t id : {plan, space}) H5Idec_ref(id);
  const FitResult found = fit("y ~ x");
  EXPECT_NEAR(found.coefficients[1].estimate, 3, 1e-12);
  EXPECT_EQ(found.rows, std::int64_t(rows));
}

}  // namespace
}  // namespace sluice
