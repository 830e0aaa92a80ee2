#include "apps/frame/common_options.h"

#include <algorithm>
#include <cctype>
#include <thread>

#include "apps/frame/invocation.h"
#include "apps/frame/suggest.h"
#include "apps/frame/values.h"
#include "host/error.h"

namespace sluice::frame {
namespace {

void check_device(const std::string& text) {
  static const std::vector<std::string> names = {"auto", "cpu", "cuda", "serial", "check", "late"};
  for (const std::string& name : names)
    if (text == name) return;
  const bool numbered = text.size() > 5 && text.rfind("cuda:", 0) == 0 &&
                        text.find_first_not_of("0123456789", 5) == std::string::npos;
  if (!numbered)
    throw Error(ErrorKind::kUsage,
                "--device: expected auto, cpu, cuda, cuda:N, serial or check, found '" + text + "'" +
                    did_you_mean(text, names),
                "'sluice devices' lists what this machine has");
}

int threads_of(const std::string& text) {
  const std::int64_t n = parse_integer("--threads", text);
  if (n < 1 || n > 4096)
    throw Error(ErrorKind::kUsage, "--threads: expected 1 to 4096, found '" + text + "'");
  return int(n);
}

double seconds_of(const std::string& text) {
  const double s = parse_number("--checkpoint", text);
  if (s < 0) throw Error(ErrorKind::kUsage, "--checkpoint: expected seconds of at least 0, found " + text);
  return s;
}

/// A setter that only stores the text.
auto to(std::string& place) {
  return [&place](const std::string& v) { place = v; };
}
auto to(bool& place) {
  return [&place](const std::string&) { place = true; };
}

}  // namespace

Options machine_options(Settings& s) {
  const char* group = "Where it runs";
  return {
      {{"--device"},
       "NAME",
       "auto, cpu, cuda, cuda:N, serial (double precision, plain loops) or check "
       "(compare tiles with serial); auto takes a GPU that works",
       group,
       [&s](const std::string& v) { check_device(v), s.device = v; },
       {},
       "SLUICE_DEVICE",
       false,
       &s.device_is_wish},
      {{"--memory"},
       "SIZE",
       "most memory to hold, such as 512M or 4G; default: half of what is available",
       group,
       [&s](const std::string& v) { s.memory = parse_bytes("--memory", v); },
       {},
       "SLUICE_MEMORY"},
      {{"--device-memory"},
       "SIZE",
       "most memory to hold on the device; default: 80 % of what is free there",
       group,
       [&s](const std::string& v) { s.device_memory = parse_bytes("--device-memory", v); }},
      {{"--threads"},
       "N",
       "processor threads; default: all that this process may use",
       group,
       [&s](const std::string& v) { s.threads = threads_of(v); },
       {},
       "SLUICE_THREADS"},
      {{"--io"},
       "WAY",
       "how files are read: auto, mmap, pread or direct",
       group,
       to(s.io),
       {"auto", "mmap", "pread", "direct"}},
  };
}

Options result_options(Settings& s) {
  const char* group = "Results and restarts";
  return {
      {{"--resume"},
       "",
       "go on with an unfinished run of the same command; starts where there is none",
       group,
       to(s.resume)},
      {{"--force"}, "", "replace an output that exists", group, to(s.force)},
      {{"--checkpoint"},
       "SECONDS",
       "time between two points that --resume can go on from; default: 30",
       group,
       [&s](const std::string& v) { s.checkpoint = seconds_of(v); }},
      {{"--dry-run"}, "", "print the plan, compute nothing", group, to(s.dry_run)},
  };
}

Options message_options(Settings& s) {
  const char* group = "Messages";
  return {
      {{"--json"}, "", "print one summary object on standard output in place of text", group, to(s.json)},
      {{"--progress"},
       "HOW",
       "auto, bar, lines, json or none; auto: a bar on a terminal, else lines",
       group,
       to(s.progress),
       {"auto", "bar", "lines", "json", "none"}},
      {{"-q", "--quiet"}, "", "errors and warnings only", group, to(s.quiet)},
      {{"-v", "--verbose"},
       "",
       "also say what is done and how long each stage took",
       group,
       [&s](const std::string&) { ++s.verbose; }},
  };
}

Options picture_options(Settings& s) {
  const char* group = "Picture";
  return {
      {{"--picture"}, "FILE", "draw the result as a heat map (.png, .svg or .pdf)", group, to(s.picture)},
      {{"--picture-size"},
       "WxH",
       "width and height in pixels (points in SVG and PDF); default: 1200x1000",
       group,
       [&s](const std::string& v) { s.picture_size = parse_picture_size("--picture-size", v); }},
      {{"--colormap"},
       "NAME",
       "auto, viridis, diverging or gray",
       group,
       to(s.colormap),
       {"auto", "viridis", "diverging", "gray"}},
  };
}

Options raw_options(OpenOptions& raw) {
  const char* group = "Raw input (neither .npy nor HDF5)";
  return {
      {{"--shape"},
       "RxC",
       "rows and columns, such as 1e5x200",
       group,
       [&raw](const std::string& v) {
         std::tie(raw.rows, raw.columns) = parse_shape("--shape", v), raw.has_shape = true;
       }},
      {{"--dtype"},
       "TYPE",
       "element type: float32, float64, int16, '>f4', ...",
       group,
       [&raw](const std::string& v) {
         const ElementType type = parse_dtype("--dtype", v);
         raw.type = type.type, raw.swapped = type.swapped, raw.has_type = true;
       }},
      {{"--header-bytes"},
       "N",
       "bytes before the first element; default: 0",
       group,
       [&raw](const std::string& v) { raw.header_bytes = std::uint64_t(parse_count("--header-bytes", v)); }},
      {{"--order"},
       "ORDER",
       "C (rows are contiguous, the default) or F (columns are)",
       group,
       [&raw](const std::string& v) { raw.fortran = v == "F"; },
       {"C", "F"}},
  };
}

Option output_option(std::string& path, const std::string& help) {
  return {{"-o", "--output"}, "FILE", help, "Output", to(path)};
}

Option precision_option(Settings& s) {
  return {{"--precision"},
          "TYPE",
          "of the products: input (float32 for float32, else float64), float32, float64 or tf32 (GPU only)",
          "Numbers",
          to(s.precision),
          {"input", "float32", "float64", "tf32"}};
}

Option variables_option(Settings& s) {
  return {{"--variables"},
          "WAY",
          "rows (numpy's rowvar=True, the default) or columns: how the variables lie",
          "Input",
          to(s.variables),
          {"rows", "columns"}};
}

Option seed_option(Settings& s, const std::string& help) {
  return {{"--seed"}, "N", help, "Numbers", [&s](const std::string& v) { s.seed = parse_seed("--seed", v); }};
}

Options operator+(Options a, const Options& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Options operator+(Options a, const Option& b) {
  a.push_back(b);
  return a;
}

Options only(const Options& all, const std::vector<std::string>& names) {
  Options kept;
  for (const Option& option : all)
    if (std::find(names.begin(), names.end(), option.long_name()) != names.end()) kept.push_back(option);
  return kept;
}

Options without(const Options& all, const std::string& name) {
  Options kept;
  for (const Option& option : all)
    if (option.long_name() != name) kept.push_back(option);
  return kept;
}

RunOptions resolve(const Settings& s) {
  RunOptions run;
  run.device = s.device, run.device_is_wish = s.device_is_wish;
  run.memory = s.memory;
  run.device_memory = s.device_memory;
  run.threads = s.threads;
  run.io = s.io;
  run.resume = s.resume;
  run.force = s.force;
  run.checkpoint_seconds = s.checkpoint;
  run.command = invocation().line();
  run.stop = &stop_flag();
  return run;
}

}  // namespace sluice::frame
