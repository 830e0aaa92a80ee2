// One journalled file: chunks from the packer, the library's own structures around them at the end. Until
// then the file is a store without rows, so that a resumed run finds its attributes there.
#include "host/design/store.h"

#include <fcntl.h>
#include <libdeflate.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "host/clock.h"
#include "host/design/packer.h"
#include "host/error.h"
#include "host/fit/tall.h"
#include "host/formats/hdf5_attributes.h"
#include "host/formats/hdf5_growing.h"
#include "host/formats/json_text.h"
#include "host/matrix.h"
#include "host/result.h"
#include "sluice_version.h"

namespace sluice::design {
namespace {

std::string levels_text(const fit::Source& source, const fit::Design& design) {
  std::string text = "{";
  const std::size_t categories = design.levels.size() - (source.cluster ? 1 : 0);
  for (std::size_t k = 0; k < categories; ++k) {
    text += (k == 0 ? "" : ", ") + json_quote(source.formula.factors[source.plan.categories[k]].name) + ": [";
    for (std::size_t i = 0; i < design.levels[k].size(); ++i)
      text += (i == 0 ? "" : ", ") + json_quote(design.levels[k][i]);
    text += "]";
  }
  return text + "}";
}

std::string checksum(const std::string& text) {
  return std::to_string(text.size()) + " bytes, checksum " +
         std::to_string(libdeflate_crc32(0, text.data(), text.size()));
}

std::string weights_of(const fit::Source& source) {
  return source.weight_column < 0 ? "" : source.numbers.columns[std::size_t(source.weight_column)].name;
}

/// One "key: value" a line of all that the bytes depend on.
std::string fingerprint(const fit::Source& source, const fit::Design& design, const StoreOptions& options) {
  std::string text;
  const auto line = [&](const std::string& key, const std::string& value) {
    text += key + ": " + value + "\n";
  };
  const csv::Dialect& d = source.input.options.dialect;
  line("operation", "design");
  line("version", SLUICE_VERSION);
  line("formula", source.formula.text);
  line("compression", std::to_string(options.compression));
  line("weights", (source.repeats ? "repeats " : "") + weights_of(source));
  std::string names;
  for (const fit::DesignColumn& column : design.columns) names += column.name + "\n";
  line("columns",
       std::to_string(design.columns.size()) + ", " + checksum(names + levels_text(source, design)));
  std::string places;  // --names and --types say which columns a formula's names are
  for (const csv::Column& column : source.numbers.columns) places += std::to_string(column.index) + "n ";
  for (const int column : source.category_columns) places += std::to_string(column) + "c ";
  line("places", places);
  std::string missing;
  for (const std::string& word : d.missing) missing += word + "\n";
  line("dialect", {d.separator, d.spaces ? 's' : '-', d.quote == 0 ? '-' : d.quote, d.decimal,
                   d.comment == 0 ? '-' : d.comment, d.header ? 'h' : '-',
                   d.encoding == csv::Encoding::kUtf8 ? 'u' : 'l', d.quoted_missing ? 'q' : '-'});
  line("missing words", checksum(missing));
  line("bad rows", source.input.options.on_error == csv::OnError::kSkip ? "skip" : "fail");
  for (std::size_t i = 0; i < source.identities.size(); ++i) {
    const sys::Identity& id = source.identities[i];
    line("input file " + std::to_string(i + 1), std::to_string(id.bytes) + " bytes, modified " +
                                                    std::to_string(id.modified_ns) + ", inode " +
                                                    std::to_string(id.inode));
  }
  return text;
}

GrowingFile file_of(const fit::Source& source, const fit::Design& design, const StoreOptions& options) {
  const std::int64_t columns = std::int64_t(design.columns.size()),
                     rows = fit::chunk_rows(design.columns.size());
  const bool shuffle = options.compression > 0;
  GrowingFile file;
  file.datasets.push_back({"X", columns, rows, fit::chunk_columns(design.columns.size()), options.compression,
                           shuffle, design.names()});
  file.datasets.push_back({"Y", 0, rows, 1, options.compression, shuffle});
  if (source.weight_column >= 0)
    file.datasets.push_back({"weights", 0, rows, 1, options.compression, shuffle});
  file.texts = {{"formula", source.formula.text},
                {"response", source.formula.factors[source.formula.response].name},
                {"levels", levels_text(source, design)}};
  if (source.weight_column >= 0) {
    file.texts.emplace_back("weights", weights_of(source));
    file.texts.emplace_back("weights_kind", source.repeats ? "repeats" : "analytic");
  }
  file.numbers = {{"schema", kStoreSchema}, {"intercept", design.intercept}, {"rows_dropped", 0}};
  return file;
}

class RowsPiece : public fit::PassPiece {
 public:
  void restart() override { rows.clear(); }
  void take(const fit::RowBlock& block) override { rows.add(block); }
  ParsedRows rows;
};

class BothPieces : public fit::PassPiece {
 public:
  BothPieces(std::unique_ptr<fit::PassPiece> a, std::unique_ptr<fit::PassPiece> b)
      : a_(std::move(a)), b_(std::move(b)) {}
  void restart() override { a_->restart(), b_->restart(); }
  void take(const fit::RowBlock& block) override { a_->take(block), b_->take(block); }
  void finish(std::size_t group) override { a_->finish(group), b_->finish(group); }
  fit::PassPiece& first() { return *a_; }
  fit::PassPiece& second() { return *b_; }

 private:
  std::unique_ptr<fit::PassPiece> a_, b_;
};

}  // namespace

void check_store(const StoreOptions& options, const RunOptions& run) {
  const OutputSpec spec = parse_output(options.path, "X");
  if (spec.format != FileFormat::kHdf5 || spec.dataset != "/X")
    throw Error(ErrorKind::kUsage, options.path + ": expected the name of an HDF5 file, such as design.h5");
  if (options.compression < 0 || options.compression > 9)
    throw Error(ErrorKind::kUsage,
                "--compression: expected 0 to 9, found " + std::to_string(options.compression));
  const bool unfinished = sys::exists(options.path + ".journal");
  if (!run.force && !run.resume && sys::exists(options.path))
    throw Error(ErrorKind::kOutput, options.path + ": exists already", "give --force to replace it");
  if (!run.force && unfinished && !run.resume)
    throw Error(ErrorKind::kOutput,
                options.path + ": an unfinished run is there (" + options.path + ".journal)",
                "give --resume to go on with it, or --force to start again");
  auto folder = std::filesystem::path(options.path).parent_path();
  if (folder.empty()) folder = ".";
  if (::access(folder.c_str(), W_OK) != 0)
    throw Error(ErrorKind::kOutput, options.path + ": cannot be written: " + folder.string() + ": " +
                                        std::string(std::strerror(errno)));
}

struct StoreWriter::State {
  State(const fit::Source& source, const fit::Design& design, const StoreOptions& options)
      : source(source), design(design), options(options), file(file_of(source, design, options)) {}
  const fit::Source& source;
  const fit::Design& design;
  StoreOptions options;
  GrowingFile file;
  std::uint64_t head = 0;
  bool resumed = false;
  std::unique_ptr<Result> result;
  std::unique_ptr<Packer> packer;

  void add(const Provenance& provenance) {
    for (const auto& [key, value] : provenance) file.texts.emplace_back("sluice_" + key, value);
  }
  /// A store without rows.
  std::uint64_t make(const std::string& working, const Provenance& provenance) {
    add(provenance);
    head = growing_head(file, options.path);
    const sys::File made(working, O_RDWR);
    sys::set_size(made, head);
    finish_growing(
        file, options.path, 0, std::vector<std::vector<ChunkPlace>>(file.datasets.size()), head,
        [&](std::uint64_t at, const void* from, std::size_t bytes) { sys::write_at(made, from, bytes, at); });
    return 0;
  }
  std::size_t chunks() const {
    std::size_t count = 0;
    for (const GrowingDataset& d : file.datasets) count += std::size_t(d.across());
    return count;
  }
  /// The first bands of an earlier run, all of whose chunks are there.
  std::vector<Band> found() const {
    std::map<std::int64_t, std::map<std::int64_t, TileRecord>> by_row;
    for (const TileRecord& r : result->found()) by_row[r.rect.row][r.rect.column] = r;
    std::vector<Band> bands;
    for (const auto& [row, records] : by_row) {
      if (row != std::int64_t(bands.size()) * file.datasets[0].chunk_rows || records.size() != chunks())
        break;
      const TileRecord& first = records.begin()->second;
      Band& band = bands.emplace_back();
      band.first_row = row, band.rows = first.rect.rows, band.address = std::uint64_t(first.largest_row);
      for (const auto& [chunk, record] : records) band.bytes.push_back(std::uint64_t(record.rect.columns));
    }
    return bands;
  }
};

StoreWriter::StoreWriter(const fit::Source& source, const fit::Design& design,
                         const std::vector<std::vector<std::int32_t>>& level_of, const StoreOptions& options,
                         Budget& budget, const RunOptions& run)
    : s_(std::make_unique<State>(source, design, options)) {
  State& s = *s_;
  OutputSpec spec;
  spec.path = options.path, spec.format = FileFormat::kHdf5, spec.dataset = "/X";
  spec.type = DType::kUInt8;
  spec.make = [&s](const std::string& working, const Provenance& provenance) {
    return s.make(working, provenance);
  };
  const Provenance provenance{{"command", run.command},
                              {"version", std::string("sluice ") + SLUICE_VERSION + " " + SLUICE_COMMIT}};
  s.result = std::make_unique<Result>(std::vector<OutputSpec>{spec}, fingerprint(source, design, options),
                                      provenance, run);
  if (s.result->complete()) return;
  s.result->commit_early();
  s.resumed = s.result->resumed();
  if (s.resumed) {
    s.add(read_provenance(s.result->working()));
    s.head = growing_head(s.file, options.path);
  }
  BandShape shape{&source.plan,
                  &design,
                  &level_of,
                  source.weight_column >= 0,
                  s.file.datasets[0].chunk_rows,
                  s.file.datasets[0].chunk_columns,
                  options.compression};
  std::size_t threads = std::size_t(run.threads > 0 ? run.threads : available_cores());
  while (threads > 1 && Packer::memory(shape, threads) > budget.left() / 4) --threads;
  std::vector<Band> there = s.found();
  std::uint64_t end = s.head;
  if (!there.empty()) {
    end = there.back().end();
    if (run.observer != nullptr)
      run.observer->note("resumed: " + std::to_string(there.back().first_row + there.back().rows) +
                         " rows of the store were there; the table is read from its start");
  }
  s.packer = std::make_unique<Packer>(shape, threads, std::move(there), end, *s.result, budget);
}

StoreWriter::~StoreWriter() = default;

bool StoreWriter::complete() const {
  return s_->result->complete();
}

void StoreWriter::discard() noexcept {
  s_->result->discard();
}

fit::Pass StoreWriter::pass() {
  fit::Pass pass;
  Packer& packer = *s_->packer;
  pass.stage = "store";
  pass.piece = [] { return std::make_unique<RowsPiece>(); };
  pass.merge = [&packer](fit::PassPiece& piece) { packer.append(static_cast<RowsPiece&>(piece).rows); };
  // A row of a piece takes two bytes of text at least for each column that the formula needs.
  const std::uint64_t used = s_->source.numbers.columns.size() + s_->source.category_columns.size();
  const std::uint64_t rows = (std::uint64_t(128) << 10) / (2 * std::max<std::uint64_t>(1, used));
  pass.piece_memory =
      rows * (8 * s_->source.plan.monomials.size() + 4 * s_->source.plan.categories.size() + 8);
  return pass;
}

StoreFacts StoreWriter::finish(std::int64_t dropped, RunSummary& summary) {
  State& s = *s_;
  StoreFacts facts;
  facts.path = s.options.path, facts.chunk_rows = s.file.datasets[0].chunk_rows;
  facts.complete = complete(), facts.resumed = s.resumed;
  if (!facts.complete) {
    const Clock clock;
    s.packer->finish();
    if (s.packer->rows() == 0) {
      discard();
      throw Error(ErrorKind::kInput,
                  s.source.input.path +
                      ": no rows: expected rows with a value in each column of the formula, "
                      "found none",
                  why_no_rows(s.source, dropped));
    }
    std::vector<std::vector<ChunkPlace>> chunks(s.file.datasets.size());
    for (const Band& band : s.packer->bands()) {
      ChunkPlace place{band.address, 0};
      std::size_t chunk = 0;
      for (std::size_t d = 0; d < chunks.size(); ++d)
        for (std::int64_t k = 0; k < s.file.datasets[d].across(); ++k) {
          place.bytes = band.bytes[chunk++];
          chunks[d].push_back(place);
          place.address += place.bytes;
        }
    }
    s.file.numbers.back().second = dropped;
    facts.rows = s.packer->rows(), facts.dropped = dropped;
    const std::uint64_t end = finish_growing(
        s.file, s.options.path, facts.rows, chunks, s.packer->end(),
        [&](std::uint64_t at, const void* from, std::size_t bytes) { s.result->write(0, at, from, bytes); });
    s.result->cut(0, end);
    s.result->finish();
    summary.stages.push_back({"pack", s.packer->busy_seconds(), double(s.result->bytes_written()), 0});
    summary.stages.push_back({"finish store", clock.seconds(), 0, 0});
    summary.bytes_written += s.result->bytes_written();
    summary.sync_seconds += s.result->sync_seconds();
  }
  if (facts.complete) {
    const auto x = open_matrix(facts.path + ":/X");
    facts.rows = x->info().rows;
    facts.dropped = Hdf5Attributes(facts.path, "/").number("rows_dropped").value_or(0);
  }
  facts.bytes = sys::identity(sys::File(s.options.path, O_RDONLY)).bytes;
  return facts;
}

fit::Pass together(fit::Pass a, fit::Pass b) {
  fit::Pass both;
  both.stage = a.stage;
  both.piece = [a, b] { return std::make_unique<BothPieces>(a.piece(), b.piece()); };
  both.merge = [a, b](fit::PassPiece& piece) {
    auto& own = static_cast<BothPieces&>(piece);
    a.merge(own.first());
    b.merge(own.second());
  };
  both.piece_memory = a.piece_memory + b.piece_memory;
  both.piece_bytes = a.piece_bytes;
  return both;
}

}  // namespace sluice::design
