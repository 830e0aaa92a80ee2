// The options that commands share, each defined once: one meaning, one spelling, one help text. A command
// takes the groups that apply to it; resolve() then turns what was typed into the library's RunOptions.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/frame/option.h"
#include "host/matrix.h"
#include "host/run.h"

namespace sluice::frame {

/// What was typed; nothing is resolved here.
struct Settings {
  std::string device = "auto";
  bool device_is_wish = false;                  // by the environment
  std::uint64_t memory = 0, device_memory = 0;  // 0: not given
  int threads = 0;
  std::string precision = "input";
  std::uint64_t seed = 0;
  std::string variables = "rows";
  bool resume = false, force = false, dry_run = false, json = false, quiet = false;
  int verbose = 0;
  std::string progress = "auto", io = "auto";
  double checkpoint = 30;
  std::string picture, colormap = "auto";
  std::pair<int, int> picture_size{1200, 1000};
};

using Options = std::vector<Option>;

Options machine_options(Settings& s);   // --device --memory --device-memory --threads --io
Options result_options(Settings& s);    // --resume --force --checkpoint --dry-run
Options message_options(Settings& s);   // --json --progress -q -v
Options picture_options(Settings& s);   // --picture --picture-size --colormap
Options raw_options(OpenOptions& raw);  // --shape --dtype --header-bytes --order
Option output_option(std::string& path, const std::string& help);
Option precision_option(Settings& s);
Option variables_option(Settings& s);
Option seed_option(Settings& s, const std::string& help);

/// All of one list after another.
Options operator+(Options a, const Options& b);
Options operator+(Options a, const Option& b);

/// Those of a group that are meant, by their long names; and all but one.
Options only(const Options& all, const std::vector<std::string>& names);
Options without(const Options& all, const std::string& name);

/// The library's options; the command line as typed goes into the result's provenance.
RunOptions resolve(const Settings& s);

}  // namespace sluice::frame
