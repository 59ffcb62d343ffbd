#include "http/grammar/clean_path.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/http/grammar/clean_path_cases.h"

namespace duel::http::grammar::testing {
namespace {

std::string clean(std::string_view path, CleanPath rules, std::string_view base = {}) {
  std::string to(base.size() + path.size() + 1, '#');
  to.replace(0, base.size(), base);
  to.resize(clean_path(path, rules, to.data(), base.size()));
  std::string appended(base);
  append_clean_path(path, rules, appended);
  EXPECT_EQ(appended, to) << "a string and plain memory differ";
  return to;
}

TEST(CleanPath, LeavesNoEmptyAndNoDotElements) {
  for (const auto& [path, as_go, rooted, as_gin] : kCleanCases) {
    EXPECT_EQ(clean(path, CleanPath::kAsGo), as_go) << path;
    EXPECT_EQ(clean(path, CleanPath::kRooted), rooted) << path;
    EXPECT_EQ(clean(path, CleanPath::kRootedAsGin), as_gin) << path;
  }
}

TEST(CleanPath, KnowsWhatIsClean) {
  for (const auto& [path, as_go, rooted, as_gin] : kCleanCases) {
    EXPECT_EQ(is_clean_path(path), path.starts_with('/') && path == as_go) << path;
  }
}

TEST(CleanPath, JoinsACleanPathAndAnother) {
  EXPECT_EQ(clean("c/../d", CleanPath::kRooted, "/a/b"), "/a/b/d");
  EXPECT_EQ(clean("../../../d", CleanPath::kRooted, "/a/b"), "/d");
  EXPECT_EQ(clean("..", CleanPath::kRooted, "/a"), "/");
  EXPECT_EQ(clean("/", CleanPath::kRooted, "/a"), "/a");
}

}  // namespace
}  // namespace duel::http::grammar::testing
