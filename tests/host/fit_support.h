// Reading the answers of other programs, and the design matrix of a table.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "host/fit.h"
#include "host/fit/design_rows.h"
#include "host/fit/least_squares.h"
#include "matrix_files.h"

namespace sluice::test {

/// A JSON value: numbers (null is NaN), texts, arrays, objects in their order.
struct Answer {
  double number = NAN;
  std::string text;
  std::vector<Answer> elements;    // of an array, or the members of an object
  std::vector<std::string> names;  // of members
  const Answer& operator[](const std::string& name) const {
    for (std::size_t i = 0; i < names.size(); ++i)
      if (names[i] == name) return elements[i];
    throw std::runtime_error("no member " + name);
  }
  bool has(const std::string& name) const {
    return std::find(names.begin(), names.end(), name) != names.end();
  }
};

class AnswerReader {
 public:
  explicit AnswerReader(std::string text) : text_(std::move(text)) {}
  Answer value() {
    Answer a;
    const char c = next();
    if (c == '{') {
      while (next() != '}') {
        if (next() == ',') ++at_;
        a.names.push_back(string());
        ++at_;  // the colon
        a.elements.push_back(value());
      }
      ++at_;
    } else if (c == '[') {
      ++at_;
      while (next() != ']') {
        if (next() == ',') ++at_;
        a.elements.push_back(value());
      }
      ++at_;
    } else if (c == '"') {
      a.text = string();
    } else if (text_.compare(at_, 4, "null") == 0 || text_.compare(at_, 4, "true") == 0) {
      at_ += 4;
    } else {
      std::size_t used = 0;
      a.number = std::stod(text_.substr(at_, 40), &used);
      at_ += used;
    }
    return a;
  }

 private:
  char next() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
    if (at_ >= text_.size()) throw std::runtime_error("JSON ends early");
    return text_[at_];
  }
  std::string string() {
    if (next() == '{') ++at_;
    std::string found;
    for (next(), ++at_; text_.at(at_) != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
      found += text_.at(at_);
    }
    ++at_;
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    return found;
  }
  std::string text_;
  std::size_t at_ = 0;
};

inline Answer read_answers(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error(path + " cannot be read");
  std::stringstream text;
  text << file.rdbuf();
  return AnswerReader(text.str()).value();
}

inline FitOptions fit_options(const std::string& path, const std::string& formula) {
  FitOptions o;
  o.input.path = path, o.formula = formula;
  return o;
}
inline RunOptions fit_run(int threads = 2, std::uint64_t memory = std::uint64_t(256) << 20) {
  RunOptions run;
  run.threads = threads, run.memory = memory;
  return run;
}

/// A design as a matrix, row by row, with its columns' names.
struct DesignMatrix {
  std::vector<std::string> names;
  std::vector<std::vector<double>> rows;
};

inline DesignMatrix design_matrix(const std::string& path, const std::string& formula,
                                  const fit::NamedLevels& levels = {}) {
  using namespace fit;
  Budget budget(std::uint64_t(256) << 20, "--memory");
  SourceOptions options;
  options.input.path = path, options.formula = formula, options.levels = levels;
  const Source source = open_source(options, budget);
  const CellLayout layout = layout_of(source.plan);
  AllLevels all;
  for (const std::size_t f : source.plan.categories) all.emplace_back(source.formula.factors[f].levels);
  RunSummary summary;
  SumsPass sums(layout, source, budget);
  run_pass(sums.pass("levels"), source, all, budget, fit_run(), summary);
  std::vector<std::vector<std::string>> names;
  std::vector<std::vector<std::int32_t>> level_of;
  for (const Levels& one : all) {
    Levels::Sorted sorted = one.sorted();
    names.push_back(sorted.levels);
    level_of.push_back(sorted.level_of);
  }
  const Design design = design_of(source.formula, source.plan, names);
  DesignMatrix matrix{design.names(), {}};
  struct Piece : PassPiece {
    Piece(const Source& s, const Design& d, const std::vector<std::vector<std::int32_t>>& l)
        : rows(s.plan, d, l), p(d.columns.size()) {}
    void restart() override { found.clear(); }
    void take(const RowBlock& block) override {
      std::vector<double> x(p * RowBlock::kRows);
      rows.fill(block, x.data(), RowBlock::kRows);
      for (std::size_t i = 0; i < block.rows; ++i) {
        std::vector<double>& row = found.emplace_back();
        for (std::size_t j = 0; j < p; ++j) row.push_back(x[j * RowBlock::kRows + i]);
      }
    }
    DesignRows rows;
    std::size_t p;
    std::vector<std::vector<double>> found;
  };
  Pass pass;
  pass.stage = "rows";
  pass.piece = [&] { return std::make_unique<Piece>(source, design, level_of); };
  pass.merge = [&](PassPiece& piece) {
    for (auto& row : static_cast<Piece&>(piece).found) matrix.rows.push_back(std::move(row));
  };
  run_pass(pass, source, all, budget, fit_run(), summary);
  return matrix;
}

inline const std::string kData = SLUICE_TEST_DATA "/fit/";

/// Estimates and errors within `bound` of an error; the rest relative.
inline void expect_same_fit(const FitResult& found, const FitResult& wanted, double bound) {
  ASSERT_EQ(found.coefficients.size(), wanted.coefficients.size());
  EXPECT_EQ(found.rows, wanted.rows);
  for (std::size_t j = 0; j < wanted.coefficients.size(); ++j) {
    const Coefficient &f = found.coefficients[j], &w = wanted.coefficients[j];
    EXPECT_EQ(f.name, w.name);
    EXPECT_NEAR(f.estimate, w.estimate, bound * std::fabs(w.error)) << w.name;
    EXPECT_NEAR(f.error, w.error, bound * w.error) << w.name;
  }
  EXPECT_NEAR(found.r_squared, wanted.r_squared, bound);
  EXPECT_EQ(found.residual_degrees, wanted.residual_degrees);
  EXPECT_EQ(found.has_constant, wanted.has_constant);
  EXPECT_NEAR(found.log_likelihood, wanted.log_likelihood, bound * std::fabs(wanted.log_likelihood));
}

// Processes that are killed are made before any thread is.

class Fit : public testing::Test {
 protected:
  std::string write(const std::string& text) {
    const std::string path = folder_ / "t.csv";
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  TempDir folder_;
};

}  // namespace sluice::test
