// The table itself: what a backend says of itself, memory, copies of rows, and arguments that it must refuse.
#include <cstring>

#include "session.h"

namespace sluice::test {
namespace {

class Table : public OnEachBackend {};
SLUICE_ON_EACH_BACKEND(Table);

TEST_P(Table, SaysWhatItIs) {
  EXPECT_STREQ(table().info.name, GetParam());
  EXPECT_EQ(table().info.subtile % 64, 0);
  EXPECT_EQ(table().info.slab % 64, 0);
  DeviceInfo info{};
  Status status{};
  ASSERT_EQ(table().device_info(0, &info, &status), kOk) << status.text;
  EXPECT_GT(std::strlen(info.name), 0u);
  EXPECT_GT(info.units, 0);
  EXPECT_GT(info.memory_total, info.memory_free);
  EXPECT_GT(info.memory_free, 0u);
  const ContextOptions options{0, 2, 1, 0};
  EXPECT_GT(table().scratch_bytes(&options), 0);
}

TEST_P(Table, RefusesADeviceThatIsNot) {
  Status status{};
  Context* context = nullptr;
  const ContextOptions options{99, 1, 1, 0};
  EXPECT_EQ(table().context_create(&options, &context, &status), kNoDevice);
  EXPECT_GT(std::strlen(status.text), 0u);
}

TEST_P(Table, MemoryIsAlignedAndRefusedWhenTooLarge) {
  Session s(table());
  void* block = s.allocate(10000, Memory::kPinned);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % 4096, 0u);
  s.release(block, Memory::kPinned);
  s.release(nullptr);
  Status status{};
  void* none = nullptr;
  EXPECT_EQ(table().allocate(s.context(), Memory::kDevice, std::int64_t(1) << 60, &none, &status),
            kOutOfMemory);
  EXPECT_GT(std::strlen(status.text), 0u);
}

TEST_P(Table, CopiesRowsThereAndBack) {
  Session s(table());
  const std::int64_t rows = 7, width = 13, wide = 20;
  std::vector<char> from(std::size_t(rows * wide)), to(std::size_t(rows * wide), 'x');
  for (std::size_t i = 0; i < from.size(); ++i) from[i] = char(i);
  const Array<char> device(s, rows * width);
  s.copy(device.data(), width, from.data(), wide, width, rows);
  s.copy(to.data(), wide, device.data(), width, width, rows);
  s.finish();
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < wide; ++c) {
      EXPECT_EQ(to[std::size_t(r * wide + c)], c < width ? from[std::size_t(r * wide + c)] : 'x')
          << r << ' ' << c;
    }
  }
}

TEST_P(Table, RefusesWrongArguments) {
  Session s(table());
  const Array<double> memory(s, 4096);
  double* d = memory.data();
  const Moments moments{d, d, d, d, d, d, 4};
  Status status{};
  const auto refused = [&](std::int32_t code) {
    EXPECT_EQ(code, kBadArgument);
    EXPECT_GT(std::strlen(status.text), 0u);
    status = Status{};
  };
  CentreArgs centre{
      d, DType::kFloat64, 0, Layout::kVariables, 4, 4, 4, d, 4, Compute::kFloat64, nullptr, nullptr,
      0, moments};
  centre.source_ld = 3;
  refused(table().centre(s.queue(), &centre, &status));
  centre.source_ld = 4;
  centre.variables = -1;
  refused(table().centre(s.queue(), &centre, &status));
  centre.variables = 4;
  centre.panel = nullptr;
  refused(table().centre(s.queue(), &centre, &status));
  centre.panel = d;
  centre.moments.offset = nullptr;
  refused(table().centre(s.queue(), &centre, &status));
  centre.moments = moments;
  centre.weights = d;
  refused(table().centre(s.queue(), &centre, &status));
  if (!table().info.tf32) {
    centre.weights = nullptr;
    centre.compute = Compute::kTf32;
    refused(table().centre(s.queue(), &centre, &status));
  }
  ProductsArgs products{d,
                        d,
                        Layout::kVariables,
                        Layout::kVariables,
                        4,
                        4,
                        4,
                        4,
                        4,
                        Compute::kFloat64,
                        moments,
                        moments,
                        d,
                        3,
                        1,
                        0,
                        0};
  refused(table().products(s.queue(), &products, &status));
  FinishArgs finish{d, 4, 4, 4, 1, d, d, 0, 0, 0, DType::kInt32, d, nullptr, nullptr};
  refused(table().finish(s.queue(), &finish, &status));
  GenerateArgs generate{1, Distribution::kUniform, DType::kFloat64, 0, 0, 4, 4, 4, nullptr, 0, 1, d, 3};
  refused(table().generate(s.queue(), &generate, &status));
  SummarizeArgs summarize{d, DType::kFloat64, 0, Layout::kVariables, 4, 4, 3, nullptr, 1};
  refused(table().summarize(s.queue(), &summarize, &status));
  s.finish();
}

TEST_P(Table, NothingToDoIsDone) {
  Session s(table());
  const Array<double> d(s, std::vector<double>(24, 5));
  const Moments moments{d.data(), d.data() + 4, d.data() + 8, d.data() + 12, nullptr, nullptr, 4};
  s.run(CentreArgs{nullptr, DType::kFloat32, 0, Layout::kVariables, 4, 0, 0, nullptr, 0, Compute::kFloat32,
                   nullptr, nullptr, 0, moments});
  s.run(CentreArgs{nullptr, DType::kFloat32, 0, Layout::kObservations, 0, 10, 0, nullptr, 0,
                   Compute::kFloat32, nullptr, nullptr, 0, Moments{}});
  s.run(ProductsArgs{nullptr, nullptr, Layout::kVariables, Layout::kVariables, 0, 0, 2, 2, 0,
                     Compute::kFloat32, Moments{}, Moments{}, d.data() + 16, 2, 1, 1, 0});
  s.run(
      FinishArgs{nullptr, 0, 0, 0, 1, nullptr, nullptr, 0, 1, 0, DType::kFloat32, nullptr, nullptr, nullptr});
  s.run(SummarizeArgs{nullptr, DType::kFloat32, 0, Layout::kVariables, 0, 0, 0, nullptr, 1});
  s.run(GenerateArgs{1, Distribution::kUniform, DType::kFloat32, 0, 0, 0, 0, 0, nullptr, 0, 1, nullptr, 0});
  const auto values = d.download();
  for (std::size_t i = 0; i < 24; ++i) EXPECT_EQ(values[i], i < 20 ? 0 : 5) << i;
}

}  // namespace
}  // namespace sluice::test
