// `info` reads headers, and with --stats every element once, through the pager and a backend's summarize.
#include "host/inspect.h"

#include <algorithm>
#include <cmath>

#include "host/clock.h"
#include "host/element.h"
#include "host/error.h"
#include "host/formats/output.h"
#include "host/machine.h"
#include "host/pager.h"

namespace sluice {
namespace {

using i64 = std::int64_t;
constexpr i64 kMostColumns = 1000;

/// Chan's merge of two disjoint sets of elements.
void merge(Summary& a, const Summary& b) {
  a.nan += b.nan, a.inf += b.inf;
  if (b.count == 0) return;
  if (a.count == 0) {
    a.count = b.count, a.min = b.min, a.max = b.max, a.mean = b.mean, a.m2 = b.m2;
    return;
  }
  const double n = double(a.count) + double(b.count), delta = b.mean - a.mean;
  a.m2 += b.m2 + delta * delta * double(a.count) * double(b.count) / n;
  a.mean += delta * double(b.count) / n;
  a.min = std::min(a.min, b.min), a.max = std::max(a.max, b.max);
  a.count += b.count;
}

std::vector<std::vector<double>> head_of(const MatrixSource& source, i64 rows) {
  const MatrixInfo& info = source.info();
  const std::size_t size = size_of(info.type);
  std::vector<std::vector<double>> head;
  for (i64 r = 0; r < std::min(rows, info.rows); ++r) {
    std::vector<double> line;
    for (i64 c = 0; c < std::min<i64>(10, info.columns); ++c) {
      unsigned char raw[8];
      source.read({r, c, 1, 1}, raw, i64(size));
      line.push_back(element(raw, info.type, info.swapped));
    }
    head.push_back(std::move(line));
  }
  return head;
}

/// One pass. A "run" is what is contiguous in the file (a row, or a column with fortran); the columns' own
/// summaries are kept where there are few enough, and the total is their merge.
void stats_of(const MatrixSource& source, Machine& m, const RunOptions& run, FileFacts& facts) {
  const MatrixInfo& info = source.info();
  facts.has_stats = true;
  facts.total = Summary{0, 0, 0, INFINITY, -INFINITY, 0, 0};
  if (info.rows == 0 || info.columns == 0) return;
  const i64 element = i64(size_of(info.type));
  const i64 runs = info.fortran ? info.columns : info.rows,
            run_length = info.fortran ? info.rows : info.columns;
  // Columns are the variables where they are few; else rows of any number are merged into the total only.
  const bool by_column = info.columns <= kMostColumns;
  const i64 tile_bytes = std::max<i64>(element * std::min<i64>(run_length, 65536),
                                       std::min<i64>(m.shared() ? 16 << 20 : 64 << 20, i64(m.memory / 8)));
  i64 tile_run = run_length, tile_runs = tile_bytes / (run_length * element);
  if (tile_runs < 1) tile_runs = 1, tile_run = std::max<i64>(1, tile_bytes / element);
  tile_runs = std::min(tile_runs, runs);
  std::vector<TileRequest> schedule;
  for (i64 r = 0; r < runs; r += tile_runs)
    for (i64 c = 0; c < run_length; c += tile_run) {
      const i64 nr = std::min(tile_runs, runs - r), nc = std::min(tile_run, run_length - c);
      schedule.push_back({&source, info.fortran ? Rect{c, r, nc, nr} : Rect{r, c, nr, nc}});
    }
  Share scratch(m.budgets->device(), std::uint64_t(m.scratch), "the backend's scratch");
  Share cache(m.budgets->host, source.cache_bytes(), "decoded chunks of the input");
  Stream stream(*m.device);
  const i64 most = std::max(std::max(tile_runs, tile_run), std::min(info.columns, kMostColumns));
  const i64 kept = by_column ? info.columns : std::min(most, i64(65536));
  Held out(*m.device, Memory::kDevice, std::max(kept, by_column ? i64(1) : tile_runs) * i64(sizeof(Summary)),
           m.budgets->device(), "the summaries");
  std::vector<Held> device_tile;
  if (!m.shared())
    device_tile.emplace_back(*m.device, Memory::kDevice, tile_runs * tile_run * element, m.budgets->device(),
                             "an input tile");
  std::vector<Summary> columns(by_column ? std::size_t(info.columns) : 0, facts.total), part;
  Reader::Options options;
  options.io = parse_io(run.io);
  options.threads = std::clamp(m.threads / 4, 1, 4);
  options.drop_behind = info.bytes() > available_memory() / 2;
  Reader reader(*m.device, *m.budgets, schedule, options);
  Observer quiet;
  Observer& observer = run.observer != nullptr ? *run.observer : quiet;
  observer.begin("stats", double(info.bytes()), "bytes", 0);
  double seen = 0;
  for (const TileRequest& r : schedule) {
    if (run.stop != nullptr && run.stop->load()) throw Error(ErrorKind::kInterrupted, "interrupted");
    const HostTile tile = reader.next();
    SummarizeArgs args{};
    args.source = tile.data;
    args.source_ld = tile.stride / element;
    if (!m.shared()) {
      stream.copy(device_tile[0].as<>(), r.run_bytes(), tile.data, tile.stride, r.run_bytes(), r.runs());
      args.source = device_tile[0].as<>();
      args.source_ld = r.run_bytes() / element;
    }
    args.type = info.type, args.swapped = info.swapped;
    // The summaries' groups: columns where they are kept, else whatever is contiguous.
    const bool columns_contiguous = info.fortran;
    const bool groups_are_runs = by_column == columns_contiguous;
    args.layout = groups_are_runs || !by_column ? Layout::kVariables : Layout::kObservations;
    args.variables = args.layout == Layout::kVariables ? r.runs() : r.run_bytes() / element;
    args.observations = args.layout == Layout::kVariables ? r.run_bytes() / element : r.runs();
    args.clear = 1;
    args.out = out.as<Summary>();
    stream.run(args);
    part.resize(std::size_t(args.variables));
    stream.copy(part.data(), args.out, args.variables * i64(sizeof(Summary)));
    stream.finish();
    reader.release(tile, stream);
    for (i64 i = 0; i < args.variables; ++i)
      merge(by_column ? columns[std::size_t(r.rect.column + i)] : facts.total, part[std::size_t(i)]);
    seen += double(r.runs() * r.run_bytes());
    observer.progress(seen);
  }
  reader.check();
  observer.end();
  for (std::size_t c = 0; c < columns.size(); ++c) {
    merge(facts.total, columns[c]);
    facts.columns.push_back({"column " + std::to_string(c), columns[c]});
  }
  facts.run.bytes_read = reader.bytes_read();
}

}  // namespace

FileFacts inspect_file(const InspectOptions& o, const RunOptions& run) {
  const Clock total;
  FileFacts facts;
  OpenOptions open = o.input_options;
  open.stacked = true;
  const auto source = open_matrix(o.input, open);
  facts.matrix = source->info();
  facts.memory_available = available_memory();
  facts.fits_memory = facts.matrix.bytes() <= facts.memory_available;
  for (const sys::Identity& id : source->identities()) facts.file_bytes += id.bytes;
  facts.provenance = read_provenance(o.input);
  if (o.head > 0) facts.head = head_of(*source, o.head);
  if (o.stats) {
    Machine m = open_machine(run);
    stats_of(*source, m, run, facts);
    m.report(facts.run);
  }
  facts.run.seconds = facts.run.compute_seconds = total.seconds();
  return facts;
}

MachineFacts inspect_machine() {
  MachineFacts facts;
  facts.cores = available_cores();
  facts.memory_total = total_memory();
  facts.memory_available = available_memory();
  facts.memory_default = facts.memory_available / 2;
  for (const std::string name : {"cuda", "cpu", "serial"}) {
    DeviceFacts d;
    d.selector = d.backend = name;
    try {
      const Backend& table = load_backend(name);
      d.level = table.info.level;
      std::int32_t count = 0;
      Status status{};
      check(table.device_count(&count, &status), status);
      for (int i = 0; i < count; ++i) {
        DeviceFacts one = d;
        if (name == "cuda") one.selector = "cuda:" + std::to_string(i);
        try {
          DeviceInfo info{};
          check(table.device_info(i, &info, &status), status);
          if (info.level[0] != 0) one.level = info.level;
          one.name = info.name, one.detail = info.detail, one.major = info.major, one.minor = info.minor;
          one.units = info.units, one.memory_total = info.memory_total, one.memory_free = info.memory_free;
          one.usable = true;
        } catch (const Error& e) {
          one.problem = e.what();
        }
        facts.devices.push_back(one);
      }
    } catch (const Error& e) {
      d.problem = e.what() + (e.advice().empty() ? std::string() : "; " + e.advice());
      facts.devices.push_back(d);
    }
  }
  try {
    facts.automatic = select_backend("auto").selector;
  } catch (const Error& e) {
    facts.automatic = "none";
  }
  return facts;
}

}  // namespace sluice
