// Pieces of both passes, and how they are merged.
#include "host/fit/least_squares.h"

#include <algorithm>
#include <cmath>

namespace sluice::fit {

class SumsPass::Piece : public PassPiece {
 public:
  Piece(const CellLayout& layout, const std::vector<double>& shifts) : sums_(layout, shifts) {}
  void restart() override { sums_.restart(); }
  void take(const RowBlock& block) override { sums_.take(block); }
  PieceSums& sums() { return sums_; }

 private:
  PieceSums sums_;
};

std::uint64_t sums_memory(const CellLayout& layout) {
  const std::uint64_t dense = layout.blocks[0].monomials.size();
  return 8 * (dense * (dense + 2 * RowBlock::kRows)) + (std::uint64_t(64) << 10);
}

SumsPass::SumsPass(const CellLayout& layout, const Source& source, Budget& budget)
    : layout_(layout), source_(source), budget_(budget), total_(layout) {}

Pass SumsPass::pass(const char* stage) {
  Pass pass;
  pass.stage = stage;
  pass.piece = [this] { return std::make_unique<Piece>(layout_, source_.shifts); };
  pass.merge = [this](PassPiece& piece) {
    PieceSums& own = static_cast<Piece&>(piece).sums();
    total_.merge(own.sums(), own.touched());
    const std::uint64_t bytes = total_.bytes();
    if (bytes <= held_) return;
    share_ = {};
    held_ = 2 * bytes;
    share_ = Share(budget_, held_, "sums over the cells of the formula's categories");
  };
  pass.piece_memory = sums_memory(layout_);
  return pass;
}

class TrianglePass::Piece : public PassPiece {
 public:
  explicit Piece(const TrianglePass& pass)
      : pass_(pass),
        p_(pass.design_.columns.size()),
        rows_(pass.source_.plan, pass.design_, pass.level_of_),
        triangle_(p_ + 2),
        x_((p_ + 2) * RowBlock::kRows) {}
  void restart() override {
    triangle_.clear();
    count = weight = log_weights = sum = squares = 0;
  }
  void take(const RowBlock& block) override {
    constexpr std::size_t ld = RowBlock::kRows;
    rows_.fill(block, x_.data(), ld);
    const double* y = block.monomials[pass_.source_.plan.response()];
    std::fill_n(x_.data() + p_ * ld, block.rows, 1.0);
    std::copy_n(y, block.rows, x_.data() + (p_ + 1) * ld);
    for (std::size_t i = 0; i < block.rows; ++i) {
      const double d = y[i] - pass_.source_.shifts.back();
      const double w = block.weights != nullptr ? block.weights[i] : 1;
      weight += w, sum += w * d, squares += w * d * d;
    }
    if (block.weights != nullptr) scale(block);
    count += double(block.rows);
    triangle_.add(x_.data(), block.rows, ld);
  }
  const Triangle& triangle() const { return triangle_; }
  double count = 0, weight = 0, log_weights = 0, sum = 0, squares = 0;

 private:
  /// Rows by the roots of their weights.
  void scale(const RowBlock& block) {
    for (std::size_t i = 0; i < block.rows; ++i) {
      const double root = std::sqrt(block.weights[i]);
      for (std::size_t j = 0; j < p_ + 2; ++j) x_[j * RowBlock::kRows + i] *= root;
      log_weights += std::log(block.weights[i]);
    }
  }
  const TrianglePass& pass_;
  std::size_t p_;
  DesignRows rows_;
  Triangle triangle_;
  std::vector<double> x_;
};

Pass TrianglePass::pass() {
  Pass pass;
  pass.stage = "qr";
  pass.piece = [this] { return std::make_unique<Piece>(*this); };
  pass.merge = [this](PassPiece& piece) {
    const auto& own = static_cast<const Piece&>(piece);
    total_.triangle.merge(own.triangle());
    total_.rows += own.count, total_.weight += own.weight, total_.log_weights += own.log_weights;
    total_.response += own.sum, total_.response_squares += own.squares;
  };
  const std::uint64_t p = design_.columns.size() + 2;
  pass.piece_memory = Triangle::memory(p) + 8 * p * RowBlock::kRows;
  return pass;
}

}  // namespace sluice::fit
