// Light curves: reading one large table, reading many small files beside a bare loop of open, read and close,
// and ingest beside a bare loop of one prepared INSERT over the same sorted batches with the same index.
// Fails where rows or sums differ.
// lc_store_bench [thousands of objects in the table (10)] [small files (100000)] [folder (/tmp)] [runs (3)]
// [MiB of memory (512)]; 0 leaves a part out.
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "host/lc/ingest.h"
#include "host/lc/sort.h"

namespace {

using namespace sluice::lc;

struct Made {
  std::int64_t rows = 0, bytes = 0;
  double sum = 0;  // of the fluxes as written
};

/// 30 to 1000 rows of five bands, times of two decimals that differ.
template <class Row>
void each_row(std::mt19937_64& random, int least, int most, const Row& row) {
  const int count = least + int(random() % std::uint64_t(most - least + 1));
  int t = 0;
  for (int i = 0; i < count; ++i) {
    t += 1 + int(random() % 100);
    const double flux = double(std::int64_t(random() % 200000000) - 50000000) / 1e6;
    const double error = double(random() % 9000000 + 1000000) / 1e6;
    row(56000 + t / 100.0, "ugriz"[random() % 5], flux, error);
  }
}

Made make_table(const std::string& path, int objects) {
  std::mt19937_64 random(1);
  std::ofstream file(path, std::ios::binary);
  std::string text = "object_id,mjd,passband,flux,flux_err\n";
  Made made;
  for (int o = 1; o <= objects; ++o) {
    each_row(random, 30, 1000, [&](double t, char band, double flux, double error) {
      char line[120];
      text.append(line, std::size_t(std::snprintf(line, sizeof line, "%d,%.2f,%c,%.6f,%.6f\n", o, t, band,
                                                  flux, error)));
      ++made.rows;
      made.sum += flux;
    });
    if (text.size() < (1 << 20) && o != objects) continue;
    file << text;
    made.bytes += std::int64_t(text.size());
    text.clear();
  }
  return made;
}

Made make_files(const std::string& folder, int files) {
  std::filesystem::create_directories(folder);
  std::mt19937_64 random(2);
  Made made;
  for (int o = 1; o <= files; ++o) {
    std::string text = "#ID:" + std::to_string(100000 + o) +
                       "\n#type:-9\n#zgal:0.4780\n              t   pb         flux       dflux\n";
    each_row(random, 14, 300, [&](double t, char band, double flux, double error) {
      char line[120];
      text.append(line, std::size_t(std::snprintf(line, sizeof line, "%15.6f   %c %14.6f %11.6f\n", t, band,
                                                  flux, error)));
      ++made.rows;
      made.sum += flux;
    });
    char name[40];
    std::snprintf(name, sizeof name, "/FAKE%06d.dat", o);
    std::ofstream(folder + name, std::ios::binary) << text;
    made.bytes += std::int64_t(text.size());
  }
  return made;
}

template <class F>
double seconds(const F& run) {
  const auto start = std::chrono::steady_clock::now();
  run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void require(bool right, const char* what) {
  if (right) return;
  std::fprintf(stderr, "lc_store_bench: wrong: %s\n", what);
  std::exit(1);
}

sluice::RunOptions run_in(std::uint64_t memory) {
  sluice::RunOptions run;
  run.memory = memory;
  return run;
}

// Batches of 1 MiB, which stay in the cache, as the bare loop's bytes do.
void read_all(const ReadOptions& options, const Made& made, std::uint64_t memory) {
  sluice::Budget budget(memory, "--memory");
  std::int64_t rows = 0;
  double sum = 0;
  read_rows(options, run_in(memory), budget, 1 << 20, [&](Batch&& batch) {
    rows += std::int64_t(batch.rows.size());
    for (const Row& row : batch.rows) sum += row.flux;
  });
  require(rows == made.rows && std::fabs(sum - made.sum) < 1e-6 * double(rows), "rows read");
}

void read_bare(const std::vector<std::string>& files, const Made& made) {
  std::vector<char> buffer(1 << 20);
  std::int64_t bytes = 0;
  for (const std::string& name : files) {
    const int file = open(name.c_str(), O_RDONLY | O_CLOEXEC);
    for (ssize_t got; (got = read(file, buffer.data(), buffer.size())) > 0;) bytes += got;
    close(file);
  }
  require(bytes == made.bytes, "bytes of the files");
}

void check(int code, sqlite3* database) {
  if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
  std::fprintf(stderr, "lc_store_bench: %s\n", sqlite3_errmsg(database));
  std::exit(1);
}

/// The loop that anybody would write: a transaction a batch, one statement bound and stepped for each row.
class Bare {
 public:
  explicit Bare(const std::string& path, std::uint64_t memory) {
    check(sqlite3_open_v2(path.c_str(), &database_,
                          SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr),
          database_);
    run(("PRAGMA cache_size = -" + std::to_string(memory / 8 / 1024)).c_str());
    run("CREATE TABLE objects(objId INTEGER PRIMARY KEY, name TEXT NOT NULL, metadata TEXT);"
        "CREATE TABLE rawPhot(id INTEGER PRIMARY KEY, objId INTEGER NOT NULL REFERENCES objects(objId), t "
        "REAL NOT "
        "NULL, pb TEXT NOT NULL, flux REAL, dflux REAL);"
        "CREATE INDEX rawPhot_curve ON rawPhot(objId, pb, t)");
    check(
        sqlite3_prepare_v2(database_, "INSERT INTO rawPhot(objId, t, pb, flux, dflux) VALUES (?, ?, ?, ?, ?)",
                           -1, &insert_, nullptr),
        database_);
  }
  ~Bare() {
    sqlite3_finalize(insert_);
    sqlite3_close(database_);
  }
  void add(const Batch& batch) {
    run("BEGIN");
    for (const Row& row : batch.rows) {
      const std::string& band = batch.bands[std::size_t(row.band)];
      sqlite3_bind_int64(insert_, 1, row.object);
      sqlite3_bind_double(insert_, 2, row.t);
      sqlite3_bind_text(insert_, 3, band.c_str(), int(band.size()), SQLITE_STATIC);
      sqlite3_bind_double(insert_, 4, row.flux);
      sqlite3_bind_double(insert_, 5, row.error);
      check(sqlite3_step(insert_), database_);
      sqlite3_reset(insert_);
    }
    run("COMMIT");
  }

 private:
  void run(const char* sql) { check(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr), database_); }
  sqlite3* database_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
};

double insert_bare(const std::string& table, const std::string& path, std::uint64_t memory) {
  ReadOptions options;
  options.inputs = {table};
  sluice::Budget budget(memory, "--memory");
  double spent = 0;
  std::filesystem::remove(path);
  Bare bare(path, memory);
  read_rows(options, run_in(memory), budget, std::clamp<std::uint64_t>(memory / 16, 1, 64 << 20),
            [&](Batch&& batch) {
              sort(batch);
              spent += seconds([&] { bare.add(batch); });
            });
  return spent;
}

std::uint64_t peak_of_process() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("VmHWM:", 0) == 0) return std::strtoull(line.c_str() + 6, nullptr, 10) << 10;
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto argument = [&](int i, int otherwise) { return argc > i ? std::atoi(argv[i]) : otherwise; };
  const int objects = 1000 * argument(1, 10), files = argument(2, 100000), runs = std::max(1, argument(4, 3));
  const std::string folder = std::string(argc > 3 ? argv[3] : "/tmp") + "/lc_store_bench";
  const std::uint64_t memory = std::uint64_t(argument(5, 512)) << 20;
  std::filesystem::create_directories(folder);
  if (objects > 0) {
    const std::string table = folder + "/table.csv";
    const Made made = make_table(table, objects);
    std::vector<double> read, ours, bare, ratio;
    for (int i = 0; i < runs; ++i) {
      ReadOptions input;
      input.inputs = {table};
      read.push_back(seconds([&] { read_all(input, made, memory); }));
      const std::string database = folder + "/ours.db";
      std::filesystem::remove(database);
      IngestOptions options;
      options.read.inputs = {table};
      options.output = database;
      ours.push_back(
          seconds([&] { require(ingest(options, run_in(memory)).rows == made.rows, "rows stored"); }));
      std::filesystem::remove(database);
      bare.push_back(insert_bare(table, folder + "/bare.db", memory));
      std::filesystem::remove(folder + "/bare.db");
      ratio.push_back(bare.back() / ours.back());
    }
    std::printf("table      %lld rows, %.1f MB: read at %.0f MB/s\n", static_cast<long long>(made.rows),
                double(made.bytes) / 1e6, double(made.bytes) / 1e6 / median(read));
    std::printf(
        "ingest     %.2f s, file to database; bare loop of INSERT alone %.2f s: %.0f %% of its rate\n",
        median(ours), median(bare), 100 * median(ratio));
    std::printf("memory     %.1f MiB at most in this process, --memory %.0f MiB\n",
                double(peak_of_process()) / 1048576, double(memory) / 1048576);
    std::filesystem::remove(table);
  }
  if (files > 0) {
    const Made made = make_files(folder + "/files", files);
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder + "/files"))
      names.push_back(entry.path());
    std::sort(names.begin(), names.end());
    ReadOptions input;
    input.files_from = folder + "/names.txt";
    {
      std::ofstream list(input.files_from);
      for (const std::string& name : names) list << name << "\n";
    }
    std::vector<double> read, bare, ratio;
    for (int i = 0; i < runs; ++i) {
      bare.push_back(seconds([&] { read_bare(names, made); }));
      read.push_back(seconds([&] { read_all(input, made, memory); }));
      ratio.push_back(bare.back() / read.back());
    }
    std::printf(
        "files      %d of %.1f kB: read in %.2f s; bare open, read, close %.2f s: %.0f %% of its rate\n",
        files, double(made.bytes) / 1e3 / files, median(read), median(bare), 100 * median(ratio));
  }
  std::filesystem::remove_all(folder);
  return 0;
}
