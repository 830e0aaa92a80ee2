// The options of every kind of `sluice lc` that reads files of light curves.
#pragma once
#include <string>
#include <vector>

#include "apps/frame/common_options.h"
#include "apps/frame/json.h"
#include "host/lc/read.h"

namespace sluice::lc_app {

/// --files-from --columns --passbands --band --id --magnitudes --zero-point, and of tables --separator,
/// --decimal, --encoding, --on-error. What was given is noted, so that a database can refuse it.
struct Reading {
  lc::ReadOptions options;
  std::vector<std::string> given;
};
frame::Options reading_options(Reading& reading);

/// Input words; `many`, each one a file, a folder or a quoted pattern.
frame::Positional inputs(Reading& reading, const std::string& help);

/// Error{kInput, kUsage}: no such file, a pipe, standard input.
void check_input(const std::string& input);

/// The database among the inputs, or an empty text where they are files. Error{kUsage}: a database beside
/// other inputs or options of files, or no input at all.
std::string database_of(const Reading& reading);

/// "griz" letter by letter, or names between commas. Error{kUsage}: none, or one twice.
std::vector<std::string> parse_bands(const std::string& text);

/// "g 4,063, r 3,982"
std::string bands_text(const std::vector<std::pair<std::string, std::int64_t>>& bands);
frame::Json bands_json(const std::vector<std::pair<std::string, std::int64_t>>& bands);
frame::Json read_json(const lc::ReadCounts& counts);
/// Warnings of rows and files that were left out, with the first of them.
void tell_left_out(const lc::ReadCounts& counts);

}  // namespace sluice::lc_app
