// Coordinates as a matrix on disk.
#include <fcntl.h>

#include "host/graph/positions.h"
#include "host/io/sys.h"
#include "host/io/whole_file.h"

namespace sluice::graph {

void write_positions(const Positions& positions, const std::string& path, const Provenance& provenance) {
  OutputSpec spec;
  spec.path = path, spec.format = FileFormat::kNpy, spec.type = DType::kFloat64;
  spec.rows = positions.vertices(), spec.columns = positions.dimensions;
  write_whole(path, [&](const std::string& working) {
    const std::uint64_t at = create_output(spec, working, provenance);
    const sys::File file(working, O_WRONLY);
    sys::write_at(file, positions.at.data(), positions.at.size() * sizeof(double), at);
    write_provenance(spec, provenance);
  });
}

}  // namespace sluice::graph
