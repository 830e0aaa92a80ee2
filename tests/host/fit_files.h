// Tables as text and in binary formats, and files that fits leave, for tests of both.
#pragma once
#include <hdf5.h>

#include <cmath>
#include <cstring>
#include <random>

#include "../sanitized.h"
#include "fit_support.h"
#include "host/error.h"

namespace sluice::test {

/// Rows of y, a, k, w and n; a about 1e5, levels of k in blocks, so that parts lack some.
inline std::vector<std::string> made_rows(int rows) {
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

}  // namespace sluice::test
