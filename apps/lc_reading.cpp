#include "apps/lc_reading.h"

#include <algorithm>
#include <filesystem>

#include "apps/frame/messages.h"
#include "apps/frame/table_options.h"
#include "apps/frame/text.h"
#include "apps/frame/values.h"
#include "host/error.h"
#include "host/lc/features_run.h"

namespace sluice::lc_app {

using namespace frame;

Options reading_options(Reading& reading) {
  lc::ReadOptions& o = reading.options;
  const char* group = "Files of light curves";
  Options options = {
      {{"--files-from"},
       "FILE",
       "names of input files, one a line; - for standard input",
       group,
       [&o](const std::string& v) { o.files_from = v; }},
      {{"--columns"},
       "LIST",
       "names of columns: object=object_id,t=mjd,pb=passband,flux=flux,dflux=flux_err; those with the usual "
       "names are found",
       group,
       [&o](const std::string& v) { o.columns = lc::parse_columns(v); }},
      {{"--passbands"},
       "LIST",
       "names of bands that are numbers in the file: ugrizy (0 is u, 1 is g) or 1=g,2=r",
       group,
       [&o](const std::string& v) { o.passbands = lc::parse_passbands(v); }},
      {{"--band"},
       "NAME",
       "of all rows, where no column says it",
       group,
       [&o](const std::string& v) { o.only_band = v; }},
      {{"--id"},
       "HOW",
       "the number of an object: name (the digits that end the file's stem, or the object column), meta:KEY, "
       "column:NAME, or order; default: name",
       group,
       [&o](const std::string& v) { o.id = v; }},
      {{"--magnitudes"},
       "",
       "the values are magnitudes, and become flux",
       group,
       [&o](const std::string&) { o.magnitudes = true; }},
      {{"--zero-point"},
       "MAG",
       "of --magnitudes: flux is 10^(-0.4 (magnitude - MAG)); default: 27.5",
       group,
       [&o](const std::string& v) { o.zero_point = parse_number("--zero-point", v); }}};
  options = options + only(table_options(o.table), {"--separator", "--decimal", "--encoding", "--on-error"});
  for (Option& option : options)
    option.set = [&reading, name = option.long_name(), set = option.set](const std::string& v) {
      reading.given.push_back(name);
      set(v);
    };
  return options;
}

Positional inputs(Reading& reading, const std::string& help) {
  return {"INPUT", help, [&reading](const std::string& v) { reading.options.inputs.push_back(v); }, true};
}

void check_input(const std::string& input) {
  if (input == "-")
    throw Error(ErrorKind::kUsage, "-: light curves are read from files, not from standard input",
                "--files-from - reads names of files");
  if (input.find_first_of("*?[") != std::string::npos) return;  // a pattern
  std::error_code error;
  const auto status = std::filesystem::status(input, error);
  if (!std::filesystem::exists(status)) throw Error(ErrorKind::kInput, input + ": no such file");
  if (!std::filesystem::is_regular_file(status) && !std::filesystem::is_directory(status))
    throw Error(ErrorKind::kInput, input + ": expected a file or a folder, found a pipe or device",
                "write it to a file first");
}

std::string database_of(const Reading& reading) {
  const std::vector<std::string>& inputs = reading.options.inputs;
  if (inputs.empty() && reading.options.files_from.empty())
    throw Error(ErrorKind::kUsage, "INPUT is missing: expected a database, or files of light curves",
                "for example survey.db, curves/ or 'curves/*.dat'");
  for (const std::string& input : inputs) check_input(input);
  for (const std::string& input : inputs) {
    std::error_code ignored;
    if (std::filesystem::is_regular_file(input, ignored) && std::filesystem::is_empty(input, ignored))
      throw Error(ErrorKind::kInput, input + ": an empty file: expected a database or light curves");
    if (!lc::is_database(input)) continue;
    if (inputs.size() > 1)
      throw Error(ErrorKind::kUsage, input + ": a database stands alone: expected no other input, found " +
                                         std::to_string(inputs.size() - 1) + " more");
    if (!reading.given.empty())
      throw Error(ErrorKind::kUsage, reading.given[0] + ": " + input + " is a database: expected files");
    return input;
  }
  return "";
}

std::vector<std::string> parse_bands(const std::string& text) {
  std::vector<std::string> bands;
  if (text.find(',') != std::string::npos) {
    bands = parse_list("--bands", text);
  } else {
    for (const char c : text) bands.emplace_back(1, c);
  }
  if (bands.empty()) throw Error(ErrorKind::kUsage, "--bands: expected names such as griz, found nothing");
  for (std::size_t i = 0; i < bands.size(); ++i)
    if (std::find(bands.begin(), bands.begin() + std::ptrdiff_t(i), bands[i]) !=
        bands.begin() + std::ptrdiff_t(i))
      throw Error(ErrorKind::kUsage, "--bands: '" + bands[i] + "' is given twice");
  return bands;
}

std::string bands_text(const std::vector<std::pair<std::string, std::int64_t>>& bands) {
  std::vector<std::string> parts;
  for (const auto& [band, rows] : bands) parts.push_back(band + " " + count(rows));
  return joined(parts, ", ");
}

Json bands_json(const std::vector<std::pair<std::string, std::int64_t>>& bands) {
  Json json = Json::object();
  for (const auto& [band, rows] : bands) json.add(band, rows);
  return json;
}

Json read_json(const lc::ReadCounts& counts) {
  Json json = Json::object();
  json.add("files", counts.files).add("empty_files", counts.empty_files).add("rows", counts.rows);
  json.add("objects", counts.objects).add("bad_rows", counts.bad_rows).add("bad_files", counts.bad_files);
  Json faults = Json::array();
  for (const std::string& fault : counts.faults) faults.push(fault);
  return json.add("faults", faults).add("bytes", counts.bytes);
}

void tell_left_out(const lc::ReadCounts& counts) {
  if (counts.bad_rows + counts.bad_files == 0) return;
  warn("left out: " + counted(counts.bad_rows, "bad row") + ", " + counted(counts.bad_files, "bad file"));
  for (const std::string& fault : counts.faults) tell("  " + printable(fault));
}

}  // namespace sluice::lc_app
