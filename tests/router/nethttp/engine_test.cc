#include "router/nethttp/engine.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "tests/router/recorded/exchange.h"

namespace duel::nethttp {
namespace {

recorded::Answer answer_of(const Function& function, const std::string& method = "GET",
                           const std::string& target = "/x") {
  Engine engine(handler_func(function));
  return recorded::exchange(engine, recorded::FullRequest(method, target, {{"Host", "a"}}));
}

TEST(Engine, AnswersWith200AndPlainTextByDefault) {
  const recorded::Answer written = answer_of([](ResponseWriter& writer, Request&) { writer.write("hello"); });
  EXPECT_EQ(written.status, 200);
  EXPECT_EQ(written.body, "hello");
  EXPECT_EQ(written.field("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(written.field("Content-Length"), "5");
  const recorded::Answer empty = answer_of([](ResponseWriter&, Request&) {});
  EXPECT_EQ(empty.status, 200);
  EXPECT_EQ(empty.field("Content-Type"), "");
}

TEST(Engine, TheFirstStatusCounts) {
  const recorded::Answer answer = answer_of([](ResponseWriter& writer, Request&) {
    writer.write_header(103);
    writer.write_header(404);
    writer.write_header(200);
    writer.write("a");
    writer.write("b");
  });
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.body, "ab");
}

TEST(Engine, FieldsAreThoseOfTheTimeOfTheStatus) {
  const recorded::Answer answer = answer_of([](ResponseWriter& writer, Request&) {
    writer.header().set("x-first", "1");
    writer.header().add("X-Both", "a");
    writer.header().add("X-Both", "b");
    writer.write_header(200);
    writer.header().set("X-Late", "1");
    writer.header().del("X-First");
  });
  EXPECT_EQ(answer.field("X-First"), "1");
  EXPECT_EQ(answer.fields("X-Both"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(answer.field("X-Late"), "");
}

TEST(Engine, FieldsAreSentInTheOrderOfTheirNames) {
  const std::string head = answer_of([](ResponseWriter& writer, Request&) {
                             writer.header().set("X-Last", "1");
                             writer.header().set("Allow", "GET");
                             writer.write("text");
                           }).head;
  EXPECT_LT(head.find("Allow"), head.find("Content-Type"));
  EXPECT_LT(head.find("Content-Type"), head.find("X-Last"));
}

TEST(Engine, AFieldCannotSplitTheAnswer) {
  const recorded::Answer answer = answer_of([](ResponseWriter& writer, Request&) {
    writer.header().set("X-Text", "a\r\nX-Injected: 1");
    writer.header().set("X Y", "1");
  });
  EXPECT_EQ(answer.field("X-Injected"), "");
  EXPECT_EQ(answer.head.find("X Y"), std::string::npos);
}

TEST(Engine, AHandlerCanCloseTheConnection) {
  EXPECT_EQ(answer_of([](ResponseWriter& writer, Request&) {
              writer.header().set("Connection", "close");
            }).field("Connection"),
            "close");
}

TEST(Engine, AMalformedTargetIs400AndTheServerIsAskedByAnAsterisk) {
  const auto never = [](ResponseWriter&, Request&) { ADD_FAILURE() << "the handler was called"; };
  EXPECT_EQ(answer_of(never, "GET", "/%zz").status, 400);
  EXPECT_EQ(answer_of(never, "OPTIONS", "*").status, 200);
}

TEST(Engine, AnExceptionReachesTheCore) {
  EXPECT_THROW(answer_of([](ResponseWriter&, Request&) { throw std::runtime_error("x"); }), std::runtime_error);
}

}  // namespace
}  // namespace duel::nethttp
