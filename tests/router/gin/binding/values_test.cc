#include "router/gin/binding/values.h"

#include <gtest/gtest.h>

#include "router/gin/binding/percent.h"
#include "tests/http/grammar/percent_cases.h"

namespace duel::gin::testing {
namespace {

TEST(Percent, AgreesWithTheGrammar) {
  memory::Arena arena;
  for (const auto& [encoded, plus, decoded] : http::grammar::testing::kDecodeCases) {
    EXPECT_EQ(binding::percent_decode(encoded, plus, arena), decoded) << encoded;
  }
  for (const auto& [encoding, text, encoded] : http::grammar::testing::kEncodeCases) {
    EXPECT_EQ(binding::percent_encode(text, encoding, arena), encoded);
  }
}

TEST(Percent, CopiesOnlyIfThereIsSomethingToDecode) {
  memory::Arena arena;
  const std::string_view plain = "/nothing/to+decode";
  EXPECT_EQ(binding::percent_decode(plain, http::grammar::Plus::kIsPlus, arena)->data(), plain.data());
}

TEST(Values, TakesTheFirstValueAndSkipsBadPairs) {
  memory::Arena arena;
  const auto find = [&](std::string_view text, std::string_view name) {
    return binding::Values(text, arena).find(name);
  };
  EXPECT_EQ(find("a=1&b=2&a=3", "a"), "1");
  EXPECT_EQ(find("a=%zz&a=ok", "a"), "ok");
  EXPECT_EQ(find("a=1;b=2&b=3", "b"), "3");
  EXPECT_EQ(find("x&%61=y+z", "a"), "y z");
  EXPECT_EQ(find("x&y=", "x"), "");
  EXPECT_EQ(find("x&y=", "y"), "");
  EXPECT_EQ(find("", "x"), std::nullopt);
  EXPECT_EQ(find("&&=v&", ""), "v");
}

}  // namespace
}  // namespace duel::gin::testing
