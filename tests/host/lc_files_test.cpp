// Files that are not as their neighbours: tables among files of an object each, quotes, separators, bytes of
// other encodings, files without a number, and such that are large against the memory.
#include <gtest/gtest.h>

#include <bit>
#include <cstdlib>
#include <random>

#include "host/formats/csv/plain.h"
#include "host/lc/plain_fields.h"
#include "lc_support.h"

namespace sluice {
namespace {

using namespace lc_test;

struct Notes : Observer {
  void note(const std::string& line) override { lines.push_back(line); }
  std::vector<std::string> lines;
};

struct Read {
  ReadCounts counts;
  std::vector<ObjectFacts> objects;
  std::vector<std::string> rows;  // "object band t flux"
  std::size_t largest = 0;        // rows of a batch
};

Read read(const ReadOptions& options, std::uint64_t memory = 64 << 20, Observer* observer = nullptr) {
  Budget budget(memory, "--memory");
  Read result;
  RunOptions run = run_in(memory);
  run.observer = observer;
  result.counts = read_rows(options, run, budget, memory / 16, [&](Batch&& batch) {
    result.objects.insert(result.objects.end(), batch.objects.begin(), batch.objects.end());
    result.largest = std::max(result.largest, batch.rows.size());
    for (const Row& r : batch.rows) {
      char line[80];
      std::snprintf(line, sizeof line, "%lld %s %.10g %.10g", static_cast<long long>(r.object),
                    batch.bands[std::size_t(r.band)].c_str(), r.t, r.flux);
      result.rows.emplace_back(line);
    }
  });
  EXPECT_LE(budget.peak(), memory);
  return result;
}

using Lines = std::vector<std::string>;

class LcFiles : public testing::Test {
 protected:
  ReadOptions of(const std::vector<std::string>& names) {
    ReadOptions options;
    for (const std::string& name : names) options.inputs.push_back(folder_ / name);
    return options;
  }
  std::string write(const std::string& name, const std::string& content) {
    return put(folder_ / name, content);
  }
  Folder folder_;
};

TEST_F(LcFiles, TablesAmongFilesOfAnObject) {
  const std::string one = write("a1.dat", "t pb flux\n1 g 1\n"),
                    table = write("b2.csv", "object_id,t,pb,flux\n101,1,g,1\n102,1,g,2\n"),
                    none = write("c9.csv", "t,pb,flux\n1,g,1\n");
  EXPECT_EQ(caught([&] {
              read(of({"a1.dat", "b2.csv"}));
            }).what,
            table +
                ": line 1: column 'object_id' names objects: expected a file of one object, as those "
                "before it");
  for (const char* other : {"a1.dat", "c9.csv"})
    EXPECT_NE(caught([&] {
                read(of({"b2.csv", other}));
              }).what.find("expected an object (object, object_id"),
              std::string::npos);
  ReadOptions options = of({"a1.dat", "b2.csv", "c9.csv"});
  options.table.options.on_error = csv::OnError::kSkip;
  EXPECT_EQ(read(options).rows, (Lines{"1 g 1 1", "9 g 1 1"}));
  options = of({"b2.csv", "a1.dat"});
  options.table.options.on_error = csv::OnError::kSkip;
  const Read tables = read(options);
  EXPECT_EQ(tables.rows, (Lines{"101 g 1 1", "102 g 1 2"}));
  EXPECT_EQ(tables.counts.bad_files, 1);
}

TEST_F(LcFiles, QuotesAndSeparators) {
  write("a1.csv", "\"t\",pb , \"flux\",dflux\n1.5,\"g\",10,1\n2,g,\"11\",1\n");
  EXPECT_EQ(read(of({"a1.csv"})).rows, (Lines{"1 g 1.5 10", "1 g 2 11"}));
  write("s2.csv", "t;pb;flux;dflux\n1,5;g;10;1\n");
  ReadOptions options = of({"s2.csv"});
  options.table.find_separator = false;
  options.table.options.dialect.separator = ';';
  options.table.options.dialect.decimal = ',';
  EXPECT_EQ(read(options).rows, (Lines{"2 g 1.5 10"}));
}

TEST_F(LcFiles, OtherEncodingsComeAsUtf8) {
  write("caf\xe9_1.dat", "#label:SN\xe9\nt pb flux\n1 \xe9 1\n");
  const Read found = read(of({"*_1.dat"}));
  EXPECT_EQ(found.rows, (Lines{"1 \xc3\xa9 1 1"}));
  EXPECT_EQ(found.objects[0].label, "SN\xc3\xa9");
  EXPECT_EQ(found.objects[0].metadata, "{\"label\": \"SN\xc3\xa9\"}");
  EXPECT_EQ(found.objects[0].name, "caf\\xe9_1");
  ReadOptions strict = of({"*_1.dat"});
  strict.table.find_encoding = false;
  EXPECT_EQ(caught([&] { read(strict); }).kind, ErrorKind::kInput);
  write("nul2.dat", std::string("t pb flux\n1 g\0h 1\n", 18));
  EXPECT_NE(caught([&] { read(of({"nul2.dat"})); }).what.find("expected a band, found control characters"),
            std::string::npos);
}

TEST_F(LcFiles, ABadFileAmongGoodOnesIsLeftOut) {
  const std::string rows = "t pb flux\n1 g 1\n2 g 2\n";
  write("p1.dat", rows), write("none.dat", rows), write("q1.dat", rows), write("p2.dat", rows);
  ReadOptions options = of({"p1.dat", "none.dat", "q1.dat", "p2.dat"});
  EXPECT_TRUE(caught([&] { read(options); }).thrown);
  options.table.options.on_error = csv::OnError::kSkip;
  const Read found = read(options);
  EXPECT_EQ(found.rows, (Lines{"1 g 1 1", "1 g 2 2", "2 g 1 1", "2 g 2 2"}));
  EXPECT_EQ(found.counts.bad_files, 2);
  Budget budget(64 << 20, "--memory");
  const SelectedCounts curves =
      read_curves(options, {"g"}, run_in(), budget, folder_ / "x", [](const Curves&) {});
  EXPECT_EQ(curves.objects, 2);
}

TEST_F(LcFiles, BandsThatAreNotNamed) {
  write("t.csv", "object,t,pb,flux\n1,1,0,1\n1,2,1.0,1\n1,3,9,1\n");
  ReadOptions options = of({"t.csv"});
  options.passbands = parse_passbands("ugrizy");
  Notes notes;
  EXPECT_EQ(read(options, 64 << 20, &notes).rows, (Lines{"1 u 1 1", "1 1.0 2 1", "1 9 3 1"}));
  EXPECT_EQ(notes.lines, Lines{"bands that --passbands does not name keep their names: 1.0, 9"});
  EXPECT_THROW(parse_passbands("1=g,1=r"), Error);
}

// Files of 2 MiB each among small ones, in 4 MiB.
TEST_F(LcFiles, LargeFilesWithinLittleMemory) {
  std::string text = "#z:0.5\nt pb flux dflux\n";
  const int rows = 60000;
  for (int i = 0; i < rows; ++i) text += "  " + std::to_string(56000 + i) + ".250000 g 123.4567 1.5\n";
  write("f1.dat", text), write("f3.dat", text), write("f4.dat", text);
  write("f2.dat", "t pb flux\n1 r 1\n");
  const ReadOptions options = of({"f1.dat", "f2.dat", "f3.dat", "f4.dat"});
  const Read all = read(options, 256 << 20), parts = read(options, 4 << 20);
  ASSERT_EQ(all.rows.size(), std::size_t(3 * rows + 1));
  EXPECT_EQ(parts.rows, all.rows);
  EXPECT_LE(parts.largest, (4u << 20) / 16 / sizeof(Row));
  ASSERT_EQ(parts.objects.size(), 4u);
  EXPECT_EQ(parts.objects[2].id, 3);
  EXPECT_EQ(parts.objects[2].metadata, "{\"z\": 0.5}");
  Budget budget(24 << 20, "--memory");
  std::int64_t curve = 0;
  const SelectedCounts counts = read_curves(options, {"g"}, run_in(24 << 20), budget, folder_ / "x",
                                            [&](const Curves& c) { curve = std::max(curve, c.count(0, 0)); });
  EXPECT_EQ(counts.rows, 3 * rows);
  EXPECT_EQ(curve, rows) << "an object that several batches hold is one curve";
}

// The loops of each processor's level: where fields stand, and that a number is right or left to others.
TEST(LcPlain, FieldsOfEachLevel) {
  const std::vector<std::string> odd = {"-", "-.5", "5.", ".5", "+3", "1e5", "nan", "1-2", "1.2.3", "--1"};
  std::mt19937_64 random(5);
  std::string body;
  std::vector<std::string> fields;
  std::vector<std::uint32_t> expected, lines;
  for (int row = 0; row < 3000; ++row) {
    std::string field;
    if (row % 13 == 5) {
      field = odd[random() % odd.size()];
    } else {
      if (random() % 2 == 0) field += '-';
      for (std::uint64_t digits = 1 + random() % 7; digits > 0; --digits) field += char('0' + random() % 10);
      if (random() % 3 != 0) {
        field += '.';
        for (std::uint64_t digits = 1 + random() % 7; digits > 0; --digits)
          field += char('0' + random() % 10);
      }
    }
    body += std::string(random() % 70 == 0 ? 80 : random() % 3, ' ');
    expected.push_back(std::uint32_t(body.size()));
    body += field;
    expected.push_back(std::uint32_t(body.size()));
    lines.push_back(std::uint32_t(body.size()));
    body += '\n';
    fields.push_back(std::move(field));
  }
  const std::size_t size = body.size();
  body += std::string(csv::kPadding, '9');
  for (const PlainFields* level : plain_fields_here()) {
    std::vector<std::uint32_t> borders(size + 64), ends(size + 64);
    std::size_t border_count = 0, line_count = 0;
    ASSERT_TRUE(level->find({body.data(), size}, borders.data(), border_count, ends.data(), line_count));
    borders.resize(border_count), ends.resize(line_count);
    ASSERT_EQ(borders, expected);
    ASSERT_EQ(ends, lines);
    for (const char wrong : {'#', '\r', '\x80', '\0'}) {
      std::string other = body;
      other[size / 2] = wrong;
      std::vector<std::uint32_t> more(size + 64), others(size + 64);
      EXPECT_FALSE(level->find({other.data(), size}, more.data(), border_count, others.data(), line_count));
    }
    std::vector<double> values(fields.size());
    std::size_t taken = 0;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const std::size_t some =
          level->numbers(body.data(), borders.data() + 2 * i, 2, fields.size() - i, values.data() + i);
      for (std::size_t k = i; k < i + some; ++k)
        ASSERT_EQ(std::bit_cast<std::uint64_t>(values[k]),
                  std::bit_cast<std::uint64_t>(std::strtod(fields[k].c_str(), nullptr)))
            << fields[k];
      taken += some;
      i += some;
      if (i < fields.size()) {
        EXPECT_EQ(i % 13, 5u) << fields[i];
      }
    }
    EXPECT_GE(taken, fields.size() * 12 / 13 - 1);
    EXPECT_LT(taken, fields.size());
  }
}

}  // namespace
}  // namespace sluice
