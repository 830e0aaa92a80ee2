// Which files a fit reads: names, folders, patterns, lists of names, and standard input, which is kept in a
// file without a name because a fit looks at a table more than once.
#pragma once
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "host/spill.h"

namespace sluice::fit {

/// The files that a name stands for, as of a series (host/window/series.h); of a folder without those that
/// hold no rows for its writers: of 0 bytes, or named _SUCCESS and the like. Error{kInput}: none.
std::vector<std::string> table_files(const std::string& name);

/// The files that names stand for, in their order, then those of a list (`files_from`: a file with a name a
/// line; "-": standard input; empty: none). Error{kUsage}: none, or one twice, whose rows would count twice;
/// {kInput}: one that is not there.
std::vector<std::string> input_files(const std::vector<std::string>& names, const std::string& files_from);

/// "-" among files, replaced by a path that can be opened again and again.
class StandardInput {
 public:
  /// Reads all of standard input where a file is "-"; where that is a file itself nothing is copied.
  /// Error{kUsage}: "-" twice; {kOutput}: no room for it in TMPDIR (/var/tmp, where that is not set).
  StandardInput(std::vector<std::string>& files, const std::atomic<bool>* stop);
  /// An error's text with "standard input" for the path.
  std::string shown(const std::string& text) const;
  /// Within a catch: the error again, with its text so.
  [[noreturn]] void rethrow() const;

 private:
  std::string path_;  // empty: no file is "-"
  std::unique_ptr<Spill> spill_;
};

}  // namespace sluice::fit
