#include "router/beego/context/form.h"

#include <gtest/gtest.h>

namespace duel::beego::context {
namespace {

TEST(Form, DecodesNamesAndValues) {
  Form form;
  EXPECT_TRUE(form.parse("a=1&b%20c=x+y&&empty=&none&a=2&=nameless&e=1=2"));
  EXPECT_EQ(form.get("a"), "1") << "the first value";
  EXPECT_EQ(form.get("b c"), "x y");
  EXPECT_EQ(form.get("empty"), "");
  EXPECT_EQ(form.get("none"), "");
  EXPECT_EQ(form.get(""), "nameless");
  EXPECT_EQ(form.get("e"), "1=2");
  EXPECT_EQ(form.get("absent"), "");
}

TEST(Form, KeepsTheValidPairs) {
  Form form;
  EXPECT_FALSE(form.parse("a=%zz&b=1"));
  EXPECT_FALSE(form.parse("c=1;d=2&e=3"));
  EXPECT_FALSE(form.parse("%2=x"));
  EXPECT_EQ(form.get("a"), "");
  EXPECT_EQ(form.get("b"), "1");
  EXPECT_EQ(form.get("c"), "");
  EXPECT_EQ(form.get("e"), "3");
}

}  // namespace
}  // namespace duel::beego::context
