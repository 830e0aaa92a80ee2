// A backend as the tests see it: its table loaded from the build, a context with one queue, and arrays that
// are copied there and back. Every call is checked; a backend that is absent makes its cases skip.
#pragma once
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernels/backend.h"

namespace sluice::test {

/// The table of a backend, or null and why not.
inline const Backend* table_of(const std::string& name, std::string* why = nullptr) {
  static std::map<std::string, const Backend*> loaded;
  if (const auto known = loaded.find(name); known != loaded.end()) return known->second;
  const char* folder = std::getenv("SLUICE_BACKENDS");
  const std::string path = std::string(folder ? folder : SLUICE_BACKEND_DIR) + "/libsluice_" + name + ".so";
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char* error = dlerror();
    if (why) *why = error ? error : "cannot be loaded";
    return nullptr;
  }
  const auto entry = reinterpret_cast<BackendEntry>(dlsym(library, kBackendSymbol));
  if (!entry) throw std::runtime_error(path + " exports no table");
  const Backend* table = entry();
  if (table->version != kBackendVersion || table->bytes != sizeof(Backend)) {
    throw std::runtime_error(path + " has another version");
  }
  Status status{};
  std::int32_t devices = 0;
  if (table->device_count(&devices, &status) != kOk || devices == 0) {
    if (why) *why = status.code != kOk ? status.text : "no device";
    return nullptr;
  }
  return loaded[name] = table;
}

inline void must(std::int32_t code, const Status& status) {
  if (code != kOk) throw std::runtime_error("code " + std::to_string(code) + ": " + status.text);
}

/// Device memory that a session lends and takes back.
template <class T>
class Array;

class Session {
 public:
  explicit Session(const Backend& table, int threads = 2, std::uint64_t seed = 1, std::int64_t skip_wait = 0)
      : table_(table) {
    const ContextOptions options{0, threads, seed, skip_wait};
    must(table.context_create(&options, &context_, &status_), status_);
    must(table.queue_create(context_, &queue_, &status_), status_);
  }
  ~Session() {
    table_.queue_destroy(queue_);
    table_.context_destroy(context_);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const Backend& table() const { return table_; }
  Context* context() const { return context_; }
  Queue* queue() const { return queue_; }
  void finish() { must(table_.queue_finish(queue_, &status_), status_); }

  void run(const CentreArgs& a) { must(table_.centre(queue_, &a, &status_), status_); }
  void run(const ProductsArgs& a) { must(table_.products(queue_, &a, &status_), status_); }
  void run(const FinishArgs& a) { must(table_.finish(queue_, &a, &status_), status_); }
  void run(const GenerateArgs& a) { must(table_.generate(queue_, &a, &status_), status_); }
  void run(const SummarizeArgs& a) { must(table_.summarize(queue_, &a, &status_), status_); }
  void run(const WindowReduceArgs& a) { must(table_.window_reduce(queue_, &a, &status_), status_); }
  void run(const WindowMergeArgs& a) { must(table_.window_merge(queue_, &a, &status_), status_); }
  void run(const WindowOrderArgs& a) { must(table_.window_order(queue_, &a, &status_), status_); }
  void run(const WindowProductsArgs& a) { must(table_.window_products(queue_, &a, &status_), status_); }

  void run(const CurveFeaturesArgs& a) { must(table_.curve_features(queue_, &a, &status_), status_); }

  void run(const LayoutForcesArgs& a) { must(table_.layout_forces(queue_, &a, &status_), status_); }
  void run(const LayoutIterateArgs& a) { must(table_.layout_iterate(queue_, &a, &status_), status_); }

  void run(const ColumnsArgs& a) { must(table_.columns(queue_, &a, &status_), status_); }
  void run(const TriangleArgs& a) { must(table_.triangle(queue_, &a, &status_), status_); }
  TriangleShape triangle_shape(std::int64_t columns) {
    TriangleShape shape{};
    must(table_.triangle_shape(context_, columns, &shape, &status_), status_);
    return shape;
  }

  void copy(void* to, const void* from, std::int64_t bytes) {
    must(table_.copy(queue_, to, bytes, from, bytes, bytes, 1, &status_), status_);
  }
  void copy(void* to, std::int64_t to_stride, const void* from, std::int64_t from_stride, std::int64_t width,
            std::int64_t rows) {
    must(table_.copy(queue_, to, to_stride, from, from_stride, width, rows, &status_), status_);
  }

  void* allocate(std::int64_t bytes, Memory kind = Memory::kDevice) {
    void* data = nullptr;
    must(table_.allocate(context_, kind, bytes, &data, &status_), status_);
    return data;
  }
  void release(void* data, Memory kind = Memory::kDevice) { table_.release(context_, kind, data); }

 private:
  const Backend& table_;
  Status status_{};
  Context* context_ = nullptr;
  Queue* queue_ = nullptr;
};

template <class T>
class Array {
 public:
  Array(Session& session, std::int64_t size)
      : session_(session),
        size_(size),
        data_(static_cast<T*>(session.allocate(size * std::int64_t(sizeof(T))))) {}
  Array(Session& session, const std::vector<T>& values) : Array(session, std::int64_t(values.size())) {
    session_.copy(data_, values.data(), size_ * std::int64_t(sizeof(T)));
    session_.finish();  // `values` may end with the statement
  }
  ~Array() { session_.release(data_); }
  Array(const Array&) = delete;
  Array& operator=(const Array&) = delete;

  T* data() const { return data_; }
  std::int64_t size() const { return size_; }
  std::vector<T> download() const {
    std::vector<T> values(static_cast<std::size_t>(size_));
    session_.copy(values.data(), data_, size_ * std::int64_t(sizeof(T)));
    session_.finish();
    return values;
  }

 private:
  Session& session_;
  std::int64_t size_;
  T* data_;
};

/// Cases that run on each backend in turn.
class OnEachBackend : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    std::string why;
    table_ = table_of(GetParam(), &why);
    if (table_) return;
    ASSERT_FALSE(is("serial")) << why;  // it runs everywhere
    GTEST_SKIP() << GetParam() << ": " << why;
  }
  const Backend& table() const { return *table_; }
  bool is(const char* name) const { return std::string(GetParam()) == name; }

 private:
  const Backend* table_ = nullptr;
};

inline std::string backend_name(const testing::TestParamInfo<const char*>& info) {
  return info.param;
}

#define SLUICE_ON_EACH_BACKEND(Suite) \
  INSTANTIATE_TEST_SUITE_P(Table, Suite, testing::Values("serial", "cpu", "late", "cuda"), backend_name)

}  // namespace sluice::test
