// Reading light curves: text tables and tables with an object column, what stands in them, how objects get
// their numbers, bad lines, and curves straight from files.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "host/lc/numbers.h"
#include "host/lc/text_table.h"
#include "lc_support.h"

namespace sluice {
namespace {

using namespace lc_test;

struct Read {
  ReadCounts counts;
  std::vector<ObjectFacts> objects;
  std::vector<std::string> rows;  // "object band t flux error"
  std::size_t batches = 0;
  std::uint64_t peak = 0;
};

std::string text(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.10g", value);
  return text;
}

Read read(const ReadOptions& options, std::uint64_t batch = 1 << 20, std::uint64_t memory = 64 << 20,
          int threads = 2) {
  Budget budget(memory, "--memory");
  Read result;
  result.counts = read_rows(options, run_in(memory, threads), budget, batch, [&](Batch&& b) {
    ++result.batches;
    result.objects.insert(result.objects.end(), b.objects.begin(), b.objects.end());
    for (const Row& r : b.rows)
      result.rows.push_back(std::to_string(r.object) + " " + b.bands[std::size_t(r.band)] + " " + text(r.t) +
                            " " + text(r.flux) + " " + text(r.error));
  });
  EXPECT_EQ(result.counts.rows, std::int64_t(result.rows.size()));
  EXPECT_EQ(result.counts.objects, std::int64_t(result.objects.size()));
  result.peak = budget.peak();
  EXPECT_LE(result.peak, memory);
  return result;
}

ReadOptions of(std::vector<std::string> inputs) {
  ReadOptions options;
  options.inputs = std::move(inputs);
  return options;
}

Caught refused(const ReadOptions& options) {
  const Caught error = caught([&] { read(options); });
  EXPECT_TRUE(error.thrown);
  return error;
}

TEST(LcText, ColumnsInAnyOrderMetadataAndOddities) {
  Folder folder;
  const std::string path =
      put(folder / "SN0042.dat",
          "\xef\xbb\xbf#ID: 103013\n# a remark\n#zgal:0.4780\r\n#type:007\n#label:Ia\n#ID:9\n\n"
          "pb\tflux  dflux quality t\r\n"
          "g -1.5 0.25 ok 56210.172\r\n"
          "\n# between:rows\n"
          "   r  1e3   nan ok   56209\r\n"
          "g NA 1 ok 5.6e4  ");
  const Read found = read(of({path}));
  EXPECT_EQ(found.rows, (std::vector<std::string>{"42 g 56210.172 -1.5 0.25", "42 r 56209 1000 nan",
                                                  "42 g 56000 nan 1"}));
  ASSERT_EQ(found.objects.size(), 1u);
  EXPECT_EQ(found.objects[0].name, "SN0042");
  EXPECT_EQ(found.objects[0].label, "Ia");
  EXPECT_EQ(found.objects[0].metadata,
            R"({"ID": 9, "zgal": 0.4780, "type": "007", "label": "Ia", "between": "rows"})");
  // Commas, no error column, names in other letters; a front without rows.
  const Read commas = read(of({put(folder / "x7.csv", "MJD, Filter, Flux\n1,g,2\n 3 , r,4\n"),
                               put(folder / "x8.csv", "t,pb,flux\n")}));
  EXPECT_EQ(commas.rows, (std::vector<std::string>{"7 g 1 2 nan", "7 r 3 4 nan"}));
  EXPECT_EQ(commas.counts.files, 2);
  EXPECT_EQ(commas.counts.empty_files, 1);
  EXPECT_EQ(commas.counts.objects, 2) << "an object without rows is one too";
}

TEST(LcText, MagnitudesAndOneBand) {
  Folder folder;
  ReadOptions options = of({put(folder / "1.dat", "t mag magerr\n1 25 0.1\n2 22.5 0.2\n")});
  options.magnitudes = true;
  options.zero_point = 25;
  options.only_band = "V";
  const double factor = 0.4 * std::log(10.0);
  EXPECT_EQ(read(options).rows, (std::vector<std::string>{"1 V 1 1 " + text(0.1 * factor),
                                                          "1 V 2 10 " + text(10 * 0.2 * factor)}));
  options.magnitudes = false;
  EXPECT_EQ(refused(options).what,
            folder / "1.dat" + ": line 1: missing column: expected a flux (flux, f), found 't mag magerr'");
}

TEST(LcText, BadLinesAreNamedOrLeftOut) {
  Folder folder;
  const std::string path = put(
      folder / "a5.dat", "#k:v\nt pb flux dflux\n1 g 2 3\n2 g x 3\n3 g 2\nnan g 1 1\n4 g 5 6\n5 g inf 1 9\n");
  ReadOptions options = of({path});
  EXPECT_EQ(refused(options).what,
            path + ": line 4, column 3: bad value in 'flux': expected a number, found 'x'");
  options.table.options.on_error = csv::OnError::kSkip;
  const Read found = read(options);
  EXPECT_EQ(found.rows, (std::vector<std::string>{"5 g 1 2 3", "5 g 4 5 6"}));
  EXPECT_EQ(found.counts.bad_rows, 4);
  ASSERT_EQ(found.counts.faults.size(), 4u);
  EXPECT_EQ(found.counts.faults[1], path + ": line 5, column 3: ragged row: expected 4 fields, found 3");
  EXPECT_EQ(found.counts.faults[2].substr(path.size()),
            ": line 6, column 1: bad value in 't': expected a number, found 'nan'");
  // A file that is none, among good ones.
  const std::string none = put(folder / "b6.dat", "#only:comments\n");
  options.inputs.push_back(none);
  EXPECT_EQ(read(options).counts.bad_files, 1);
  options.table.options.on_error = csv::OnError::kFail;
  options.inputs = {none};
  EXPECT_EQ(refused(options).what,
            none + ": empty table: expected a line of names as 't pb flux dflux', found none");
  options.inputs = {folder / "absent7.dat"};
  EXPECT_EQ(refused(options).kind, ErrorKind::kInput);
}

TEST(LcText, NumbersOfObjects) {
  Folder folder;
  const std::string table = "t pb flux\n1 g 1\n";
  const std::string a = put(folder / "FAKE010.dat", "#ID:77\n" + table),
                    b = put(folder / "REAL10.dat", "#ID:78\n" + table),
                    c = put(folder / "none.dat", "#ID:x\n" + table);
  EXPECT_EQ(read(of({a})).objects[0].id, 10);
  for (const auto& [path, name] : std::vector<std::pair<std::string, std::string>>{
           {"a/b.c/x12.dat", "x12"}, {"x.7.dat.gz", "x.7"}, {"/x.zst", "x"}, {"12", "12"}, {"a/.3", ".3"}})
    EXPECT_EQ(ObjectNumbers::name_of_file(path), name);
  const Caught clash = refused(of({a, b}));
  EXPECT_EQ(clash.what, b + ": is object 10 as " + a + " is: expected a number for each file");
  EXPECT_EQ(refused(of({c})).what,
            c + ": no number: expected a name that ends in at most 18 digits, found 'none'");
  ReadOptions options = of({a, b});
  options.id = "meta:ID";
  EXPECT_EQ(read(options).objects[1].id, 78);
  options.inputs = {c};
  EXPECT_EQ(refused(options).what, c + ": no number: expected a line #ID:NUMBER, found 'x'");
  options.inputs = {c, a, b};
  options.id = "order";
  const Read ordered = read(options);
  EXPECT_EQ(ordered.objects[2].id, 3);
  EXPECT_EQ(ordered.objects[2].name, "REAL10");
  options.id = "names";
  EXPECT_EQ(refused(options).kind, ErrorKind::kUsage);
}

// Rows that a program writes take a way of their own: bit for bit that of all others.
TEST(LcText, PlainRowsAreReadAsAllOthers) {
  const std::vector<std::string> numbers = {"0",
                                            "-0",
                                            "-0.0",
                                            "7",
                                            "56210.172000",
                                            "-4.427",
                                            "99999999.99999999",
                                            "123456789.5",
                                            "0.123456789",
                                            "1e-5",
                                            "-1.5E+300",
                                            "5.",
                                            ".5",
                                            "00012.50",
                                            "9007199254740993",
                                            "12345678901234567890",
                                            "nan",
                                            "NA",
                                            "inf",
                                            "+3"};
  ReadOptions options = of({});
  options.table.options.on_error = csv::OnError::kSkip;
  TextParser plain(options), general(options, false);
  std::int64_t rows = 0;
  for (std::size_t k = 0; k < 400; ++k) {
    std::string text(csv::kPadding, char('0' + k % 10));
    text += k % 2 == 0 ? "t pb flux dflux\n" : "\tdflux flux  pb t\n";
    for (std::size_t i = 0; i < k % 9; ++i) {
      const std::size_t at = k * 31 + i * 7;
      const std::string first = k % 5 != 0 ? numbers[at % 12] : numbers[at % 20],
                        last = numbers[(at + i) % 20];
      const std::string band = k % 2 == 0 ? numbers[at % 16] : at % 3 == 0 ? "lsstg" : "r";
      text += std::string(i % 3, ' ') + first + (i % 2 == 0 ? "  " : "\t") + (k % 2 == 0 ? "g" : last) + " ";
      text += band + std::string(1 + i % 4, ' ') + last + (i + 1 < k % 9 || k % 4 != 0 ? "\n" : "");
    }
    const std::size_t size = text.size() - csv::kPadding;
    text += std::string(csv::kPadding, char('0' + k % 7));
    ParsedRows one, other;
    const TextFacts a = plain.parse("f", std::string_view(text).substr(csv::kPadding, size), one);
    const TextFacts b = general.parse("f", std::string_view(text).substr(csv::kPadding, size), other);
    EXPECT_EQ(a.faults, b.faults);
    ASSERT_EQ(one.rows.size(), other.rows.size()) << text;
    EXPECT_EQ(one.bands.levels(), other.bands.levels());
    rows += std::int64_t(one.rows.size());
    for (std::size_t i = 0; i < one.rows.size(); ++i) {
      const Row &x = one.rows[i], &y = other.rows[i];
      const auto bits = [](double value) {
        return std::isnan(value) ? 1 : std::bit_cast<std::uint64_t>(value);
      };
      EXPECT_EQ(bits(x.t), bits(y.t)) << text;
      EXPECT_EQ(bits(x.flux), bits(y.flux)) << text;
      EXPECT_EQ(bits(x.error), bits(y.error)) << text;
      EXPECT_EQ(x.band, y.band);
    }
  }
  EXPECT_GT(rows, 1000);
}

TEST(LcText, ManyFilesComeInOrderAtAnyThreadsAndBatches) {
  Folder folder;
  std::string list;
  std::vector<Line> all;
  for (int i = 0; i < 300; ++i) {
    const std::vector<Line> lines = lines_of(i, i % 13);
    list +=
        put(folder / ("f" + std::to_string(i) + ".dat"), text_of(lines, "#n:" + std::to_string(i) + "\n")) +
        "\n";
    all.insert(all.end(), lines.begin(), lines.end());
  }
  ReadOptions by_list;
  by_list.files_from = put(folder / "list.txt", list);
  const Read one = read(by_list, 1 << 20, 64 << 20, 1);
  ASSERT_EQ(one.rows.size(), all.size());
  EXPECT_EQ(one.counts.files, 300);
  for (const std::uint64_t batch : {64u << 10, 4u << 10}) {
    const Read many = read(by_list, batch, 16 << 20, 4);
    EXPECT_EQ(many.rows, one.rows);
    EXPECT_EQ(many.objects.back().metadata, "{\"n\": 299}");
  }
  std::filesystem::remove(folder / "list.txt");
  EXPECT_EQ(read(of({(folder / "")})).rows, one.rows) << "a folder, in natural order";
  EXPECT_EQ(read(of({folder / "f?.dat"})).counts.files, 10);
}

TEST(LcTable, ObjectsAndBandsOfATable) {
  Folder folder;
  const std::string path =
      put(folder / "t.csv",
          "flux,object_id,passband,mjd,detected,flux_err\n1,7,0,2,1,0.5\n2,615,1,3,0,0.25\n"
          "\"3\", 7,5,4,1,\n4,-3,1,5,1,1\n");
  ReadOptions options = of({path});
  options.passbands = parse_passbands("ugrizy");
  const Read found = read(options);
  EXPECT_EQ(found.rows,
            (std::vector<std::string>{"7 u 2 1 0.5", "615 g 3 2 0.25", "7 y 4 3 nan", "-3 g 5 4 1"}));
  ASSERT_EQ(found.objects.size(), 3u);
  EXPECT_EQ(found.objects[2].name, "-3");
  options.passbands = parse_passbands("0=lsstu,5=lssty");
  EXPECT_EQ(read(options).rows[2], "7 lssty 4 3 nan");
  EXPECT_EQ(read(options).rows[1], "615 1 3 2 0.25");
  options.columns = parse_columns("object=detected,flux=mjd,t=flux");
  EXPECT_EQ(read(options).rows[0], "1 lsstu 1 2 0.5");
  options.columns = parse_columns("object=oops");
  EXPECT_EQ(refused(options).what,
            path +
                ": missing column: expected 'oops' for the object, found 'flux object_id "
                "passband mjd detected flux_err'");
  options.columns = {};
  options.id = "column:detected";
  EXPECT_EQ(read(options).objects[0].id, 1);
  for (const char* bad : {"", "0=", "0=u,g", ",u"}) EXPECT_THROW(parse_passbands(bad), Error) << bad;
  for (const char* bad : {"", "x=1", "t", "t=", "t=a,t=b"}) EXPECT_THROW(parse_columns(bad), Error) << bad;
}

TEST(LcTable, ObjectsByName) {
  Folder folder;
  const std::string path = put(folder / "t.tsv",
                               "# made:by hand\noid\tt\tband\tflux\nZTF18aab\t1\tg\t1\nZTF17x2\t2\tg\t2\n"
                               "ZTF18aab\t3\tg\t3\n\t4\tg\t4\n");
  ReadOptions options = of({path});
  options.table.options.on_error = csv::OnError::kSkip;
  EXPECT_EQ(refused(options).what,
            path + ": object 'ZTF18aab' has no number: expected at most 18 digits at its end");
  options.id = "order";
  const Read found = read(options);
  EXPECT_EQ(found.rows, (std::vector<std::string>{"1 g 1 1 nan", "2 g 2 2 nan", "1 g 3 3 nan"}));
  EXPECT_EQ(found.objects[1].name, "ZTF17x2");
  EXPECT_EQ(found.counts.bad_rows, 1);
  EXPECT_EQ(found.counts.faults[0],
            path + ": line 6, column 1: bad value: expected an object, found nothing");
  options.id = "name";
  options.inputs = {put(folder / "u.tsv", "oid\tt\tband\tflux\nA1\t1\tg\t1\nB1\t2\tg\t2\n")};
  EXPECT_EQ(refused(options).what,
            folder / "u.tsv" + ": object 1 is 'A1' and 'B1': expected one name for a number");
}

TEST(LcTable, LargeTablesWithinLittleMemory) {
  Folder folder;
  std::vector<Line> all;
  for (int i = 0; i < 200; ++i)
    for (const Line& line : lines_of(i, 150)) all.push_back(line);
  std::stable_sort(all.begin(), all.end(), [](const Line& a, const Line& b) { return a.t < b.t; });
  const std::string path = put(folder / "t.csv", csv_of(all));
  const Read whole = read(of({path}), 1 << 20, 256 << 20, 1), parts = read(of({path}), 64 << 10, 8 << 20, 3);
  ASSERT_EQ(whole.rows.size(), all.size());
  EXPECT_EQ(parts.rows, whole.rows);
  EXPECT_GT(parts.batches, 10u);
}

struct Gathered {
  std::string text;
  SelectedCounts counts;
  std::size_t batches = 0;
};

Gathered gather(const ReadOptions& options, const std::vector<std::string>& bands, const std::string& beside,
                std::uint64_t memory) {
  Budget budget(memory, "--memory");
  Gathered result;
  result.counts = read_curves(options, bands, run_in(memory), budget, beside, [&](const Curves& c) {
    ++result.batches;
    for (std::size_t o = 0; o < c.objects.size(); ++o)
      for (std::size_t b = 0; b < c.bands.size(); ++b) {
        result.text += std::to_string(c.objects[o]) + c.bands[b] + ":";
        for (std::int64_t i = c.first(o, b); i < c.first(o, b) + c.count(o, b); ++i)
          result.text += " " + text(c.t[std::size_t(i)]) + "/" + text(c.flux[std::size_t(i)]);
        result.text += "\n";
      }
  });
  EXPECT_LE(budget.peak(), memory);
  return result;
}

TEST(LcCurves, FilesAndTablesGiveTheSameCurvesInAnyOrder) {
  Folder folder;
  std::vector<Line> all;
  std::vector<std::string> files;
  for (int i = 39; i >= 0; --i) {
    std::vector<Line> lines = lines_of(i, 90);
    lines.push_back(lines[3]);  // a row twice
    files.push_back(put(folder / ("s" + std::to_string(i) + ".dat"), text_of(lines)));
    all.insert(all.end(), lines.begin(), lines.end());
  }
  const Gathered direct = gather(of(files), {"z", "g"}, folder / "x", 64 << 20);
  EXPECT_EQ(direct.counts.objects, 40);
  EXPECT_EQ(direct.counts.rows, 40 * 36);
  EXPECT_GE(direct.counts.other_rows, 40 * 54);
  EXPECT_EQ(direct.text.substr(0, 12), "0z: 56001/" + direct.text.substr(10, 2));
  std::stable_sort(all.begin(), all.end(), [](const Line& a, const Line& b) { return a.flux < b.flux; });
  const std::string table = put(folder / "t.csv", csv_of(all));
  for (const std::uint64_t memory : {64u << 20, 1u << 20}) {
    const Gathered sorted = gather(of({table}), {"z", "g"}, folder / "x", memory);
    EXPECT_EQ(sorted.text, direct.text) << memory;
    EXPECT_EQ(sorted.counts.rows_by_band, direct.counts.rows_by_band);
  }
  EXPECT_GT(gather(of({table}), {"z", "g"}, folder / "x", 1 << 20).batches, 0u);
  const Gathered found = gather(of({table}), {}, folder / "x", 64 << 20);
  EXPECT_EQ(found.counts.bands, (std::vector<std::string>{"g", "i", "r", "u", "z"}));
  EXPECT_EQ(found.counts.rows, 40 * 90);
}

}  // namespace
}  // namespace sluice
