// A spool is a file of its own, not memory: standard input may be larger than that.
#include "host/fit/files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <tuple>

#include "host/error.h"
#include "host/fit/tokens.h"
#include "host/formats/names.h"
#include "host/window/series.h"

namespace sluice::fit {
namespace {

void add_lines(std::istream& list, std::vector<std::string>& names) {
  for (std::string line; std::getline(list, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) names.push_back(line);
  }
}

/// By what the names lead to, and the table in it.
void check_once(const std::vector<std::string>& files) {
  std::map<std::tuple<dev_t, ino_t, std::string>, std::string> found;
  for (const std::string& file : files) {
    const FileName name = split_input(file);
    struct stat status;
    if (file == "-" || ::stat(name.file.c_str(), &status) != 0) continue;
    const auto [first, added] = found.emplace(std::tuple(status.st_dev, status.st_ino, name.dataset), file);
    if (!added)
      throw Error(ErrorKind::kUsage, file + ": the same table as " + first->second +
                                         ": expected each once, or its rows count twice");
  }
}

std::string spool_folder() {
  const char* folder = std::getenv("TMPDIR");
  return folder != nullptr && *folder != 0 ? folder : "/var/tmp";
}

}  // namespace

std::vector<std::string> table_files(const std::string& name) {
  std::vector<std::string> files = window_detail::files_of(name);
  std::error_code ignored;
  if (!std::filesystem::is_directory(name, ignored)) return files;
  std::erase_if(files, [&](const std::string& file) {
    return std::filesystem::path(file).filename().string()[0] == '_' ||
           std::filesystem::file_size(file, ignored) == 0;
  });
  if (files.empty())
    throw Error(ErrorKind::kInput, name + ": is a folder without tables: expected at least one with rows");
  return files;
}

std::vector<std::string> input_files(const std::vector<std::string>& names, const std::string& files_from) {
  std::vector<std::string> files, listed;
  for (const std::string& name : names) {
    if (name == "-") {
      files.push_back(name);
      continue;
    }
    for (std::string& file : table_files(name)) files.push_back(std::move(file));
  }
  if (files_from == "-") {
    if (std::find(files.begin(), files.end(), "-") != files.end())
      throw Error(ErrorKind::kUsage, "--files-from - with -: standard input holds names or data, not both");
    add_lines(std::cin, listed);
  } else if (!files_from.empty()) {
    std::ifstream list(files_from);
    if (!list) throw Error(ErrorKind::kInput, files_from + ": cannot be opened: expected names of files");
    add_lines(list, listed);
  }
  files.insert(files.end(), listed.begin(), listed.end());
  if (files.empty())
    throw Error(files_from.empty() ? ErrorKind::kUsage : ErrorKind::kInput,
                (files_from.empty() ? std::string("no table") : files_from) +
                    ": expected names of files, found none");
  check_once(files);
  return files;
}

StandardInput::StandardInput(std::vector<std::string>& files, const std::atomic<bool>* stop) {
  const auto found = std::find(files.begin(), files.end(), "-");
  if (found == files.end()) return;
  if (std::find(found + 1, files.end(), "-") != files.end())
    throw Error(ErrorKind::kUsage, "- twice: standard input can be read once");
  struct stat status;
  if (::fstat(STDIN_FILENO, &status) == 0 && S_ISREG(status.st_mode) &&
      ::lseek(STDIN_FILENO, 0, SEEK_CUR) == 0) {
    path_ = "/proc/self/fd/0";
  } else {
    spill_ = std::make_unique<Spill>(spool_folder() + "/standard input", 0);
    std::vector<char> bytes(std::size_t(1) << 20);
    while (std::cin.read(bytes.data(), std::streamsize(bytes.size())) || std::cin.gcount() > 0) {
      spill_->append(bytes.data(), std::size_t(std::cin.gcount()));
      if (stop != nullptr && stop->load()) throw Error(ErrorKind::kInterrupted, "interrupted");
    }
    path_ = "/proc/self/fd/" + std::to_string(spill_->file().fd());
  }
  *found = path_;
}

std::string StandardInput::shown(const std::string& text) const {
  std::string found = text;
  for (std::size_t at = 0; !path_.empty() && (at = found.find(path_, at)) != std::string::npos;)
    found.replace(at, path_.size(), "standard input");
  return found;
}

void StandardInput::rethrow() const {
  try {
    throw;
  } catch (const FormulaError& error) {
    const std::string prefix = "formula: ", what = shown(error.what());
    throw FormulaError(error.formula(), error.place(), error.size(), what.substr(prefix.size()),
                       path_.empty() ? error.advice() : "");
  } catch (const Error& error) {
    throw Error(error.kind(), shown(error.what()), shown(error.advice()));
  }
}

}  // namespace sluice::fit
