// Everything that calls the HDF5 library includes this: one process-wide lock, owners for its identifiers,
// and its own words for an error. Take the lock before any H5 call; owners must go before it does.
#pragma once
#define H5_USE_18_API  // the same signatures from 1.10 to 1.14
#include <hdf5.h>

#include <cstdint>
#include <mutex>
#include <string>
#include <utility>

namespace sluice {

/// Holds the library; silences its own printing.
class Hdf5Lock {
 public:
  Hdf5Lock();

 private:
  std::lock_guard<std::mutex> lock_;
};

/// Owner of any identifier: H5Idec_ref closes whatever it is.
class Hdf5Id {
 public:
  Hdf5Id() = default;
  explicit Hdf5Id(hid_t id) : id_(id) {}
  Hdf5Id(Hdf5Id&& other) noexcept : id_(std::exchange(other.id_, -1)) {}
  Hdf5Id& operator=(Hdf5Id&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  ~Hdf5Id() { close(); }
  operator hid_t() const { return id_; }
  bool valid() const { return id_ >= 0; }
  herr_t close() { return id_ >= 0 ? H5Idec_ref(std::exchange(id_, -1)) : 0; }

 private:
  hid_t id_ = -1;
};

/// The innermost text of the library's last error ("file signature not found"), or a general one.
std::string hdf5_problem();

/// Opens a file for reading, without locks on it: folders without permission to lock are common.
/// Error{kInput} that names `shown`.
Hdf5Id open_hdf5_file(const std::string& file, const std::string& shown);

/// An attribute of UTF-8 text, of any length, of a group or dataset. Error{kOutput} that names `shown`.
void put_hdf5_text(hid_t object, const std::string& shown, const std::string& key, const std::string& value);

}  // namespace sluice
