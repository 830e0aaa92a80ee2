// Ends of fields and rows: blocks against single bytes, whole scans against cut ones, both against the simple
// reader.
#include <gtest/gtest.h>

#include "csv_random_files.h"
#include "csv_simple_reader.h"
#include "host/formats/csv/structure.h"

namespace sluice::csv {
namespace {

using namespace csv_test;

const unsigned char* bytes_of(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

struct Scanned {
  std::vector<std::uint32_t> ends;
  State state = State::kRowStart;
  bool operator==(const Scanned&) const = default;
};

Scanned scan(const Structure& structure, const std::string& text, std::size_t piece) {
  Scanned result;
  csv::Ends ends;
  for (std::size_t from = 0; from < text.size(); from += piece)
    result.state =
        structure.scan(bytes_of(text), from, std::min(from + piece, text.size()), result.state, ends);
  result.ends.assign(ends.begin(), ends.end());
  return result;
}

std::vector<std::string> ends_text(const std::string& text, const Dialect& dialect = {}) {
  std::vector<std::string> result;
  for (const std::uint32_t end : scan(Structure(dialect), text, text.size() + 1).ends)
    result.push_back((End::is_row(end) ? "row " : "field ") + std::to_string(End::offset(end)));
  return result;
}

using Shown = std::vector<std::string>;

TEST(CsvStructure, ByHand) {
  EXPECT_EQ(ends_text("a,b\nc"), (Shown{"field 1", "row 3"}));
  EXPECT_EQ(ends_text("a\r\nb\rc\n\n"), (Shown{"row 1", "row 4", "row 6", "row 7"}));
  EXPECT_EQ(ends_text("\"a,\n\",b\n"), (Shown{"field 5", "row 7"}));
  EXPECT_EQ(ends_text("\"a\"\",\"\"\",b\n"), (Shown{"field 8", "row 10"}));
  EXPECT_EQ(ends_text("5\" pipe,6\" pipe\n"), (Shown{"field 7", "row 15"}))
      << "a quote within a field is text";
  EXPECT_EQ(ends_text("\"a\"b\"c,d\n"), (Shown{"field 6", "row 8"})) << "so is one behind a closed field";
  Dialect dialect;
  dialect.comment = '#';
  EXPECT_EQ(ends_text("#a,\"\nb,#\n", dialect), (Shown{"row 4", "field 6", "row 8"}));
  dialect.spaces = true;
  EXPECT_EQ(ends_text(" a  b \n\tc", dialect), (Shown{"field 2", "field 5", "row 6"}));
}

TEST(CsvStructure, BlocksAndBytesAgreeAtEveryCut) {
  std::mt19937 random(1);
  int compared = 0;
  for (const Dialect& dialect : dialects())
    for (const std::string& alphabet : alphabets())
      for (int repeat = 0; repeat < 10; ++repeat) {
        const std::string text = nasty(random, 700, alphabet);
        const Scanned truth = scan(Structure(dialect, masks_bytewise), text, 1);
        for (std::size_t piece = 1; piece <= text.size(); piece += piece < 140 ? 1 : 97, ++compared) {
          ASSERT_EQ(scan(Structure(dialect), text, piece), truth) << piece << "\n" << text;
          ASSERT_EQ(scan(Structure(dialect, masks_bytewise), text, piece), truth) << piece << "\n" << text;
        }
      }
  EXPECT_GT(compared, 60000);
}

TEST(CsvStructure, PassagesFromEveryState) {
  std::mt19937 random(2);
  for (const Dialect& dialect : dialects())
    for (const std::string& alphabet : alphabets())
      for (const std::size_t size : {0, 1, 2, 63, 64, 65, 1024, 1500, 5000}) {
        const std::string text = nasty(random, size, alphabet);
        const Structure structure(dialect);
        const Structure::Passage passage = structure.passage(bytes_of(text), text.size());
        EXPECT_EQ(passage.lf + passage.lone_cr, count_lines(bytes_of(text), text.size())) << text;
        for (int s = 0; s < kStates; ++s) {
          csv::Ends ends;
          EXPECT_EQ(passage.after[std::size_t(s)], structure.scan(bytes_of(text), 0, size, State(s), ends))
              << s;
        }
      }
}

TEST(CsvStructure, PlainPiecesAreTheirScan) {
  std::mt19937 random(3);
  int plain = 0;
  for (const Dialect& dialect : dialects())
    for (const char* alphabet :
         {"abc,;|\t\n", "aaaaaaaaaaaaaaaaaaaaaaaaaaa,\n", "\n", "ab\x80,\n", "aaaaaaaaaaaaaaaaaaaa\r\n\"#,"})
      for (std::size_t size = 0; size < 2300; size += size < 200 ? 1 : 191) {
        const std::string text = nasty(random, size, alphabet);
        const Structure structure(dialect);
        csv::Ends ends;
        Structure::Passage found;
        bool ascii = false;
        if (!structure.plain(bytes_of(text), size, ends, found, ascii)) continue;
        ++plain;
        const Structure::Passage truth = structure.passage(bytes_of(text), size);
        ASSERT_EQ(found.lf, truth.lf);
        ASSERT_EQ(found.lone_cr, truth.lone_cr);
        ASSERT_EQ(found.first_is_lf, truth.first_is_lf);
        ASSERT_EQ(found.last_is_cr, truth.last_is_cr);
        ASSERT_EQ(ascii, text.find('\x80') == std::string::npos);
        for (int s = 0; s < kStates; ++s) {
          ASSERT_EQ(int(found.after[std::size_t(s)]), int(truth.after[std::size_t(s)])) << s << "\n" << text;
          if (!Structure::entered_plainly(State(s))) continue;
          csv::Ends scanned;
          structure.scan(bytes_of(text), 0, size, State(s), scanned);
          ASSERT_EQ(std::vector<std::uint32_t>(ends.begin(), ends.end()),
                    std::vector<std::uint32_t>(scanned.begin(), scanned.end()))
              << s << "\n"
              << text;
        }
      }
  if (masks_avx2 != nullptr && best_masks() == masks_avx2) {
    EXPECT_GT(plain, 3000);
  }
}

TEST(CsvStructure, MasksOfThisProcessorAreTheBytewiseOnes) {
  if (masks_avx2 == nullptr || best_masks() != masks_avx2)
    GTEST_SKIP() << "no AVX2 in this build or processor";
  std::mt19937 random(3);
  for (const Marks marks : {Marks{',', ',', '"', 0}, Marks{' ', '\t', 0, '#'}, Marks{';', ';', '\'', '%'}}) {
    std::string text = nasty(random, 64 * 50, std::string("a,;\"'#% \t\r\n\0\xff", 13));
    Masks one[50], two[50];
    masks_avx2(bytes_of(text), 50, marks, one);
    masks_bytewise(bytes_of(text), 50, marks, two);
    for (int i = 0; i < 50; ++i) {
      EXPECT_EQ(one[i].separator, two[i].separator);
      EXPECT_EQ(one[i].quote, two[i].quote);
      EXPECT_EQ(one[i].comment, two[i].comment);
      EXPECT_EQ(one[i].lf, two[i].lf);
      EXPECT_EQ(one[i].cr, two[i].cr);
    }
  }
}

}  // namespace
}  // namespace sluice::csv
