// Result files: made with their space, read back by our readers and by the HDF5 library, and gone without a
// trace where making them fails.
#include "host/formats/output.h"

#include <fcntl.h>
#include <hdf5.h>
#include <sys/stat.h>

#include <chrono>
#include <thread>

#include "formats_support.h"

namespace sluice {
namespace {

using namespace formats_test;

const Provenance kProvenance{
    {"command", "sluice cov 'a b.npy' -o \"C.npy\"\n"}, {"version", "0.1.0"}, {"Größe", ""}};

OutputSpec spec_of(const std::string& name, std::int64_t rows, std::int64_t columns, int dimensions,
                   DType type) {
  OutputSpec spec = parse_output(name, "cov");
  spec.rows = rows;
  spec.columns = columns;
  spec.dimensions = dimensions;
  spec.type = type;
  return spec;
}

// Writes 1, 2, 3, ... as an operation would, and takes the final name.
void write_result(const OutputSpec& spec, std::uint64_t offset, const std::string& working) {
  {
    const sys::File file(working, O_RDWR);
    for (std::int64_t i = 0; i < spec.rows * spec.columns; ++i) {
      const double value = double(i + 1);
      sys::write_at(file, &value, 8, offset + std::uint64_t(i) * 8);
    }
  }
  sys::rename(working, spec.path);
}

int fail_at = -1, calls = 0;  // of the fault hook
int fail_once(sys::Call, const char*) {
  return calls++ == fail_at ? EIO : 0;
}
int no_reservation(sys::Call call, const char*) {
  return call == sys::Call::kReserve && calls++ == 0 ? EOPNOTSUPP : 0;
}

class Output : public testing::Test {
 protected:
  void TearDown() override { sys::set_fault_hook(nullptr); }
  Folder folder;
};

TEST_F(Output, NamesAreUnderstood) {
  const auto parsed = [](const std::string& name) {
    const OutputSpec spec = parse_output(name, "cov");
    return std::to_string(int(spec.format)) + " " + spec.path + " " + spec.dataset;
  };
  EXPECT_EQ(parsed("a/C.npy"), "0 a/C.npy ");
  EXPECT_EQ(parsed("C.bin"), "1 C.bin ");
  EXPECT_EQ(parsed("C:1.raw"), "1 C:1.raw ");
  EXPECT_EQ(parsed("C.h5"), "2 C.h5 /cov");
  EXPECT_EQ(parsed("C.HDF5:/a/b"), "2 C.HDF5 /a/b");
  EXPECT_EQ(parsed("x:y/C.h5:a//b/"), "2 x:y/C.h5 /a/b");
  EXPECT_EQ(caught([&] { parsed("C.h5:"); }).what,
            "C.h5: expected the name of a dataset after ':', found none");
  EXPECT_EQ(caught([&] { parsed("C.npy:/a"); }).what,
            "C.npy:/a: a .npy file holds one matrix: only HDF5 has datasets");
  EXPECT_EQ(caught([&] { parsed("-"); }).kind, ErrorKind::kUsage);
  EXPECT_EQ(caught([&] { parsed(""); }).kind, ErrorKind::kUsage);
}

TEST_F(Output, ResultsAreReadBack) {
  for (const char* name : {"C.npy", "C.h5:/deep/er/cov", "C.hdf5"})
    for (const int dimensions : {0, 1, 2}) {
      const std::string path = folder / name, working = folder / "C.partial";
      const std::int64_t rows = dimensions == 2 ? 30 : 1, columns = dimensions == 0 ? 1 : 40;
      const OutputSpec spec = spec_of(path, rows, columns, dimensions, DType::kFloat64);
      bool reserved = false;
      const std::uint64_t offset = create_output(spec, working, kProvenance, &reserved);
      write_result(spec, offset, working);
      const auto source = open_matrix(path);
      EXPECT_EQ(source->info().dimensions, dimensions) << name;
      EXPECT_EQ(source->info().rows, rows);
      EXPECT_EQ(source->info().columns, columns);
      EXPECT_TRUE(source->flat());
      EXPECT_EQ(source->data_offset(), offset);
      std::vector<double> expected;
      for (std::int64_t i = 0; i < rows * columns; ++i) expected.push_back(double(i + 1));
      EXPECT_EQ(all<double>(*source), expected) << name << dimensions;
    }
}

TEST_F(Output, DataOfResultsStartOnAPage) {
  const OutputSpec npy = spec_of(folder / "C.npy", 300, 300, 2, DType::kFloat32);
  EXPECT_EQ(create_output(npy, npy.path, {}), 4096u);
  EXPECT_EQ(get(npy.path).size(), 4096u + 360000u);
  struct stat st {};
  ASSERT_EQ(stat(npy.path.c_str(), &st), 0);
  const OutputSpec hdf5 = spec_of(folder / "C.h5", 300, 300, 2, DType::kFloat32);
  EXPECT_EQ(create_output(hdf5, hdf5.path, kProvenance) % 4096, 0u);
  const OutputSpec raw = spec_of(folder / "C.bin", 300, 300, 2, DType::kFloat32);
  EXPECT_EQ(create_output(raw, raw.path, {}), 0u);
  EXPECT_EQ(get(raw.path), std::string(360000, '\0'));
}

TEST_F(Output, EveryTypeIsReadBackByTheLibrary) {
  const std::pair<DType, hid_t> types[] = {{DType::kFloat32, H5T_IEEE_F32LE},
                                           {DType::kFloat64, H5T_IEEE_F64LE},
                                           {DType::kInt64, H5T_STD_I64LE},
                                           {DType::kUInt16, H5T_STD_U16LE},
                                           {DType::kBool, H5T_STD_U8LE}};
  for (const auto& [type, expected] : types) {
    const OutputSpec spec = spec_of(folder / (std::string(name_of(type)) + ".h5"), 3, 4, 2, type);
    create_output(spec, spec.path, {});
    const hid_t file = H5Fopen(spec.path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    const hid_t dataset = H5Dopen2(file, "/cov", H5P_DEFAULT), found = H5Dget_type(dataset);
    EXPECT_GT(H5Tequal(found, expected), 0) << name_of(type);
    H5Tclose(found), H5Dclose(dataset), H5Fclose(file);
  }
}

TEST_F(Output, EmptyResults) {
  for (const char* name : {"C.npy", "C.h5", "C.bin"}) {
    const OutputSpec spec = spec_of(folder / name, 0, 5, 2, DType::kFloat32);
    create_output(spec, spec.path, kProvenance);
    if (spec.format != FileFormat::kRaw) {
      EXPECT_EQ(open_matrix(spec.path)->info().columns, 5) << name;
    }
  }
}

TEST_F(Output, BytesDoNotDependOnTime) {
  for (const char* name : {"C.npy", "C.h5:/a/b/cov"}) {
    const OutputSpec spec = spec_of(folder / name, 20, 20, 2, DType::kFloat32);
    create_output(spec, folder / "first", kProvenance);
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));
    create_output(spec, folder / "second", kProvenance);
    EXPECT_EQ(get(folder / "first"), get(folder / "second")) << name;
  }
}

TEST_F(Output, TooLargeForTheDiskSaysNeededAndFree) {
  for (const char* name : {"C.npy", "C.h5", "C.bin"}) {
    const OutputSpec spec =
        spec_of(folder / name, std::int64_t(1) << 24, std::int64_t(1) << 30, 2, DType::kFloat64);
    const Caught error = caught([&] { create_output(spec, spec.path + ".partial", {}); });
    EXPECT_EQ(error.kind, ErrorKind::kOutput);
    EXPECT_EQ(error.what.find(spec.path + ": not enough space on its disk: needed 128.0 PiB (14411518807"),
              0u)
        << error.what;
    EXPECT_NE(error.what.find(" bytes), free "), std::string::npos) << error.what;
    EXPECT_EQ(folder.files(), 0u);
  }
  const OutputSpec spec = spec_of("C.npy", std::int64_t(1) << 40, std::int64_t(1) << 40, 2, DType::kFloat64);
  EXPECT_EQ(
      caught([&] { create_output(spec, "C.partial", {}); }).what,
      "C.npy: a result of 1099511627776 x 1099511627776 float64 overflows: expected less than 2^63 bytes");
}

TEST_F(Output, EveryFailureLeavesNothing) {
  for (const char* name : {"C.npy", "C.h5", "C.bin"}) {
    const OutputSpec spec = spec_of(folder / name, 20, 20, 2, DType::kFloat32);
    int failures = 0;
    for (fail_at = 0;; ++fail_at) {
      calls = 0;
      sys::set_fault_hook(fail_once);
      const Caught error = caught([&] { create_output(spec, spec.path + ".partial", kProvenance); });
      sys::set_fault_hook(nullptr);
      if (!error.thrown) break;
      ++failures;
      EXPECT_EQ(error.kind, ErrorKind::kOutput);
      EXPECT_EQ(folder.files(), 0u) << name << " call " << fail_at << ": " << error.what;
    }
    EXPECT_GE(failures, 2) << name;
    sys::unlink(spec.path + ".partial");
  }
}

TEST_F(Output, WithoutReservationTheSizeIsSetAndSaid) {
  for (const char* name : {"C.npy", "C.h5", "C.bin"}) {
    const OutputSpec spec = spec_of(folder / name, 20, 20, 2, DType::kFloat64);
    calls = 0;
    sys::set_fault_hook(no_reservation);
    bool reserved = true;
    const std::uint64_t offset = create_output(spec, spec.path, {}, &reserved);
    sys::set_fault_hook(nullptr);
    EXPECT_FALSE(reserved);
    EXPECT_GE(get(spec.path).size(), offset + 3200) << name;
  }
}

TEST_F(Output, FoldersThatDoNotTakeIt) {
  const OutputSpec spec = spec_of(folder / "absent/C.h5", 2, 2, 2, DType::kFloat32);
  const Caught error = caught([&] { create_output(spec, spec.path + ".partial", {}); });
  EXPECT_EQ(error.kind, ErrorKind::kOutput);
  EXPECT_EQ(error.what, spec.path + ".partial: its folder cannot be examined: No such file or directory");
}

TEST_F(Output, ProvenanceGoesAndComes) {
  for (const char* name : {"C.npy", "C.bin", "C.h5"}) {
    const OutputSpec spec = spec_of(folder / name, 2, 2, 2, DType::kFloat32);
    create_output(spec, spec.path, kProvenance);
    write_provenance(spec, kProvenance);
    EXPECT_EQ(read_provenance(spec.path), kProvenance) << name;
    EXPECT_EQ(sys::exists(spec.path + ".meta.json"), spec.format != FileFormat::kHdf5);
    EXPECT_FALSE(sys::exists(spec.path + ".meta.json.partial"));
  }
  EXPECT_EQ(read_provenance((folder / "C.h5") + ":/cov"), kProvenance);
  EXPECT_TRUE(read_provenance((folder / "C.h5") + ":/none").empty());
}

TEST_F(Output, SideFileIsJson) {
  const OutputSpec spec = spec_of(folder / "C.npy", 2, 2, 2, DType::kFloat32);
  write_provenance(spec, {{"command", "a\"b\\c\td\x01\xff"}, {"version", "1"}});
  EXPECT_EQ(
      get(spec.path + ".meta.json"),
      "{\n  \"schema\": 1,\n  \"provenance\": {\n    \"command\": \"a\\\"b\\\\c\\td\\u0001\xef\xbf\xbd\",\n"
      "    \"version\": \"1\"\n  }\n}\n");
}

TEST_F(Output, ForeignSideFilesAreRead) {
  const std::string path = put(folder / "x.npy", "1");
  const auto read = [&](const std::string& json) {
    put(path + ".meta.json", json);
    return read_provenance(path);
  };
  EXPECT_EQ(
      read(
          "{\"other\": [1, {\"a\": \"}\"}], \"provenance\": {\"k\": \"\\u00e4\\ud83d\\ude00\\/\", \"n\": 3}, "
          "\"schema\": 1}"),
      (Provenance{{"k", "\xc3\xa4\xf0\x9f\x98\x80/"}, {"n", "3"}}));
  for (const char* json :
       {"", "{", "[]", "{\"schema\": 2, \"provenance\": {\"k\": \"v\"}}",
        "{\"schema\": 1, \"provenance\": {\"k\": \"v}}", "{\"schema\": 1, \"provenance\": {\"k\" 1}}",
        "{\"schema\": 1, \"provenance\": {\"k\": \"\\u12\"}}"})
    EXPECT_TRUE(read(json).empty()) << json;
  sys::unlink(path + ".meta.json");
  EXPECT_TRUE(read_provenance(path).empty());
  EXPECT_TRUE(read_provenance(folder / "absent").empty());
}

TEST_F(Output, HintsOpenTheResult) {
  EXPECT_EQ(open_hint(spec_of("C.npy", 3, 4, 2, DType::kFloat32)), "np.load('C.npy', mmap_mode='r')");
  EXPECT_EQ(open_hint(spec_of("C.npy", 1, 1, 0, DType::kFloat32)), "np.load('C.npy')");
  EXPECT_EQ(open_hint(spec_of("it's.npy", 3, 4, 2, DType::kFloat32)), "np.load(\"it's.npy\", mmap_mode='r')");
  EXPECT_EQ(open_hint(spec_of("C.h5:/a", 3, 4, 2, DType::kFloat32)), "h5py.File('C.h5')['/a']");
  EXPECT_EQ(open_hint(spec_of("C.bin", 3, 4, 2, DType::kFloat64)),
            "np.memmap('C.bin', 'float64', 'r', shape=(3, 4))");
  EXPECT_EQ(open_hint(spec_of("C.bin", 1, 4, 1, DType::kFloat64)),
            "np.memmap('C.bin', 'float64', 'r', shape=(4,))");
}

}  // namespace
}  // namespace sluice
