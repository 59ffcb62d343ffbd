#include "http/grammar/token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace duel::http::grammar {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> members(std::string_view list) {
  std::vector<std::string> all;
  for_each_member(list, [&](std::string_view member) { all.emplace_back(member); });
  return all;
}

// RFC 9110 §5.6.2, written out: tchar is VCHAR without the delimiters.
TEST(Token, IsMadeOfTchar) {
  for (int c = 0; c < 0x100; ++c) {
    const auto byte = static_cast<char>(c);
    const bool delimiter = std::string_view("\"(),/:;<=>?@[\\]{}").find(byte) != std::string_view::npos;
    EXPECT_EQ(is_token({&byte, 1}), c > 0x20 && c < 0x7f && !delimiter) << "octet " << c;
  }
  EXPECT_TRUE(is_token("Content-Type"));
  EXPECT_FALSE(is_token(""));
  EXPECT_FALSE(is_token("Content Type"));
  EXPECT_FALSE(is_token("Content-Type:"));
}

TEST(Token, TrimTakesSpacesAndTabsOnly) {
  EXPECT_EQ(trim(" \t a b\t "), "a b");
  EXPECT_EQ(trim("a"), "a");
  EXPECT_EQ(trim(""), "");
  EXPECT_EQ(trim(" \t "), "");
  EXPECT_EQ(trim("\ra\n"), "\ra\n");
}

TEST(Token, MembersOfAList) {
  EXPECT_THAT(members("a"), ElementsAre("a"));
  EXPECT_THAT(members("a,b , c\t,\td e"), ElementsAre("a", "b", "c", "d e"));
  EXPECT_THAT(members(",, a ,\t, b,"), ElementsAre("a", "b"));
  EXPECT_THAT(members(""), ElementsAre());
  EXPECT_THAT(members(" , "), ElementsAre());
}

}  // namespace
}  // namespace duel::http::grammar
