#include "router/beego/values/params.h"

#include <gtest/gtest.h>

#include <map>

namespace duel::beego::values {
namespace {

using Table = std::map<std::string, std::string>;

Table table_of(const Params& params) {
  const auto table = params.table();
  return {table.begin(), table.end()};
}

TEST(Params, ALaterValueReplacesAnEarlierOne) {
  Params params;
  EXPECT_EQ(params.get(":id"), "");
  params.set_views(":id", "1");
  params.set(":other", "x");
  params.set(":id", "2");
  params.set_views(":other", "y");
  EXPECT_EQ(table_of(params), (Table{{":id", "2"}, {":other", "y"}}));
  EXPECT_EQ(params.size(), 2U);
  EXPECT_EQ(params.get(":i"), "");
}

TEST(Params, TextsOfSetAreCopied) {
  Params params;
  std::string name = ":name";
  std::string value = "value";
  params.set(name, value);
  name = "?????";
  value = "?????";
  EXPECT_EQ(table_of(params), (Table{{":name", "value"}}));
}

TEST(Params, ThereCanBeMany) {
  Params params;
  Table expected;
  for (int i = 0; i < 50; ++i) {
    const std::string name = ":p" + std::to_string(i);
    params.set(name, std::to_string(i));
    expected[name] = std::to_string(i);
  }
  EXPECT_EQ(table_of(params), expected);
  params.clear();
  EXPECT_EQ(params.size(), 0U);
  params.set(":p0", "again");
  EXPECT_EQ(table_of(params), (Table{{":p0", "again"}}));
}

TEST(Params, TextsStayValidUntilReset) {
  Params params;
  params.set(":long", std::string(100, 'x'));
  const std::string_view value = params.get(":long");
  const std::vector<Params::Entry> saved = params.saved();
  params.set(":long", "short");
  params.clear();
  params.put_back(saved);
  EXPECT_EQ(params.get(":long"), value);
  EXPECT_EQ(value, std::string(100, 'x'));
  params.reset();
  EXPECT_EQ(params.size(), 0U);
}

TEST(Params, SplatIsNumbered) {
  Params params;
  params.number_splat();
  EXPECT_EQ(params.size(), 0U) << "there is no splat";
  params.set("1", "from before");
  params.set_views(kRestName, "a/b//d");
  params.number_splat();
  EXPECT_EQ(table_of(params), (Table{{":splat", "a/b//d"}, {"0", "a"}, {"1", "b"}, {"2", ""}, {"3", "d"}}));
}

TEST(Params, LongSplatsHaveAllNumbers) {
  Params params;
  std::string splat;
  Table expected;
  for (int i = 0; i < 1234; ++i) {
    splat += (i == 0 ? "s" : "/s") + std::to_string(i);
    expected[std::to_string(i)] = "s" + std::to_string(i);
  }
  expected[":splat"] = splat;
  params.set_views(kRestName, splat);
  params.number_splat();
  EXPECT_EQ(table_of(params), expected);
}

}  // namespace
}  // namespace duel::beego::values
