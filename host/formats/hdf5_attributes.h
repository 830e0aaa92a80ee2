// Attributes of HDF5 objects as values; what is not there, or of another type, is nothing.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// Reads attributes of one object of a file ("/" for the root group). Error{kInput} where the file cannot be
/// opened.
class Hdf5Attributes {
 public:
  Hdf5Attributes(const std::string& file, const std::string& object);
  std::optional<std::string> text(const std::string& key) const;
  std::optional<std::int64_t> number(const std::string& key) const;
  /// A list of texts, fixed or variable in length.
  std::optional<std::vector<std::string>> texts(const std::string& key) const;

 private:
  std::string file_, object_;
};

/// The texts of a one-dimensional dataset.
std::optional<std::vector<std::string>> read_hdf5_texts(const std::string& file, const std::string& dataset);

}  // namespace sluice
