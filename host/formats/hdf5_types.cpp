// Recognises element types by comparison with HDF5's own, so that odd precisions and paddings are refused.
#include "host/formats/hdf5_types.h"

#include <array>
#include <bit>

namespace sluice {
namespace {

struct Pair {
  DType type;
  hid_t little, big;
};

// A function: the names are globals of the library that exist once it is initialised.
std::array<Pair, 10> pairs() {
  return {{{DType::kFloat32, H5T_IEEE_F32LE, H5T_IEEE_F32BE},
           {DType::kFloat64, H5T_IEEE_F64LE, H5T_IEEE_F64BE},
           {DType::kInt8, H5T_STD_I8LE, H5T_STD_I8BE},
           {DType::kUInt8, H5T_STD_U8LE, H5T_STD_U8BE},
           {DType::kInt16, H5T_STD_I16LE, H5T_STD_I16BE},
           {DType::kUInt16, H5T_STD_U16LE, H5T_STD_U16BE},
           {DType::kInt32, H5T_STD_I32LE, H5T_STD_I32BE},
           {DType::kUInt32, H5T_STD_U32LE, H5T_STD_U32BE},
           {DType::kInt64, H5T_STD_I64LE, H5T_STD_I64BE},
           {DType::kUInt64, H5T_STD_U64LE, H5T_STD_U64BE}}};
}

// h5py writes numpy's bool as an enumeration FALSE = 0, TRUE = 1 of int8.
bool is_h5py_bool(hid_t type) {
  if (H5Tget_class(type) != H5T_ENUM || H5Tget_size(type) != 1 || H5Tget_nmembers(type) != 2) return false;
  signed char off = -1, on = -1;
  return H5Tenum_valueof(type, "FALSE", &off) >= 0 && H5Tenum_valueof(type, "TRUE", &on) >= 0 && off == 0 &&
         on == 1;
}

TypeText refused(std::string name, std::string advice) {
  TypeText text;
  text.name = std::move(name);
  text.advice = std::move(advice);
  return text;
}

TypeText refused_float(hid_t type) {
  return refused(
      "floating point of " + std::to_string(H5Tget_size(type) * 8) + " bits in a layout of its own",
      "convert it first: x.astype('float32') or x.astype('float64')");
}

TypeText refused_compound(hid_t type) {
  if (H5Tget_nmembers(type) == 2 && H5Tget_member_index(type, "r") >= 0 &&
      H5Tget_member_index(type, "i") >= 0)
    return refused("complex" + std::to_string(H5Tget_size(type) * 8),
                   "complex data is refused: save its real and imaginary parts as matrices of their own");
  return refused("records (a compound type)", "save one field as a dataset of its own");
}

}  // namespace

TypeText type_from_hdf5(hid_t type) {
  TypeText found;
  found.known = true;
  for (const Pair& pair : pairs()) {
    const bool little = H5Tequal(type, pair.little) > 0;
    if (!little && H5Tequal(type, pair.big) <= 0) continue;
    found.type = pair.type;
    found.swapped = size_of(pair.type) > 1 && little != (std::endian::native == std::endian::little);
    found.name = name_of(pair.type);
    return found;
  }
  if (is_h5py_bool(type)) {
    found.type = DType::kBool;
    found.name = name_of(found.type);
    return found;
  }
  const std::string numbers = "save it as numbers of a standard type, float32 for example";
  switch (H5Tget_class(type)) {
    case H5T_FLOAT:
      return H5Tget_size(type) == 2 ? parse_type("float16") : refused_float(type);
    case H5T_INTEGER:
      return refused("integers of an unusual precision", numbers);
    case H5T_COMPOUND:
      return refused_compound(type);
    case H5T_STRING:
      return refused("text", numbers);
    case H5T_ENUM:
      return refused("an enumeration", numbers);
    case H5T_ARRAY:
      return refused("arrays as elements", numbers);
    case H5T_VLEN:
      return refused("elements of variable length", numbers);
    case H5T_REFERENCE:
      return refused("references", numbers);
    default:
      return refused("an opaque type", numbers);
  }
}

hid_t hdf5_type_of(DType type) {
  for (const Pair& pair : pairs())
    if (pair.type == type) return pair.little;
  return H5T_STD_U8LE;  // kBool: 0 and 1, without h5py's private enumeration
}

}  // namespace sluice
