// Full nodes from the left, level by level. A node's keys stand between its children: each the first chunk
// of the child behind it, the last one chunk past the end, as the library writes them.
#include "host/formats/hdf5_tree.h"

#include <algorithm>

namespace sluice {
namespace {

constexpr std::size_t kChildren = 64;  // of a node at most: what superblock 0 stands for
constexpr std::uint64_t kNone = ~std::uint64_t(0);

struct Child {
  std::uint64_t address = 0;
  std::size_t chunk = 0;  // the first one below it
};

class NodeText {
 public:
  explicit NodeText(std::size_t bytes) { bytes_.reserve(bytes); }
  void put(std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) bytes_.push_back((unsigned char)(value >> (8 * i)));
  }
  void pad(std::size_t size) { bytes_.resize(size, 0); }
  const std::vector<unsigned char>& bytes() const { return bytes_; }

 private:
  std::vector<unsigned char> bytes_;
};

class Tree {
 public:
  Tree(const GrowingDataset& dataset, const std::vector<ChunkPlace>& chunks) : d_(dataset), chunks_(chunks) {}
  std::size_t key_bytes() const { return 8 + 8 * (d_.columns > 0 ? 3 : 2); }
  std::size_t node_bytes() const { return 24 + kChildren * (8 + key_bytes()) + key_bytes(); }

  NodeText node(int level, const std::vector<Child>& children, std::size_t first, std::size_t count,
                std::uint64_t left, std::uint64_t right) const {
    NodeText text(node_bytes());
    for (const char c : {'T', 'R', 'E', 'E'}) text.put((unsigned char)c, 1);
    text.put(1, 1);
    text.put(std::uint64_t(level), 1);
    text.put(count, 2);
    text.put(left, 8);
    text.put(right, 8);
    for (std::size_t i = first; i < first + count; ++i) {
      put_key(text, children[i].chunk);
      text.put(children[i].address, 8);
    }
    put_key(text, first + count < children.size() ? children[first + count].chunk : chunks_.size());
    text.pad(node_bytes());
    return text;
  }

 private:
  void put_key(NodeText& text, std::size_t chunk) const {
    const bool past = chunk == chunks_.size();  // one chunk behind the last, in every direction
    const std::uint64_t at = past ? chunk - 1 : chunk, across = std::uint64_t(d_.across()),
                        more = past ? 1 : 0;
    text.put(past ? 0 : chunks_[chunk].bytes, 4);
    text.put(0, 4);  // no filter was left out
    text.put((at / across + more) * std::uint64_t(d_.chunk_rows), 8);
    if (d_.columns > 0) text.put((at % across + more) * std::uint64_t(d_.chunk_columns), 8);
    text.put(past ? sizeof(double) : 0, 8);
  }
  const GrowingDataset& d_;
  const std::vector<ChunkPlace>& chunks_;
};

}  // namespace

std::uint64_t write_chunk_tree(const GrowingDataset& dataset, const std::vector<ChunkPlace>& chunks,
                               std::uint64_t& end, const WriteAt& write) {
  const Tree tree(dataset, chunks);
  std::vector<Child> children;
  for (std::size_t i = 0; i < chunks.size(); ++i) children.push_back({chunks[i].address, i});
  for (int level = 0;; ++level) {
    std::vector<Child> nodes;
    const std::size_t count = (children.size() + kChildren - 1) / kChildren, bytes = tree.node_bytes();
    for (std::size_t k = 0; k < count; ++k) {
      const std::size_t first = k * kChildren, here = std::min(kChildren, children.size() - first);
      const NodeText text = tree.node(level, children, first, here, k == 0 ? kNone : end - bytes,
                                      k + 1 == count ? kNone : end + bytes);
      write(end, text.bytes().data(), bytes);
      nodes.push_back({end, children[first].chunk});
      end += bytes;
    }
    if (nodes.size() == 1) return nodes[0].address;
    children = std::move(nodes);
  }
}

}  // namespace sluice
