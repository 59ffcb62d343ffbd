#include "router/beego/values/inline_list.h"

#include <gtest/gtest.h>

namespace duel::beego::values {
namespace {

TEST(InlineList, GrowsBeyondItsOwnElementsAndShrinks) {
  InlineList<int, 3> list;
  for (int i = 0; i < 10; ++i) {
    list.push_back(i);
    EXPECT_EQ(list[static_cast<size_t>(i)], i);
  }
  for (int i = 0; i < 8; ++i) list.pop_back();
  EXPECT_EQ(list.size(), 2U);
  list.push_back(7);
  list.push_back(8);
  EXPECT_EQ(list[1], 1);
  EXPECT_EQ(list[2], 7);
  EXPECT_EQ(list[3], 8);
  list.clear();
  EXPECT_EQ(list.size(), 0U);
}

}  // namespace
}  // namespace duel::beego::values
