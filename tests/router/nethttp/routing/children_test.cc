#include "router/nethttp/routing/children.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace duel::nethttp::routing {
namespace {

struct Leaf {
  int number = 0;
};

// More than a node searches one by one, so that the hash table is used, too.
constexpr int kManyChildren = 20;

TEST(Children, AreFoundAndKeptWhileTheirNumberGrows) {
  Children<Leaf> children;
  EXPECT_EQ(children.find(""), nullptr);
  std::vector<const Leaf*> added;
  for (int i = 0; i < kManyChildren; ++i) {
    const std::string key = i == 0 ? "" : "segment" + std::to_string(i);  // "" is the wildcard
    EXPECT_EQ(children.find(key), nullptr) << key;
    added.push_back(&children.find_or_add(key));
    for (int earlier = 0; earlier <= i; ++earlier) {
      const std::string known = earlier == 0 ? "" : "segment" + std::to_string(earlier);
      EXPECT_EQ(children.find(known), added[static_cast<size_t>(earlier)]) << known << " of " << i + 1;
      EXPECT_EQ(&children.find_or_add(known), added[static_cast<size_t>(earlier)]) << known << " of " << i + 1;
    }
  }
  EXPECT_EQ(children.find("segment"), nullptr);
}

TEST(Children, AreVisitedOnce) {
  for (const int count : {3, kManyChildren}) {
    Children<Leaf> children;
    for (int i = 0; i < count; ++i) children.find_or_add(std::to_string(i)).number = i;
    std::set<std::string> seen;
    children.for_each([&](const std::string& key, const Leaf& leaf) {
      EXPECT_EQ(key, std::to_string(leaf.number));
      EXPECT_TRUE(seen.insert(key).second) << key;
    });
    EXPECT_EQ(seen.size(), static_cast<size_t>(count));
  }
}

}  // namespace
}  // namespace duel::nethttp::routing
