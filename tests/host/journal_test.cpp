// The journal: what was appended is read back; a torn or damaged tail is cut off and never believed.
#include "host/journal.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>

#include "host/error.h"

namespace sluice {
namespace {

class JournalTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/sluice_journal_XXXXXX";
    const int fd = mkstemp(name);
    ASSERT_GE(fd, 0);
    close(fd);
    path_ = name;
  }
  void TearDown() override { std::remove(path_.c_str()); }
  std::vector<unsigned char> bytes() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::string path_;
};

TEST_F(JournalTest, ReadsBackWhatWasAppended) {
  {
    Journal journal = Journal::create(path_, "key: value\n");
    journal.append({{{0, 512, 512, 300}, -0.25, 3, 700}});
    journal.append({{{512, 512, 300, 300}, 0.5, 600, 601}, {{0, 0, 512, 512}, 0, -1, -1}});
    journal.append_finishing();
    journal.sync();
  }
  const JournalContents c = parse_journal(bytes());
  ASSERT_TRUE(c.valid);
  EXPECT_EQ(c.header, "key: value\n");
  ASSERT_EQ(c.tiles.size(), 3u);
  EXPECT_EQ(c.tiles[0].rect.column, 512);
  EXPECT_EQ(c.tiles[0].largest, -0.25);
  EXPECT_EQ(c.tiles[1].largest_column, 601);
  EXPECT_TRUE(c.finishing);
  EXPECT_EQ(c.bytes, bytes().size());
}

TEST_F(JournalTest, EveryTruncationKeepsOnlyWholeRecords) {
  {
    Journal journal = Journal::create(path_, "h");
    for (int i = 0; i < 3; ++i) journal.append({{{i, 0, 1, 1}, 0, -1, -1}});
    journal.sync();
  }
  const auto all = bytes();
  std::size_t before = 0;
  for (std::size_t n = 0; n <= all.size(); ++n) {
    const JournalContents c = parse_journal(std::span(all).first(n));
    EXPECT_LE(c.bytes, n);
    EXPECT_GE(c.tiles.size(), before);
    before = c.tiles.size();
  }
  EXPECT_EQ(before, 3u);
}

TEST_F(JournalTest, EveryFlippedBitIsSeen) {
  {
    Journal journal = Journal::create(path_, "header");
    journal.append({{{0, 0, 1, 1}, 1.5, 0, 0}});
    journal.sync();
  }
  const auto all = bytes();
  for (std::size_t i = 0; i < all.size() * 8; ++i) {
    auto damaged = all;
    damaged[i / 8] ^= static_cast<unsigned char>(1 << (i % 8));
    EXPECT_TRUE(parse_journal(damaged).tiles.empty()) << "bit " << i;
  }
}

TEST_F(JournalTest, OpeningCutsATornTail) {
  {
    Journal journal = Journal::create(path_, "header");
    journal.append({{{0, 0, 1, 1}, 0, -1, -1}, {{1, 0, 1, 1}, 0, -1, -1}});
    journal.sync();
  }
  ASSERT_EQ(truncate(path_.c_str(), off_t(bytes().size() - 5)), 0);
  JournalContents contents;
  {
    Journal journal = Journal::open(path_, contents);
    EXPECT_EQ(contents.tiles.size(), 1u);
    journal.append({{{2, 0, 1, 1}, 0, -1, -1}});
    journal.sync();
  }
  const JournalContents c = parse_journal(bytes());
  ASSERT_EQ(c.tiles.size(), 2u);
  EXPECT_EQ(c.tiles[1].rect.row, 2);
}

TEST_F(JournalTest, ASecondRunIsRefused) {
  Journal journal = Journal::create(path_, "header");
  JournalContents contents;
  EXPECT_THROW(Journal::open(path_, contents), Error);
}

}  // namespace
}  // namespace sluice
