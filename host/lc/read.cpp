// Which files, and of which kind they are.
#include "host/lc/read.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "host/error.h"
#include "host/formats/csv/source.h"
#include "host/formats/names.h"
#include "host/lc/collector.h"
#include "host/lc/columns.h"
#include "host/lc/front.h"
#include "host/lc/text_table.h"
#include "host/window/series.h"

namespace sluice::lc {
namespace {

constexpr std::size_t kFront = 64 << 10;

void append_lines(std::istream& lines, std::vector<std::string>& names) {
  for (std::string line; std::getline(lines, line);) {
    while (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) names.push_back(line);
  }
}

}  // namespace

std::string front_of(const std::string& path, Budget& budget, bool& whole) {
  const auto source = csv::open_source(path, budget);
  std::string bytes(kFront, '\0');
  std::size_t size = 0;
  whole = false;
  while (size < bytes.size() && !whole) {
    const std::size_t got =
        source->read(reinterpret_cast<unsigned char*>(bytes.data()) + size, bytes.size() - size);
    size += got;
    whole = got == 0;
  }
  bytes.resize(size);
  return bytes;
}

std::vector<std::string> files_of(const ReadOptions& options) {
  if (options.files) return *options.files;
  std::vector<std::string> files;
  for (const std::string& input : options.inputs)
    for (std::string& file : window_detail::files_of(input)) files.push_back(std::move(file));
  if (options.files_from == "-") {
    append_lines(std::cin, files);
  } else if (!options.files_from.empty()) {
    std::ifstream list(options.files_from);
    if (!list)
      throw Error(ErrorKind::kInput, options.files_from + ": cannot be opened: expected names of files");
    append_lines(list, files);
  }
  if (!options.except.empty()) {
    const std::filesystem::path output = options.except;
    const auto is_output = [&](const std::string& file) {
      std::error_code ignored;
      return ends_with(file, output.filename().string()) &&
             std::filesystem::equivalent(file, output, ignored);
    };
    files.erase(std::remove_if(files.begin(), files.end(), is_output), files.end());
  }
  if (files.empty())
    throw Error(options.files_from.empty() ? ErrorKind::kUsage : ErrorKind::kInput,
                (options.files_from.empty() ? std::string("no input") : options.files_from) +
                    ": expected names of files, found none");
  return files;
}

Front front(const std::string& path, const ReadOptions& options, Budget& budget) {
  const csv::Dialect& dialect = options.table.options.dialect;
  bool whole = false;
  const std::string bytes = front_of(path, budget, whole);
  Front front;
  const TextHead head = head_of(bytes, whole);
  front.comments = head.lines > 1 && bytes.find('#') < head.line_begin;
  std::vector<std::string> names = head.names;
  // Names that a user gave, or that stand between tabs, semicolons or quotes.
  if (!dialect.names.empty()) {
    names = dialect.names;
  } else if (!head.names.empty()) {
    std::string line = bytes.substr(head.line_begin, head.line_end - head.line_begin);
    if (!options.table.find_separator && !dialect.spaces)
      std::replace(line.begin(), line.end(), dialect.separator, ',');
    for (char& c : line)
      if (c == ';' || c == '|' || c == '\t' || c == '"') c = c == '"' ? ' ' : ',';
    const TextHead again = head_of(line, true);
    names = again.names;
    for (std::string& name : names) name.erase(std::remove(name.begin(), name.end(), ' '), name.end());
  }
  front.table = object_column(names, options) >= 0 || !options.columns.object.empty() ||
                !key_of(options.id, "column").empty();
  return front;
}

ReadCounts read_rows(const ReadOptions& options, const RunOptions& run, Budget& budget,
                     std::uint64_t batch_bytes, const std::function<void(Batch&&)>& take,
                     const KnownNames& known) {
  check(options);
  const auto files =
      options.files ? options.files : std::make_shared<const std::vector<std::string>>(files_of(options));
  std::uint64_t bytes = 0;
  for (const std::string& file : *files) bytes += sizeof(std::string) + file.capacity();
  const Share share(budget, bytes, "the names of the files");
  Collector collector(options, files, budget, batch_bytes, take, known);
  const Front first = front(files->front(), options, budget);
  ReadOptions tables = options;
  if (first.comments && tables.table.options.dialect.comment == 0) tables.table.options.dialect.comment = '#';
  if (first.table)
    read_tables(tables, run, budget, collector);
  else
    read_files(options, run, budget, collector);
  if (const std::string bands = collector.unlisted(); !bands.empty() && run.observer != nullptr)
    run.observer->note("bands that --passbands does not name keep their names: " + bands);
  return collector.counts;
}

}  // namespace sluice::lc
