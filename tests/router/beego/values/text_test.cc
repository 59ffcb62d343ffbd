#include "router/beego/values/text.h"

#include <gtest/gtest.h>

#include "tests/http/grammar/clean_path_cases.h"
#include "tests/http/grammar/percent_cases.h"

namespace duel::beego::values {
namespace {

TEST(Text, AgreesWithTheGrammar) {
  for (const auto& [encoded, plus, expected] : http::grammar::testing::kDecodeCases) {
    std::string decoded = "left from before";
    ASSERT_EQ(percent_decode(encoded, plus, decoded), expected.has_value()) << encoded;
    EXPECT_EQ(decoded, expected.value_or("")) << encoded;
  }
  for (const auto& [encoding, text, encoded] : http::grammar::testing::kEncodeCases) {
    EXPECT_EQ(percent_encode(text, encoding), encoded);
  }
  for (const auto& [path, as_go, rooted, as_gin] : http::grammar::testing::kCleanCases) {
    std::string buffer = "left from before";
    EXPECT_EQ(clean_path(path, buffer), as_go) << path;
  }
}

TEST(Text, CopiesAPathOnlyIfItIsNotClean) {
  for (const std::string_view path : {"/", "/a", "/a/b", "/.a/..b/c.", "/.../x"}) {
    std::string buffer;
    EXPECT_EQ(clean_path(path, buffer).data(), path.data()) << path;
  }
}

TEST(Text, WritesLowerCase) {
  EXPECT_EQ(to_lower_unicode("/\u00DCBER/Ab9_\u0416\xFF"), "/\u00FCber/ab9_\u0436\uFFFD");
}

}  // namespace
}  // namespace duel::beego::values
