#include "http/output.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace duel::http {
namespace {

TEST(Output, StartsEmptyInTheGivenSpace) {
  char space[16];
  Output output(space, space + sizeof(space));
  EXPECT_TRUE(output.empty());
  EXPECT_EQ(output.size(), 0U);
  EXPECT_EQ(output.bytes(), "");
  EXPECT_FALSE(output.on_heap());
}

TEST(Output, FillsTheGivenSpaceToTheLastByteWithoutTheHeap) {
  char space[16];
  Output output(space, space + sizeof(space));
  output.append("0123456789");
  output.append("abcdef");
  EXPECT_EQ(output.bytes(), "0123456789abcdef");
  EXPECT_EQ(output.bytes().data(), space);
  EXPECT_FALSE(output.on_heap());
}

TEST(Output, OneByteTooManyMovesEverythingToTheHeap) {
  char space[16];
  Output output(space, space + sizeof(space));
  output.append("0123456789abcdef");
  output.append("g");
  EXPECT_TRUE(output.on_heap());
  EXPECT_EQ(output.bytes(), "0123456789abcdefg");
  std::memset(space, '!', sizeof(space));
  EXPECT_EQ(output.bytes(), "0123456789abcdefg") << "the old space, which is filled again, must not be used";
}

TEST(Output, GrowsAgainAndAgain) {
  char space[8];
  Output output(space, space + sizeof(space));
  std::string expected;
  for (int i = 0; i < 20'000; ++i) {
    const std::string piece = std::to_string(i) + ',';
    output.append(piece);
    expected += piece;
  }
  EXPECT_EQ(output.bytes(), expected);
}

TEST(Output, OneHugePiece) {
  char space[8];
  Output output(space, space + sizeof(space));
  const std::string piece(3'000'000, 'x');
  output.append("head");
  output.append(piece);
  EXPECT_EQ(output.size(), piece.size() + 4);
  EXPECT_EQ(output.bytes(), "head" + piece);
}

TEST(Output, ReserveAndCommit) {
  char space[4];
  Output output(space, space + sizeof(space));
  output.append("abc");
  char* room = output.reserve(100);
  std::memset(room, 'z', 100);
  EXPECT_EQ(output.bytes(), "abc") << "reserved bytes count only after commit()";
  output.commit(60);
  EXPECT_EQ(output.bytes(), "abc" + std::string(60, 'z'));
}

TEST(Output, AnEmptySpaceGoesToTheHeapAtOnce) {
  Output output(nullptr, nullptr);
  output.append("a");
  EXPECT_TRUE(output.on_heap());
  EXPECT_EQ(output.bytes(), "a");
}

TEST(Output, ClearKeepsTheSpace) {
  char space[4];
  Output output(space, space + sizeof(space));
  output.append("longer than the space");
  const char* block = output.bytes().data();
  output.clear();
  EXPECT_TRUE(output.empty());
  output.append("again as long as that");
  EXPECT_EQ(output.bytes().data(), block);
  EXPECT_EQ(output.bytes(), "again as long as that");
}

TEST(Output, ReleaseGivesTheBlockOfTheBytes) {
  char space[4];
  Output output(space, space + sizeof(space));
  output.append("longer than the space");
  const std::string_view bytes = output.bytes();
  const std::unique_ptr<char[]> block = output.release();
  EXPECT_EQ(block.get(), bytes.data());
  EXPECT_EQ(bytes, "longer than the space");
  EXPECT_FALSE(output.on_heap());
}

}  // namespace
}  // namespace duel::http
