#include "host/layout/table_outputs.h"

#include <fcntl.h>

#include <algorithm>

#include "host/error.h"
#include "host/formats/csv/writer.h"
#include "host/graph/positions.h"
#include "host/io/sys.h"

namespace sluice::layout {
namespace {

constexpr std::int64_t kRows = 65536;  // of a batch

std::uint64_t size_of_file(const std::string& path) {
  return sys::identity(sys::File(path, O_RDONLY)).bytes;
}

csv::Schema schema_of(const graph::Graph& g, int dimensions) {
  csv::Schema schema;
  const auto column = [&](const std::string& name, csv::Type type) {
    csv::Column c;
    c.name = name, c.type = type;
    schema.columns.push_back(std::move(c));
  };
  column("id", g.names.empty() ? csv::Type::kInteger : csv::Type::kText);
  for (const std::string& name : graph::coordinate_names(dimensions)) column(name, csv::Type::kFloat);
  column("degree", csv::Type::kInteger);
  return schema;
}

}  // namespace

std::uint64_t write_npy(const graph::Positions& positions, const std::string& path,
                        const Provenance& provenance) {
  graph::write_positions(positions, path, provenance);
  return size_of_file(path);
}

std::uint64_t write_csv(const graph::Graph& g, const graph::Positions& positions, const std::string& path,
                        const Provenance& provenance) {
  const csv::Schema schema = schema_of(g, positions.dimensions);
  csv::Writer writer(path, csv::Dialect(), schema);
  const std::size_t d = std::size_t(positions.dimensions);
  for (std::int64_t first = 0; first < positions.vertices(); first += kRows) {
    csv::Batch batch;
    batch.schema = &schema, batch.first_row = first;
    batch.rows = std::min(kRows, positions.vertices() - first);
    batch.columns.resize(d + 2);
    for (csv::ColumnData& column : batch.columns) column.missing.assign(std::size_t(batch.rows), 0);
    for (std::int64_t v = first; v < first + batch.rows; ++v) {
      if (g.names.empty()) {
        batch.columns[0].integers.push_back(g.first_id + v);
      } else {
        batch.columns[0].text += g.names[std::size_t(v)];
        batch.columns[0].text_ends.push_back(std::int64_t(batch.columns[0].text.size()));
      }
      for (std::size_t k = 0; k < d; ++k) batch.columns[k + 1].floats.push_back(positions.of(v)[k]);
      batch.columns[d + 1].integers.push_back(g.degree(graph::Vertex(v)));
    }
    writer.write(batch);
  }
  writer.finish();
  OutputSpec spec;
  spec.path = path, spec.format = FileFormat::kText;
  write_provenance(spec, provenance);
  return size_of_file(path);
}

}  // namespace sluice::layout
