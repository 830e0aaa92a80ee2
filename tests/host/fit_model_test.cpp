// What a fit leaves behind and goes on with: model files and predictions by them, states and their merge.
#include <hdf5.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <random>

#include "../sanitized.h"
#include "fit_support.h"
#include "host/error.h"
#include "host/fit_model.h"

namespace sluice {
namespace {

using namespace test;

/// Rows of y, a, k, w and n; a about 1e5, levels of k in blocks, so that parts lack some.
std::vector<std::string> made_rows(int rows) {
  std::mt19937_64 random(11);
  std::normal_distribution<double> normal;
  std::vector<std::string> lines;
  for (int i = 0; i < rows; ++i) {
    const double a = 1e5 + 3 * normal(random) + 20.0 * i / rows;
    const int level = i * 4 / rows;
    char text[120];
    std::snprintf(text, sizeof text, "%.10g,%.12g,l%d,%d,%d\n", 2 * a + level + normal(random), a, level,
                  1 + i % 3, 1 + i % 5);
    lines.push_back(i % 97 == 5 ? "NA,1,l0,1,1\n" : text);
  }
  return lines;
}

class FitFiles : public Fit {
 protected:
  std::string part(const std::string& name, const std::vector<std::string>& rows, std::size_t first,
                   std::size_t last) {
    std::ofstream file(folder_ / name, std::ios::binary);
    file << "y,a,k,w,n\n";
    for (std::size_t i = first; i < last; ++i) file << rows[i];
    return folder_ / name;
  }
  static std::string text_of(const std::string& path) {
    std::stringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }
};

/// The message of what is thrown.
template <class Call>
std::string thrown(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST_F(FitFiles, MergeOfThreePartsIsTheWhole) {
  const auto rows = made_rows(3000);
  const std::string whole = part("whole.csv", rows, 0, 3000);
  struct Case {
    std::string formula, weights, repeats;
    double ridge;
  };
  for (const Case& c : {Case{"y ~ a * k", "", "", 0}, Case{"y ~ 0 + a:k + C(k, Sum)", "w", "", 0},
                        Case{"y ~ np.log(a) + C(n)", "", "n", 0}, Case{"y ~ a + k", "", "", 2.5}}) {
    const auto options = [&](const std::string& path) {
      FitOptions o = fit_options(path, c.formula);
      o.weights = c.weights, o.repeats = c.repeats, o.residuals = "no", o.solver = "normal",
      o.ridge = c.ridge;
      return o;
    };
    const FitResult wanted = fit_table(options(whole), fit_run());
    RunOptions run = fit_run();
    run.force = true;
    MergeOptions merge;
    const std::size_t borders[] = {0, 700, 1600, 3000};
    for (int i = 0; i < 3; ++i) {
      FitOptions o = options(part("part.csv", rows, borders[i], borders[i + 1]));
      o.state = folder_ / ("s" + std::to_string(i));
      const FitResult alone = fit_table(o, run);  // a level may be in dropped rows alone: no fit, but a state
      EXPECT_EQ(alone.coefficients.empty(), !alone.unsolved.empty());
      merge.states.push_back(o.state);
    }
    merge.ridge = c.ridge;
    const auto check = [&](const FitResult& found) {
      ASSERT_EQ(found.coefficients.size(), wanted.coefficients.size());
      EXPECT_EQ(found.rows, wanted.rows);
      EXPECT_EQ(found.dropped, wanted.dropped);
      for (std::size_t j = 0; j < wanted.coefficients.size(); ++j) {
        const Coefficient &f = found.coefficients[j], &w = wanted.coefficients[j];
        EXPECT_EQ(f.name, w.name);
        EXPECT_NEAR(f.estimate, w.estimate, 1e-7 * (std::fabs(w.estimate) + 0.1)) << f.name;
        if (c.ridge == 0) {
          EXPECT_NEAR(f.error, w.error, 1e-8 * w.error) << f.name;
        }
      }
      EXPECT_NEAR(found.r_squared, wanted.r_squared, 1e-10);
      EXPECT_FALSE(found.residuals) << "residuals are not in a state";
    };
    check(merge_fits(merge, run));
    // In another order and in two steps.
    MergeOptions first{{merge.states[2], merge.states[0]}, folder_ / "two", "", c.ridge};
    merge_fits(first, run);
    check(merge_fits({{folder_ / "two", merge.states[1]}, "", "", c.ridge}, run));
  }
}

TEST_F(FitFiles, PartsThatLackLevelsAlsoInCodes) {
  // The first part meets v, then u; the second 07 where the first has 7.
  std::ofstream(folder_ / "a.csv") << "y,k,c\n1,7,v\n2,9,u\n4,7,u\n3,9,v\n";
  std::ofstream(folder_ / "b.csv") << "y,k,c\n6,3,w\n2,07,u\n5,3,u\n9,11,w\n7,11,u\n";
  std::ofstream(folder_ / "ab.csv")
      << "y,k,c\n1,7,v\n2,9,u\n4,7,u\n3,9,v\n6,3,w\n2,07,u\n5,3,u\n9,11,w\n7,11,u\n";
  const std::string formula = "y ~ C(k) + C(c, Treatment('u'))";
  for (const std::string name : {"a", "b"}) {
    FitOptions o = fit_options(folder_ / (name + ".csv"), formula);
    o.state = folder_ / (name + ".json"), o.residuals = "no";
    fit_table(o, fit_run());
  }
  const FitResult wanted = fit_table(fit_options(folder_ / "ab.csv", formula), fit_run());
  const FitResult found =
      merge_fits({{folder_ / "a.json", folder_ / "b.json"}, "", folder_ / "m.json"}, fit_run());
  ASSERT_EQ(found.coefficients.size(), 6u);
  EXPECT_EQ(found.coefficients[1].name, "C(k)[T.7]");
  for (std::size_t j = 0; j < 6; ++j) {
    EXPECT_EQ(found.coefficients[j].name, wanted.coefficients[j].name);
    EXPECT_NEAR(found.coefficients[j].estimate, wanted.coefficients[j].estimate, 1e-12);
  }
  EXPECT_NE(text_of(folder_ / "m.json").find("\"rows\":9"), std::string::npos);
}

TEST_F(FitFiles, StatesThatDoNotFit) {
  const auto save = [&](const std::string& name, const std::string& table, const std::string& formula) {
    FitOptions o = fit_options(write(table), formula);
    o.state = folder_ / name, o.residuals = "no";
    fit_table(o, fit_run());
    return o.state;
  };
  const std::string numbers = "y,a\n1,1\n2,2\n4,3\n4,4\n", one = save("one", numbers, "y ~ a");
  const auto message = [&](const std::string& other) {
    return thrown([&] { merge_fits({{one, other}, "", ""}, fit_run()); });
  };
  EXPECT_NE(
      message(save("two", numbers, "y ~ 0 + a")).find("two: a state of another formula: expected 'y ~ a'"),
      std::string::npos);
  EXPECT_NE(message(save("text", "y,a\n1,u\n2,v\n4,u\n5,v\n", "y ~ a")).find("column 'a' holds text"),
            std::string::npos);
  std::string text = text_of(one);
  std::ofstream(folder_ / "later") << text.replace(text.find("\"schema\":1"), 10, "\"schema\":9");
  EXPECT_NE(message(folder_ / "later").find("expected \"schema\": 1, found 9"), std::string::npos);
  text = text_of(one);
  std::ofstream(folder_ / "cut") << text.substr(0, text.size() / 2);
  EXPECT_NE(message(folder_ / "cut").find("cut: not JSON"), std::string::npos);
  std::ofstream(folder_ / "less") << text.replace(text.find("\"sums\":["), 8, "\"sums\":[0,");
  EXPECT_NE(message(folder_ / "less").find("its sums are not those of its formula"), std::string::npos);
  EXPECT_NE(message(write(numbers)).find("not JSON"), std::string::npos);
  FitOptions qr = fit_options(write(numbers), "y ~ a");
  qr.state = folder_ / "qr", qr.solver = "qr";
  EXPECT_NE(thrown([&] { fit_table(qr, fit_run()); }).find("--save-state with --solver qr"),
            std::string::npos);
}

TEST_F(FitFiles, PredictionsByAModelAreThoseOfTheFit) {
  const auto rows = made_rows(400);
  const std::string table = part("t.csv", rows, 0, 400);
  std::ofstream(folder_ / "new.csv") << "k,extra,a\nl0,1,100001.5\nl3,1,100019\n,2,3\nl1,NA,100010\n";
  struct Case {
    std::string formula, errors;
    double ridge;
  };
  for (const Case& c : {Case{"y ~ a * k", "classic", 0}, Case{"y ~ a + C(k, Sum)", "HC1", 0},
                        Case{"y ~ C(k) + I(a ** 2)", "HC3", 0}, Case{"y ~ a + k", "classic", 3}}) {
    FitOptions o = fit_options(table, c.formula);
    o.errors = c.errors, o.ridge = c.ridge;
    o.predict = folder_ / "new.csv", o.output = folder_ / "by_fit.csv", o.model = folder_ / "m.json";
    RunOptions run = fit_run();
    run.force = true;
    const FitResult fit = fit_table(o, run);
    PredictOptions p;
    p.input.path = folder_ / "new.csv", p.model = o.model, p.output = folder_ / "by_model.csv";
    const PredictResult result = predict_table(p, run);
    EXPECT_EQ(result.facts.rows, 4);
    EXPECT_EQ(result.facts.missing, 1);
    EXPECT_EQ(text_of(folder_ / "by_model.csv"), text_of(folder_ / "by_fit.csv")) << c.formula;
    // By hand: the first row's mean and its error from the covariance.
    if (c.formula != "y ~ a * k") continue;
    std::vector<double> x;
    for (const Coefficient& one : fit.coefficients)
      x.push_back(one.name == "Intercept" ? 1 : one.name == "a" ? 100001.5 : 0);
    double mean = 0, variance = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      mean += x[i] * fit.coefficients[i].estimate;
      for (std::size_t j = 0; j < x.size(); ++j) variance += x[i] * x[j] * fit.covariance[i * x.size() + j];
    }
    std::stringstream text(text_of(folder_ / "by_model.csv"));
    std::string line;
    std::getline(text, line), std::getline(text, line);
    double found = 0, error = 0;
    ASSERT_EQ(std::sscanf(line.c_str(), "%lf,%lf", &found, &error), 2);
    EXPECT_NEAR(found, mean, 1e-9 * mean);
    EXPECT_NEAR(error, std::sqrt(variance), 1e-3 * error) << "the covariance's products cancel";
  }
}

TEST_F(FitFiles, WhatAModelRefuses) {
  FitOptions o = fit_options(write("y,a,k\n1,1,u\n2,2,v\n4,3,u\n4,4,v\n9,5,u\n"), "y ~ . + np.log(a)");
  o.model = folder_ / "m.json";
  fit_table(o, fit_run());
  const auto message = [&](const std::string& table) {
    std::ofstream(folder_ / "new.csv") << table;
    PredictOptions p;
    p.input.path = folder_ / "new.csv", p.model = o.model, p.output = folder_ / "out.csv";
    return thrown([&] { predict_table(p, fit_run()); });
  };
  EXPECT_NE(message("a,k\n1,u\n2,w\n").find("new.csv: line 3, column 2: bad value in 'k'"),
            std::string::npos);
  EXPECT_NE(message("a\n1\n").find("new.csv: expected a column 'k'"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out.csv"));
  EXPECT_EQ(message("z,k,a\n7,u,1\n"), "") << "other columns do not matter, though the formula says '.'";
  EXPECT_NE(message("a,k\n1,u\n").find("out.csv: the output exists"), std::string::npos);
  EXPECT_NE(thrown([&] { fit_table(o, fit_run()); }).find("m.json: the output exists"), std::string::npos);
}

struct Record {
  double y;
  float a;
  std::int32_t n;
  char k[3];
  std::uint8_t flag;
} __attribute__((packed));

/// The same rows as text, a structured array, a compound dataset and a group of datasets.
class FitRecords : public FitFiles {
 protected:
  void SetUp() override {
    std::mt19937_64 random(5);
    std::string text = "y,a,n,k,flag\n";
    for (int i = 0; i < kRows; ++i) {
      Record r{};
      r.a = float(int(random() % 1000)) / 8, r.n = int(random() % 3) - 1;
      r.y = double(r.a) * 3 + double(int(random() % 64)) / 4;
      std::memcpy(r.k, &"u\0\0vv\0www"[3 * (random() % 3)], 3);
      r.flag = random() % 2;
      const bool missing = i % 50 == 3;
      if (missing) r.y = NAN;
      records_.push_back(r);
      char line[100];
      std::snprintf(line, sizeof line, "%s,%.9g,%d,%.3s,%s\n", missing ? "" : std::to_string(r.y).c_str(),
                    double(r.a), r.n, r.k, r.flag != 0 ? "True" : "False");
      text += line;
    }
    csv_ = write(text);
    write_npy();
    write_hdf5();
  }
  void write_npy() {
    std::string header =
        "{'descr': [('y', '<f8'), ('a', '<f4'), ('n', '<i4'), ('k', '|S3'), ('flag', '|b1')], "
        "'fortran_order': False, 'shape': (" +
        std::to_string(kRows) + ",), }";
    header.resize(245, ' ');
    header += '\n';
    std::ofstream file(folder_ / "t.npy", std::ios::binary);
    file << std::string("\x93NUMPY\1\0", 8) << char(header.size() & 255) << char(header.size() >> 8)
         << header;
    file.write(reinterpret_cast<const char*>(records_.data()),
               std::streamsize(records_.size() * sizeof(Record)));
  }
  void write_hdf5() {
    const std::string path = folder_ / "t.h5";
    const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    const hid_t text = H5Tcopy(H5T_C_S1), flag = H5Tenum_create(H5T_NATIVE_INT8);
    H5Tset_size(text, 3), H5Tset_strpad(text, H5T_STR_NULLPAD);
    const signed char off = 0, on = 1;
    H5Tenum_insert(flag, "FALSE", &off), H5Tenum_insert(flag, "TRUE", &on);
    struct Field {
      const char* name;
      std::size_t offset;
      hid_t type;
    };
    const Field fields[] = {{"y", offsetof(Record, y), H5T_NATIVE_DOUBLE},
                            {"a", offsetof(Record, a), H5T_NATIVE_FLOAT},
                            {"n", offsetof(Record, n), H5T_NATIVE_INT32},
                            {"k", offsetof(Record, k), text},
                            {"flag", offsetof(Record, flag), flag}};
    const hid_t compound = H5Tcreate(H5T_COMPOUND, sizeof(Record));
    for (const Field& f : fields) H5Tinsert(compound, f.name, f.offset, f.type);
    const hsize_t rows = kRows;
    const hid_t space = H5Screate_simple(1, &rows, nullptr);
    const hid_t group = H5Gcreate2(file, "columns", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    const auto put = [&](hid_t where, const char* name, hid_t type, const void* data) {
      const hid_t set = H5Dcreate2(where, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
      H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data);
      H5Dclose(set);
    };
    put(file, "records", compound, records_.data());
    for (const Field& f : fields) {
      const std::size_t size = H5Tget_size(f.type);
      std::vector<char> column(std::size_t(kRows) * size);
      for (std::size_t i = 0; i < std::size_t(kRows); ++i)
        std::memcpy(&column[i * size], reinterpret_cast<const char*>(&records_[i]) + f.offset, size);
      put(group, f.name, f.type, column.data());
    }
    for (const hid_t id : {group, space, compound, text, flag, file}) H5Idec_ref(id);
  }
  static constexpr int kRows = 20000 / (kSanitized ? 8 : 1);
  std::vector<Record> records_;
  std::string csv_;
};

TEST_F(FitRecords, BinaryTablesGiveWhatTextGives) {
  FitOptions o = fit_options(csv_, "y ~ a * k + C(n) + flag");
  o.errors = "HC1";
  const FitResult wanted = fit_table(o, fit_run());
  ASSERT_EQ(wanted.coefficients.size(), 9u);
  for (const std::string name : {"t.npy", "t.h5:/records", "t.h5:/columns"}) {
    o.input.path = folder_ / name;
    for (const int threads : {1, 3}) {
      const FitResult found = fit_table(o, fit_run(threads));
      ASSERT_EQ(found.coefficients.size(), 9u) << name;
      EXPECT_EQ(found.rows, wanted.rows);
      EXPECT_EQ(found.dropped, wanted.dropped);
      for (std::size_t j = 0; j < 9; ++j) {
        EXPECT_EQ(found.coefficients[j].name, wanted.coefficients[j].name) << name;
        EXPECT_NEAR(found.coefficients[j].estimate, wanted.coefficients[j].estimate, 1e-11);
        EXPECT_NEAR(found.coefficients[j].error, wanted.coefficients[j].error, 1e-11);
      }
      EXPECT_NEAR(found.residuals->durbin_watson, wanted.residuals->durbin_watson, 1e-11);
    }
    FitOptions given = fit_options(folder_ / name, "y ~ C(k, levels=['u', 'vv'])");
    EXPECT_NE(thrown([&] { fit_table(given, fit_run()); })
                  .find("bad value in 'k': expected a known level, found "
                        "'www'"),
              std::string::npos);
    given.formula = "y ~ log(k)";
    EXPECT_NE(thrown([&] { fit_table(given, fit_run()); }).find("holds text"), std::string::npos);
  }
  std::filesystem::resize_file(folder_ / "t.npy", 4000);
  o.input.path = folder_ / "t.npy";
  EXPECT_NE(thrown([&] { fit_table(o, fit_run()); }).find("t.npy: truncated"), std::string::npos);
}

TEST_F(FitFiles, MatricesWithNames) {
  std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': (4, 2), }";
  header.resize(117, ' ');
  header += '\n';
  std::ofstream file(folder_ / "m.npy", std::ios::binary);
  file << std::string("\x93NUMPY\1\0", 8) << char(header.size()) << '\0' << header;
  const double values[] = {1, 1, 2, 2, 4, 3, 4, 4};
  file.write(reinterpret_cast<const char*>(values), sizeof values);
  file.close();
  FitOptions o = fit_options(folder_ / "m.npy", "column1 ~ column2");
  const double slope = fit_table(o, fit_run()).coefficients[1].estimate;
  EXPECT_NEAR(slope, 1.1, 1e-14);
  o.formula = "y ~ x", o.input.options.dialect.names = {"y", "x"};
  EXPECT_EQ(fit_table(o, fit_run()).coefficients[1].estimate, slope);
  o.input.options.dialect.names = {"y"};
  EXPECT_NE(thrown([&] { fit_table(o, fit_run()); }).find("expected names of 2 columns, found 1"),
            std::string::npos);
}

}  // namespace
}  // namespace sluice
