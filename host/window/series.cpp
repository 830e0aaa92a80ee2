#include "host/window/series.h"

#include <glob.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <stdexcept>

#include "host/error.h"
#include "host/formats/names.h"

namespace sluice::window_detail {
namespace {

using i64 = std::int64_t;

/// Runs of digits compare as numbers; where only leading zeros differ, as text.
bool natural_less(const std::string& a, const std::string& b) {
  const auto digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (digit(a[i]) && digit(b[j])) {
      while (i < a.size() && a[i] == '0') ++i;
      while (j < b.size() && b[j] == '0') ++j;
      std::size_t m = i, n = j;
      while (m < a.size() && digit(a[m])) ++m;
      while (n < b.size() && digit(b[n])) ++n;
      if (m - i != n - j) return m - i < n - j;
      if (const int order = a.compare(i, m - i, b, j, n - j); order != 0) return order < 0;
      i = m, j = n;
    } else if (a[i] != b[j]) {
      return a[i] < b[j];
    } else {
      ++i, ++j;
    }
  }
  if (i < a.size() || j < b.size()) return i == a.size();
  return a < b;
}

bool beside_a_result(const std::string& name) {
  for (const char* end :
       {".meta.json", ".partial", ".journal", ".state0", ".state1", ".pairs.csv", ".png", ".svg", ".pdf"})
    if (ends_with(name, end)) return true;
  return name.empty() || name[0] == '.';
}

class JoinedSource : public MatrixSource {
 public:
  JoinedSource(const std::string& name, std::vector<std::unique_ptr<MatrixSource>> parts, bool by_rows)
      : parts_(std::move(parts)), by_rows_(by_rows) {
    info_ = parts_[0]->info();
    info_.path = name;
    info_.format = std::to_string(parts_.size()) + " files, " + info_.format;
    i64& samples = by_rows_ ? info_.rows : info_.columns;
    samples = 0;
    for (const auto& part : parts_) {
      check(part->info());
      begins_.push_back(samples);
      samples += by_rows_ ? part->info().rows : part->info().columns;
    }
  }

  std::vector<sys::Identity> identities() const override {
    std::vector<sys::Identity> all;
    for (const auto& part : parts_)
      for (const sys::Identity& id : part->identities()) all.push_back(id);
    return all;
  }
  bool flat() const override { return false; }
  const sys::File& file() const override {
    throw std::logic_error("a series of several files has no one file");
  }
  std::uint64_t data_offset() const override {
    throw std::logic_error("a series of several files has no one offset");
  }
  std::uint64_t cache_bytes() const override {
    std::uint64_t bytes = 0;
    for (const auto& part : parts_) bytes += part->cache_bytes();
    return bytes;
  }

  void read(const Rect& rect, void* to, i64 stride) const override {
    const i64 begin = by_rows_ ? rect.row : rect.column, end = begin + (by_rows_ ? rect.rows : rect.columns);
    // Samples are runs of their own, or elements of every run.
    const i64 step = by_rows_ != info_.fortran ? stride : i64(size_of(info_.type));
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const MatrixInfo& part = parts_[i]->info();
      const i64 first = std::max(begin, begins_[i]);
      const i64 last = std::min(end, begins_[i] + (by_rows_ ? part.rows : part.columns));
      if (first >= last) continue;
      Rect piece = rect;
      (by_rows_ ? piece.row : piece.column) = first - begins_[i];
      (by_rows_ ? piece.rows : piece.columns) = last - first;
      parts_[i]->read(piece, static_cast<char*>(to) + (first - begin) * step, stride);
    }
  }

 private:
  void check(const MatrixInfo& part) const {
    const MatrixInfo& first = parts_[0]->info();
    const auto differ = [&](const std::string& what, const std::string& expected, const std::string& found) {
      throw Error(ErrorKind::kInput, part.path + ": does not continue " + first.path + ": " + what +
                                         ": expected " + expected + ", found " + found);
    };
    const auto channels = [&](const MatrixInfo& m) { return by_rows_ ? m.columns : m.rows; };
    if (part.dimensions != first.dimensions)
      differ("dimensions", std::to_string(first.dimensions), std::to_string(part.dimensions));
    if (channels(part) != channels(first))
      differ("channels", std::to_string(channels(first)), std::to_string(channels(part)));
    const auto type = [](const MatrixInfo& m) {
      return std::string(name_of(m.type)) + (m.swapped ? " of the other byte order" : "") +
             (m.fortran ? " in Fortran order" : "");
    };
    if (type(part) != type(first)) differ("elements", type(first), type(part));
  }

  std::vector<std::unique_ptr<MatrixSource>> parts_;
  std::vector<i64> begins_;
  bool by_rows_;
};

}  // namespace

std::vector<std::string> files_of(const std::string& input) {
  std::vector<std::string> files;
  std::error_code ignored;
  if (std::filesystem::is_directory(input, ignored)) {
    for (const auto& entry : std::filesystem::directory_iterator(input, ignored))
      if (entry.is_regular_file(ignored) && !beside_a_result(entry.path().filename()))
        files.push_back(entry.path());
    if (files.empty())
      throw Error(ErrorKind::kInput, input + ": is a folder without files: expected at least one");
  } else if (input.find_first_of("*?[") != std::string::npos && !std::filesystem::exists(input, ignored)) {
    glob_t found{};
    if (::glob(input.c_str(), GLOB_NOSORT, nullptr, &found) == 0)
      for (std::size_t i = 0; i < found.gl_pathc; ++i)
        if (!beside_a_result(std::filesystem::path(found.gl_pathv[i]).filename()))
          files.emplace_back(found.gl_pathv[i]);
    ::globfree(&found);
    if (files.empty()) throw Error(ErrorKind::kInput, input + ": no file has such a name");
  } else {
    return {input};
  }
  std::sort(files.begin(), files.end(), natural_less);
  return files;
}

std::unique_ptr<MatrixSource> open_series(const std::string& input, const std::vector<std::string>& files,
                                          const OpenOptions& options, bool channels_are_rows) {
  std::vector<std::unique_ptr<MatrixSource>> parts;
  for (const std::string& file : files) parts.push_back(open_matrix(file, options));
  if (parts.size() == 1) return std::move(parts[0]);
  const bool by_rows = !channels_are_rows && parts[0]->info().dimensions > 1;
  return std::make_unique<JoinedSource>(input, std::move(parts), by_rows);
}

}  // namespace sluice::window_detail
