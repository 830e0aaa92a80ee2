#include "host/window/input.h"

#include <charconv>
#include <cmath>
#include <filesystem>

#include "host/error.h"
#include "host/formats/output.h"
#include "host/window/series.h"

namespace sluice::window_detail {
namespace {

bool same_file(const std::string& a, const std::string& b) {
  std::error_code ignored;
  return std::filesystem::equivalent(a, b, ignored);
}

bool made_by_window(const std::string& file) {
  for (const auto& [key, value] : read_provenance(file))
    if (key == "command")
      return value.find("sluice window ") != std::string::npos ||
             value.find("sluice' window ") != std::string::npos;
  return false;
}

}  // namespace

std::vector<std::string> input_files(const WindowOptions& o, std::vector<std::string>& notes) {
  std::vector<std::string> files = files_of(o.input);
  std::error_code ignored;
  const bool folder = std::filesystem::is_directory(o.input, ignored);
  if (!folder && files.size() == 1 && files[0] == o.input) return files;  // named: taken as it is
  std::vector<std::string> kept, left_out;
  const std::string output = o.output.empty() ? o.output : parse_output(o.output, "windows").path;
  for (std::string& file : files) {
    if (!o.time.empty() && same_file(file, o.time)) continue;  // the times of the samples
    const bool result = (!output.empty() && same_file(file, output)) || (folder && made_by_window(file));
    (result ? left_out : kept).push_back(std::move(file));
  }
  if (kept.empty() && left_out.empty())
    throw Error(ErrorKind::kInput, o.input + ": holds no file besides the times: expected a series");
  if (left_out.empty()) return kept;
  std::string names;
  for (std::size_t i = 0; i < left_out.size() && i < 3; ++i) names += (i > 0 ? ", " : "") + left_out[i];
  if (left_out.size() > 3) names += " and " + std::to_string(left_out.size() - 3) + " more";
  if (kept.empty())
    throw Error(ErrorKind::kInput, o.input + ": holds results of sluice window alone: " + names,
                "name the file to take one as a series");
  notes.push_back("left out of the series, as results of sluice window: " + names);
  return kept;
}

double rate_of_file(const std::string& file) {
  for (const auto& [key, value] : read_provenance(file)) {
    double rate = 0;
    if (key != "rate") continue;
    const auto got = std::from_chars(value.data(), value.data() + value.size(), rate);
    if (got.ec == std::errc() && got.ptr == value.data() + value.size() && std::isfinite(rate) && rate > 0)
      return rate;
  }
  return 0;
}

}  // namespace sluice::window_detail
