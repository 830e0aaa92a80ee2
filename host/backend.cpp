// Backends beside the command: $SLUICE_BACKENDS, the executable's folder, ../lib*/sluice. A library that is
// there and does not load is an error with the loader's own text, never a silent absence.
#include "host/backend.h"

#include <dlfcn.h>
#include <sys/stat.h>

#include <cstdlib>
#include <map>
#include <mutex>

#include "host/backend_folder.h"
#include "host/io/sys.h"

namespace sluice {
namespace {

std::string folder_of_this_program() {
  Dl_info info{};
  // An address of this library: where it is linked into the command, the command itself.
  if (dladdr(reinterpret_cast<void*>(&folder_of_this_program), &info) == 0 || info.dli_fname == nullptr)
    return ".";
  char* resolved = realpath(info.dli_fname, nullptr);
  if (resolved == nullptr) resolved = realpath("/proc/self/exe", nullptr);
  std::string path = resolved != nullptr ? resolved : info.dli_fname;
  std::free(resolved);
  return path.substr(0, path.find_last_of('/'));
}

bool is_file(const std::string& path) {
  struct stat st {};
  return stat(path.c_str(), &st) == 0 && S_ISREG(st.st_mode);
}

std::string library_of(const std::string& name) {
  std::vector<std::string> folders;
  if (const char* given = std::getenv("SLUICE_BACKENDS")) folders.push_back(given);
  const std::string here = folder_of_this_program();
  for (const char* below :
       {"", "/..", "/../lib/sluice", "/../lib64/sluice", "/../lib/x86_64-linux-gnu/sluice"})
    folders.push_back(here + below);
  for (const std::string& folder : folders) {
    std::string path = folder + "/libsluice_" + name + ".so";
    if (is_file(path)) return path;
  }
  return {};
}

const Backend& load_from(const std::string& name, const std::string& path) {
  // Idle workers of the CPU backend sleep instead of spinning: reader and writer threads need the cores.
  setenv("OMP_WAIT_POLICY", "passive", 0);
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* text = dlerror();
    throw Error(ErrorKind::kDevice,
                "device " + name + ": the backend does not load: " + (text ? text : path));
  }
  auto entry = reinterpret_cast<BackendEntry>(dlsym(library, kBackendSymbol));
  const Backend* table = entry != nullptr ? entry() : nullptr;
  if (table == nullptr || table->version != kBackendVersion || table->bytes != sizeof(Backend))
    throw Error(ErrorKind::kDevice,
                "device " + name + ": " + path + " is of another version: expected table version " +
                    std::to_string(kBackendVersion) + ", found " +
                    (table != nullptr ? std::to_string(table->version) : std::string("none")),
                "install the backends that came with this command");
  return *table;
}

}  // namespace

std::string folder_of_backend(const std::string& name) {
  const std::string path = library_of(name);
  return path.substr(0, path.empty() ? 0 : path.find_last_of('/'));
}

const Backend& load_backend(const std::string& name) {
  static std::mutex mutex;
  static std::map<std::string, const Backend*> loaded;
  std::lock_guard lock(mutex);
  if (auto found = loaded.find(name); found != loaded.end()) return *found->second;
  const std::string path = library_of(name);
  if (path.empty())
    throw Error(ErrorKind::kDevice,
                "device " + name + ": this installation has no backend libsluice_" + name + ".so",
                name == "cuda" ? "build it where nvcc is found (cmake --preset release), or take --device cpu"
                               : "set SLUICE_BACKENDS to the folder that holds it");
  const Backend& table = load_from(name, path);
  loaded[name] = &table;
  return table;
}

std::vector<std::string> installed_backends() {
  std::vector<std::string> names;
  for (const char* name : {"cuda", "cpu", "serial", "late"})
    if (!library_of(name).empty()) names.push_back(name);
  return names;
}

Selection select_backend(const std::string& device) {
  Selection s;
  if (device == "auto" || device == "check") {
    try {
      if (library_of("cuda").empty()) {
        s.why_not_gpu = "built without CUDA";
      } else {
        s = select_backend("cuda");
        // A GPU counts when a context opens on it: driver, memory and cuBLAS are then all there.
        Device probe(*s.backend, ContextOptions{s.device, 0, 0, 0});
        return s;
      }
    } catch (const Error& e) {
      s.why_not_gpu = e.what();
    }
    s.backend = &load_backend("cpu");
    s.selector = "cpu";
    s.device = 0;
    return s;
  }
  std::string name = device;
  if (device.rfind("cuda", 0) == 0) {
    name = "cuda";
    if (device.size() > 4) {
      char* end = nullptr;
      const long n = device[4] == ':' ? std::strtol(device.c_str() + 5, &end, 10) : -1;
      if (n < 0 || end == device.c_str() + 5 || *end != 0)
        throw Error(ErrorKind::kUsage, "device " + device + ": expected cuda or cuda:N");
      s.device = int(n);
    }
  } else if (device != "cpu" && device != "serial" && device != "late") {
    throw Error(ErrorKind::kUsage,
                "device " + device + ": expected auto, cpu, cuda, cuda:N, serial or check");
  }
  s.backend = &load_backend(name);
  s.selector = name == "cuda" ? "cuda:" + std::to_string(s.device) : name;
  std::int32_t count = 0;
  Status status{};
  check(s.backend->device_count(&count, &status), status);
  if (s.device >= count)
    throw Error(ErrorKind::kDevice,
                "device " + device + ": there is no such device: found " + std::to_string(count) +
                    (count == 1 ? " device" : " devices"),
                "sluice devices lists them");
  return s;
}

void check(std::int32_t code, const Status& status) {
  if (code == kOk) return;
  const ErrorKind kind = code == kOutOfMemory   ? ErrorKind::kMemory
                         : code == kBadArgument ? ErrorKind::kUsage
                                                : ErrorKind::kDevice;
  throw Error(kind, status.text[0] != 0 ? status.text : "the backend failed without a text",
              code == kOutOfMemory ? "give a smaller --device-memory or --memory" : "");
}

Device::Device(const Backend& backend, const ContextOptions& options)
    : backend_(&backend), device_(options.device) {
  Status status{};
  check(backend.context_create(&options, &context_, &status), status);
}
Device::~Device() {
  backend_->context_destroy(context_);
}

DeviceInfo Device::describe() const {
  DeviceInfo info{};
  Status status{};
  check(backend_->device_info(device_, &info, &status), status);
  return info;
}

TriangleShape Device::triangle_shape(std::int64_t columns) const {
  TriangleShape shape{};
  Status status{};
  check(backend_->triangle_shape(context_, columns, &shape, &status), status);
  return shape;
}

Buffer::Buffer(const Device& device, Memory kind, std::int64_t bytes)
    : device_(&device), kind_(kind), bytes_(bytes) {
  Status status{};
  if (bytes > 0 && sys::fault(sys::Call::kAllocate, "memory") != 0)
    throw Error(ErrorKind::kMemory,
                "memory: " + std::to_string(bytes) + " bytes cannot be had: Cannot allocate memory",
                "give a smaller --memory");
  if (bytes > 0) check(device.table().allocate(device.context(), kind, bytes, &data_, &status), status);
}
Buffer::Buffer(Buffer&& other) noexcept {
  *this = std::move(other);
}
Buffer& Buffer::operator=(Buffer&& other) noexcept {
  std::swap(device_, other.device_);
  std::swap(kind_, other.kind_);
  std::swap(data_, other.data_);
  std::swap(bytes_, other.bytes_);
  return *this;
}
Buffer::~Buffer() {
  if (data_ != nullptr) device_->table().release(device_->context(), kind_, data_);
}

Stream::Stream(const Device& device) : device_(&device) {
  Status status{};
  check(device.table().queue_create(device.context(), &queue_, &status), status);
}
Stream::~Stream() {
  device_->table().queue_destroy(queue_);
}
void Stream::wait(const Fence& fence) {
  Status status{};
  check(device_->table().queue_wait(queue_, fence.event(), &status), status);
}
void Stream::finish() {
  Status status{};
  check(device_->table().queue_finish(queue_, &status), status);
}
void Stream::copy(void* to, std::int64_t to_stride, const void* from, std::int64_t from_stride,
                  std::int64_t width, std::int64_t rows) {
  Status status{};
  check(device_->table().copy(queue_, to, to_stride, from, from_stride, width, rows, &status), status);
}
void Stream::run(const CentreArgs& args) {
  Status status{};
  check(device_->table().centre(queue_, &args, &status), status);
}
void Stream::run(const ProductsArgs& args) {
  Status status{};
  check(device_->table().products(queue_, &args, &status), status);
}
void Stream::run(const FinishArgs& args) {
  Status status{};
  check(device_->table().finish(queue_, &args, &status), status);
}
void Stream::run(const GenerateArgs& args) {
  Status status{};
  check(device_->table().generate(queue_, &args, &status), status);
}
void Stream::run(const SummarizeArgs& args) {
  Status status{};
  check(device_->table().summarize(queue_, &args, &status), status);
}
void Stream::run(const WindowReduceArgs& args) {
  Status status{};
  check(device_->table().window_reduce(queue_, &args, &status), status);
}
void Stream::run(const WindowMergeArgs& args) {
  Status status{};
  check(device_->table().window_merge(queue_, &args, &status), status);
}
void Stream::run(const WindowOrderArgs& args) {
  Status status{};
  check(device_->table().window_order(queue_, &args, &status), status);
}
void Stream::run(const WindowProductsArgs& args) {
  Status status{};
  check(device_->table().window_products(queue_, &args, &status), status);
}

void Stream::run(const CurveFeaturesArgs& args) {
  Status status{};
  check(device_->table().curve_features(queue_, &args, &status), status);
}

void Stream::run(const LayoutForcesArgs& args) {
  Status status{};
  check(device_->table().layout_forces(queue_, &args, &status), status);
}
void Stream::run(const LayoutIterateArgs& args) {
  Status status{};
  check(device_->table().layout_iterate(queue_, &args, &status), status);
}

void Stream::run(const ColumnsArgs& args) {
  Status status{};
  check(device_->table().columns(queue_, &args, &status), status);
}
void Stream::run(const TriangleArgs& args) {
  Status status{};
  check(device_->table().triangle(queue_, &args, &status), status);
}

void Stream::run(const WindowSpectrumArgs& args) {
  Status status{};
  check(device_->table().window_spectrum(queue_, &args, &status), status);
}

SpectrumOwner::SpectrumOwner(const Device& device, const SpectrumShape& shape, const double* taper,
                             void* memory)
    : device_(&device) {
  Status status{};
  check(device.table().spectrum_create(device.context(), &shape, taper, memory, &plan_, &status), status);
}

SpectrumOwner::~SpectrumOwner() {
  device_->table().spectrum_destroy(plan_);
}

std::int64_t SpectrumOwner::bytes(const Device& device, const SpectrumShape& shape) {
  Status status{};
  std::int64_t bytes = 0;
  check(device.table().spectrum_bytes(device.context(), &shape, &bytes, &status), status);
  return bytes;
}

Fence::Fence(const Device& device) : device_(&device) {
  Status status{};
  check(device.table().event_create(device.context(), &event_, &status), status);
}
Fence::Fence(Fence&& other) noexcept : device_(other.device_), event_(other.event_) {
  other.event_ = nullptr;
}
Fence::~Fence() {
  if (event_ != nullptr) device_->table().event_destroy(event_);
}
void Fence::record(Stream& stream) {
  Status status{};
  check(device_->table().event_record(event_, stream.queue(), &status), status);
}
void Fence::finish() const {
  Status status{};
  check(device_->table().event_finish(event_, &status), status);
}

}  // namespace sluice
