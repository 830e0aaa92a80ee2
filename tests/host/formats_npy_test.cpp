// .npy headers as files have them and as they never should be. Each refusal has its exact line.
#include <fcntl.h>

#include <array>

#include "formats_support.h"
#include "host/formats/npy.h"

namespace sluice {
namespace {

using namespace formats_test;

std::string npy(const std::string& dict, int major = 1, const std::string& data = {}) {
  std::string file = "\x93NUMPY";
  file += {char(major), '\0'};
  const std::size_t size = dict.size();
  file += {char(size & 255), char(size >> 8 & 255)};
  if (major > 1) file += {char(size >> 16 & 255), char(size >> 24)};
  return file + dict + data;
}

std::string dict(const std::string& type, const std::string& shape, const std::string& order = "False") {
  return "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
}

NpyHeader parse(const std::string& bytes) {
  return parse_npy(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), "x");
}

std::string problem(const std::string& bytes) {
  return caught([&] { parse(bytes); }).what;
}

TEST(Npy, TypesAndByteOrders) {
  const std::pair<const char*, DType> types[] = {
      {"f4", DType::kFloat32}, {"f8", DType::kFloat64}, {"i1", DType::kInt8},  {"u1", DType::kUInt8},
      {"i2", DType::kInt16},   {"u2", DType::kUInt16},  {"i4", DType::kInt32}, {"u4", DType::kUInt32},
      {"i8", DType::kInt64},   {"u8", DType::kUInt64},  {"b1", DType::kBool}};
  for (const auto& [code, type] : types)
    for (const char order : {'<', '>', '=', '|'}) {
      const NpyHeader header = parse(npy(dict(order + std::string(code), "(3, 4)")));
      EXPECT_EQ(header.type, type) << code;
      EXPECT_EQ(header.swapped, order == '>' && size_of(type) > 1) << order << code;
      EXPECT_EQ(header.data_bytes, 12 * size_of(type));
    }
}

TEST(Npy, ShapesAndVersions) {
  for (const int major : {1, 2, 3}) {
    const std::string text = dict("<f4", "(3, 4)");
    const NpyHeader header = parse(npy(text, major));
    EXPECT_EQ(header.major, major);
    EXPECT_EQ(header.data_offset, text.size() + (major == 1 ? 10 : 12));
  }
  const std::tuple<const char*, int, std::int64_t, std::int64_t> shapes[] = {
      {"()", 0, 1, 1},     {"(7,)", 1, 1, 7},        {"(7, )", 1, 1, 7},   {"(3L, 4L)", 2, 3, 4},
      {"(3,4,)", 2, 3, 4}, {"( 0 ,\n 5 )", 2, 0, 5}, {"(+1, -0)", 2, 1, 0}};
  for (const auto& [text, dimensions, rows, columns] : shapes) {
    const NpyHeader header = parse(npy(dict("<f8", text)));
    EXPECT_EQ(header.dimensions, dimensions) << text;
    EXPECT_EQ(header.rows, rows) << text;
    EXPECT_EQ(header.columns, columns) << text;
  }
}

TEST(Npy, KeysInAnyOrderAndSpacing) {
  const NpyHeader header = parse(npy("  {\"shape\" :(2,3),'fortran_order':True\t, 'descr' : \">i2\"}   \n"));
  EXPECT_EQ(header.rows, 2);
  EXPECT_TRUE(header.fortran);
  EXPECT_TRUE(header.swapped);
}

TEST(Npy, FortranOrderOfALineIsNoDifference) {
  EXPECT_FALSE(parse(npy(dict("<f4", "(1, 9)", "True"))).fortran);
  EXPECT_FALSE(parse(npy(dict("<f4", "(9, 1)", "True"))).fortran);
  EXPECT_FALSE(parse(npy(dict("<f4", "(9,)", "True"))).fortran);
  EXPECT_TRUE(parse(npy(dict("<f4", "(2, 2)", "True"))).fortran);
}

TEST(Npy, RefusedTypesAreNamed) {
  const std::string start = "x: wrong element type: expected real numbers, found ";
  const std::pair<const char*, const char*> types[] = {{"|O", "object (pickled Python objects)"},
                                                       {"<c8", "complex64"},
                                                       {"<c16", "complex128"},
                                                       {"<f2", "float16"},
                                                       {"<f16", "long double"},
                                                       {"<U5", "text (U5)"},
                                                       {"|S3", "byte strings (S3)"},
                                                       {"|V8", "raw records (V8)"},
                                                       {"<M8[ns]", "dates (M8[ns])"},
                                                       {"<m8[s]", "time spans (m8[s])"},
                                                       {"<q9", "'q9'"},
                                                       {"", "''"}};
  for (const auto& [code, name] : types) {
    const Caught error = caught([&, code = code] { parse(npy(dict(code, "(3, 4)"))); });
    EXPECT_EQ(error.kind, ErrorKind::kInput);
    EXPECT_EQ(error.what, start + name);
    EXPECT_FALSE(error.advice.empty()) << code;
  }
  const std::string records =
      "x: wrong element type: expected real numbers, found records (a structured type)";
  EXPECT_EQ(
      problem(npy("{'descr': [('a', '<f4'), ('b)]', '<i4', (2,))], 'fortran_order': False, 'shape': (3,)}")),
      records);
  EXPECT_EQ(problem(npy("{'descr': ('<f4', (3,)), 'fortran_order': False, 'shape': (3,)}")), records);
}

TEST(Npy, MoreDimensionsAreRowsOfTheFirst) {
  const std::string bytes = npy(dict("<f4", "(2, 3, 4)"));
  const NpyHeader header =
      parse_npy(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), "x", true);
  EXPECT_EQ(header.rows, 2);
  EXPECT_EQ(header.columns, 12);
  EXPECT_EQ(header.extents, (std::vector<std::int64_t>{2, 3, 4}));
  EXPECT_EQ(header.data_bytes, 96u);
  const std::string huge = npy(dict("<f4", "(2, 4294967296, 4294967296)"));
  EXPECT_THROW(parse_npy(reinterpret_cast<const unsigned char*>(huge.data()), huge.size(), "x", true), Error);
}

TEST(Npy, RefusedShapes) {
  EXPECT_EQ(problem(npy(dict("<f4", "(3, -4)"))),
            "x: malformed header: expected extents of at least 0, found shape (3, -4)");
  EXPECT_EQ(problem(npy(dict("<f4", "(2, 3, 4)"))),
            "x: too many dimensions: expected at most 2, found 3 in shape (2, 3, 4)");
  EXPECT_EQ(problem(npy(dict("<f4", "(4294967296, 4294967296)"))),
            "x: malformed header: shape (4294967296, 4294967296) of float32 overflows: expected less than "
            "2^63 bytes");
  EXPECT_EQ(problem(npy(dict("<f8", "(9223372036854775807,)"))),
            "x: malformed header: shape (9223372036854775807,) of float64 overflows: expected less than 2^63 "
            "bytes");
  EXPECT_EQ(
      problem(npy(dict("|u1", "(9223372036854775807,)"))),
      "x: malformed header: shape (9223372036854775807,) of uint8 overflows: expected less than 2^63 bytes");
  EXPECT_NE(problem(npy(dict("|u1", "(99999999999999999999, 0)"))).find("overflows"), std::string::npos);
}

TEST(Npy, MalformedText) {
  const std::string start = "x: malformed header: ";
  EXPECT_EQ(problem(npy("")), start + "expected '{', found the end at byte 0 of its text");
  EXPECT_EQ(problem(npy("[1]")), start + "expected '{', found '[' at byte 0 of its text");
  EXPECT_EQ(problem(npy("{'descr' '<f4'}")), start + "expected ':', found ''' at byte 9 of its text");
  EXPECT_EQ(problem(npy("{'descr': '<f4', 'shape': (3,)}")), start + "key 'fortran_order' is missing");
  EXPECT_EQ(problem(npy("{'descr': '<f4', 'descr': '<f4'}")), start + "key 'descr' is there twice");
  EXPECT_EQ(problem(npy("{'kind': 1}")), start + "unknown key 'kind'");
  EXPECT_EQ(problem(npy("{'descr': '<f4")),
            start + "expected the end of a string, found the end at byte 14 of its text");
  EXPECT_EQ(problem(npy("{'descr': '\\x3cf4'}")),
            start + "expected a plain string, found '\\' at byte 11 of its text");
  EXPECT_EQ(problem(npy(dict("<f4", "(3 4)"))),
            start + "expected ',' or ')', found '4' at byte 53 of its text");
  EXPECT_EQ(problem(npy(dict("<f4", "(5)"))),
            start + "expected ',' after the only extent, found ')' at byte 52 of its text");
  EXPECT_EQ(problem(npy(dict("<f4", "5"))), start + "expected '(', found '5' at byte 50 of its text");
  EXPECT_EQ(problem(npy(dict("<f4", "(3,)", "1"))),
            start + "expected True or False, found '1' at byte 34 of its text");
  EXPECT_EQ(problem(npy(dict("<f4", "(3,)") + "x")),
            start + "expected nothing after the closing '}', found 'x' at byte 57 of its text");
  EXPECT_EQ(problem(npy("{'descr': [(]), 'a'}")),
            start + "expected a closing bracket, found ']' at byte 12 of its text");
  EXPECT_EQ(problem(npy("{'descr': \x01}")), start + "expected a string, found \\x01 at byte 10 of its text");
}

TEST(Npy, TruncatedAndForeignHeaders) {
  const std::string whole = npy(dict("<f4", "(3, 4)"));
  EXPECT_EQ(problem("\x93NUMP"), "x: not a .npy file: expected it to begin with \\x93NUMPY");
  EXPECT_EQ(problem(whole.substr(0, 7)), "x: truncated header: expected at least 10 bytes, found 7");
  EXPECT_EQ(problem(whole.substr(0, 9)), "x: truncated header: expected at least 10 bytes, found 9");
  EXPECT_EQ(problem(npy("{}", 2).substr(0, 11)), "x: truncated header: expected at least 12 bytes, found 11");
  EXPECT_EQ(problem(whole.substr(0, 40)),
            "x: truncated header: expected " + std::to_string(whole.size()) + " bytes, found 40");
  EXPECT_EQ(problem(npy("{}", 4)), "x: unknown .npy version: expected 1.0, 2.0 or 3.0, found 4.0");
  const std::string huge = std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff", 12);
  EXPECT_EQ(problem(huge), "x: malformed header: expected at most 1048576 bytes of text, found 4294967295");
}

TEST(Npy, EveryCutIsAnErrorAndNoCrash) {
  const std::string whole = npy(dict("<f4", "(3, 4)"));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    // A copy of exactly this size: the address sanitizer sees a read beyond it.
    const std::vector<unsigned char> cut(whole.begin(), whole.begin() + std::ptrdiff_t(size));
    EXPECT_TRUE(caught([&] { parse_npy(cut.data(), cut.size(), "x"); }).thrown) << size;
  }
}

TEST(Npy, WrittenHeadersAreReadBack) {
  for (const DType type : {DType::kFloat32, DType::kFloat64, DType::kUInt8, DType::kInt64, DType::kBool})
    for (const int dimensions : {0, 1, 2}) {
      const std::int64_t rows = dimensions == 2 ? 1234567890123 : 1, columns = dimensions == 0 ? 1 : 7;
      const std::string header = make_npy_header(type, dimensions, rows, columns);
      EXPECT_EQ(header.size(), 4096u);
      EXPECT_EQ(header.back(), '\n');
      const NpyHeader read = parse(header);
      EXPECT_EQ(read.type, type);
      EXPECT_EQ(read.dimensions, dimensions);
      EXPECT_EQ(read.rows, rows);
      EXPECT_EQ(read.columns, columns);
      EXPECT_FALSE(read.fortran || read.swapped);
      EXPECT_EQ(read.data_offset, 4096u);
    }
}

}  // namespace
}  // namespace sluice
