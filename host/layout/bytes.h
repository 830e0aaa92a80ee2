// Numbers and texts to bytes and back, for the state of a run. Reading checks every length: Error{kInput}.
#pragma once
#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "host/error.h"

namespace sluice::layout {

class Writer {
 public:
  template <class T>
  void value(const T& x) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&x), sizeof x);
  }
  template <class T>
  void values(const std::vector<T>& x) {
    value(std::uint64_t(x.size()));
    bytes_.append(reinterpret_cast<const char*>(x.data()), x.size() * sizeof(T));
  }
  void text(const std::string& x) {
    value(std::uint64_t(x.size()));
    bytes_ += x;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

class Reader {
 public:
  explicit Reader(std::span<const char> bytes) : bytes_(bytes) {}
  template <class T>
  T value() {
    static_assert(std::is_trivially_copyable_v<T>);
    T x;
    std::memcpy(&x, take(sizeof x), sizeof x);
    return x;
  }
  template <class T>
  std::vector<T> values() {
    const std::size_t n = length(sizeof(T));
    std::vector<T> x(n);
    if (n > 0) std::memcpy(x.data(), take(n * sizeof(T)), n * sizeof(T));
    return x;
  }
  std::string text() {
    const std::size_t n = length(1);
    return std::string(take(n), n);
  }
  bool done() const { return bytes_.empty(); }

 private:
  [[noreturn]] static void refuse() {
    throw Error(ErrorKind::kInput, "the saved state of a layout is damaged: its lengths do not fit");
  }
  const char* take(std::size_t n) {
    if (n > bytes_.size()) refuse();
    const char* at = bytes_.data();
    bytes_ = bytes_.subspan(n);
    return at;
  }
  std::size_t length(std::size_t size) {
    const auto n = value<std::uint64_t>();
    if (n > bytes_.size() / size) refuse();
    return std::size_t(n);
  }
  std::span<const char> bytes_;
};

}  // namespace sluice::layout
