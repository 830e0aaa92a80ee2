// Reads and writes the names of element types; one table serves .npy headers and --dtype.
#include "host/formats/dtype_text.h"

#include <array>
#include <bit>

namespace sluice {
namespace {

struct Name {
  DType type;
  const char* code;
};

constexpr std::array<Name, 11> kNames{{{DType::kFloat32, "f4"},
                                       {DType::kFloat64, "f8"},
                                       {DType::kInt8, "i1"},
                                       {DType::kUInt8, "u1"},
                                       {DType::kInt16, "i2"},
                                       {DType::kUInt16, "u2"},
                                       {DType::kInt32, "i4"},
                                       {DType::kUInt32, "u4"},
                                       {DType::kInt64, "i8"},
                                       {DType::kUInt64, "u8"},
                                       {DType::kBool, "b1"}}};

bool in_other_order(char mark) {
  constexpr bool little = std::endian::native == std::endian::little;
  return (mark == '>' && little) || (mark == '<' && !little);
}

TypeText refused(std::string name, std::string advice) {
  TypeText text;
  text.name = std::move(name);
  text.advice = std::move(advice);
  return text;
}

TypeText refusal(const std::string& code) {
  const std::string convert = "convert it first: x.astype('float32') or x.astype('float64')";
  if (code == "c8" || code == "complex64" || code == "c16" || code == "complex128" || code[0] == 'c')
    return refused(code == "c8"     ? "complex64"
                   : code == "c16"  ? "complex128"
                   : code[0] == 'c' ? "complex"
                                    : code,
                   "complex data is refused: save its real and imaginary parts as matrices of their own");
  if (code == "O" || code == "O8" || code == "O4" || code == "object")
    return refused("object (pickled Python objects)", "save numbers: x.astype('float64')");
  if (code == "f2" || code == "float16") return refused("float16", convert);
  if (code == "f16" || code == "f12" || code == "float128" || code == "longdouble")
    return refused("long double", convert);
  switch (code[0]) {
    case 'S':
    case 'a':
      return refused("byte strings (" + code + ")", convert);
    case 'U':
      return refused("text (" + code + ")", convert);
    case 'V':
      return refused("raw records (" + code + ")", "save one field: np.save('field.npy', x['field'])");
    case 'M':
      return refused("dates (" + code + ")", "convert it first: x.astype('int64')");
    case 'm':
      return refused("time spans (" + code + ")", "convert it first: x.astype('int64')");
    default:
      return refused("'" + code + "'",
                     "types that work: float32, float64, int8 to int64, uint8 to uint64, bool");
  }
}

}  // namespace

TypeText parse_type(const std::string& text) {
  const bool marked = !text.empty() && std::string("<>=|").find(text[0]) != std::string::npos;
  const std::string code = marked ? text.substr(1) : text;
  for (const Name& name : kNames) {
    if (code != name.code && (marked || code != name_of(name.type)) &&
        !(code == "?" && name.type == DType::kBool))
      continue;
    TypeText found;
    found.known = true;
    found.type = name.type;
    found.swapped = marked && size_of(name.type) > 1 && in_other_order(text[0]);
    found.name = name_of(name.type);
    return found;
  }
  if (code.empty())
    return refused("''", "types that work: float32, float64, int8 to int64, uint8 to uint64, bool");
  return refusal(code);
}

std::string npy_type_of(DType type) {
  for (const Name& name : kNames)
    if (name.type == type) return std::string(size_of(type) == 1 ? "|" : "<") + name.code;
  return "|V1";
}

}  // namespace sluice
