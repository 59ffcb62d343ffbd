#include "router/beego/routing/children.h"

#include <gtest/gtest.h>

#include "router/beego/routing/tree.h"

namespace duel::beego::routing {
namespace {

TEST(Children, FindsEachSegment) {
  // Segments with the same beginning, the same end, and both.
  std::vector<std::string> segments = {"a", "b", "ab", "abc", "abcd", "abcdefgh", "abcdefghi", "abcdefgh-1-abcdefgh"};
  segments.emplace_back("abcdefgh-2-abcdefgh");
  for (int i = 0; i < 300; ++i) segments.push_back("segment" + std::to_string(i));
  Children children;
  EXPECT_TRUE(children.empty());
  EXPECT_EQ(children.find("a"), nullptr);
  for (size_t i = 0; i < segments.size(); ++i) {
    EXPECT_EQ(children.find(segments[i]), nullptr) << segments[i];
    children.add(segments[i], std::make_shared<Tree>());
    for (size_t known = 0; known <= i; ++known) {
      const Children::Child* child = children.find(segments[known]);
      ASSERT_NE(child, nullptr) << segments[known];
      EXPECT_EQ(child->segment, segments[known]);
      EXPECT_EQ(children.next(*child), nullptr);
    }
  }
  EXPECT_EQ(children.find("segment300"), nullptr);
  EXPECT_EQ(children.find(""), nullptr);
}

TEST(Children, KeepsTheOrderOfRegistration) {
  Children children;
  std::vector<std::shared_ptr<Tree>> same;
  for (int i = 0; i < 20; ++i) {  // the hash table grows in between
    same.push_back(std::make_shared<Tree>());
    children.add("same", same.back());
    children.add("other" + std::to_string(i), std::make_shared<Tree>());
  }
  const Children::Child* child = children.find("same");
  for (const auto& tree : same) {
    ASSERT_NE(child, nullptr);
    EXPECT_EQ(child->tree, tree);
    child = children.next(*child);
  }
  EXPECT_EQ(child, nullptr);
  size_t at = 0;
  for (const Children::Child& each : children) {
    EXPECT_EQ(each.segment, at % 2 == 0 ? "same" : "other" + std::to_string(at / 2));
    ++at;
  }
  EXPECT_EQ(at, 40U);
}

}  // namespace
}  // namespace duel::beego::routing
