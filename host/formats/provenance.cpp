// Provenance beside a result: PATH.meta.json, {"schema": 1, "provenance": {"key": "text", ...}}. Written to a
// working name first, so that a half-written one is never found.
#include <fcntl.h>

#include "host/error.h"
#include "host/formats/hdf5.h"
#include "host/formats/hdf5_output.h"
#include "host/formats/json_text.h"
#include "host/formats/names.h"
#include "host/formats/output.h"
#include "host/io/whole_file.h"

namespace sluice {
namespace {

constexpr std::uint64_t kLongest = 64 << 20;  // a longer side file is not ours

std::string side_file(const std::string& path) {
  return path + ".meta.json";
}

std::string to_json(const Provenance& provenance) {
  std::string text = "{\n  \"schema\": 1,\n  \"provenance\": {";
  for (std::size_t i = 0; i < provenance.size(); ++i)
    text += (i == 0 ? "\n    " : ",\n    ") + json_quote(provenance[i].first) + ": " +
            json_quote(provenance[i].second);
  return text + (provenance.empty() ? "}\n}\n" : "\n  }\n}\n");
}

std::string read_all(const std::string& path) {
  const sys::File file(path, O_RDONLY);
  const std::uint64_t size = sys::identity(file).bytes;
  if (size > kLongest) return {};
  std::string text(static_cast<std::size_t>(size), '\0');
  sys::read_at(file, text.data(), text.size(), 0);
  return text;
}

}  // namespace

void write_provenance(const OutputSpec& spec, const Provenance& provenance) {
  if (spec.format == FileFormat::kHdf5) return;
  write_whole(side_file(spec.path), to_json(provenance));
}

Provenance read_provenance(const std::string& path) {
  const FileName name = split_input(path);
  try {
    if (!name.dataset.empty() || is_hdf5(sys::File(name.file, O_RDONLY)))
      return read_hdf5_provenance(name.file, name.dataset);
    return sys::exists(side_file(name.file)) ? parse_provenance_json(read_all(side_file(name.file)))
                                             : Provenance();
  } catch (const Error&) {
    return {};  // provenance is a courtesy: what cannot be read is not there
  }
}

}  // namespace sluice
