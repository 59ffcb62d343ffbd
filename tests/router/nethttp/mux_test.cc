#include "router/nethttp/mux.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "alloc/accounts.h"
#include "router/nethttp/engine.h"
#include "router/nethttp/serve_mux.h"
#include "router/nethttp/serve_mux121.h"
#include "tests/router/recorded/exchange.h"

// What the recorded answers do not show (corpus_test.cc): sentences, accounts, muxes inside of a mux.
namespace duel::nethttp {
namespace {

using ::testing::HasSubstr;

void answer_pattern(ResponseWriter& writer, Request& request) {
  writer.write(request.pattern);
}

template <typename Mux>
std::string refusal(std::initializer_list<const char*> patterns) {
  Mux mux;
  try {
    for (const char* pattern : patterns) mux.handle_func(pattern, answer_pattern);
  } catch (const PatternError& error) {
    return error.what();
  }
  return "";
}

TEST(Muxes, QuoteThePatternThatTheyRefuse) {
  EXPECT_THAT(refusal<ServeMux121>({"/a", "/a"}), HasSubstr("\"/a\""));
  EXPECT_THAT(refusal<ServeMux121>({""}), HasSubstr("empty"));
  EXPECT_THAT(refusal<ServeMux>({"/a/{id}", "/{id}/b"}), HasSubstr("\"/{id}/b\" collides with \"/a/{id}\""));
  EXPECT_THAT(refusal<ServeMux>({"GET a"}), HasSubstr("\"GET a\" has no path"));
  EXPECT_EQ(refusal<ServeMux>({"/a/{id}", "/a/b"}), "");
}

TEST(Muxes, RefuseAPatternWithoutAHandler) {
  EXPECT_THROW(ServeMux().handle("/", nullptr), PatternError);
  EXPECT_THROW(ServeMux121().handle("/", nullptr), PatternError);
}

TEST(Muxes, GiveTheMethodsOfAPathOneAccount) {
  ServeMux mux;
  mux.handle_func("GET /mux-test/{id}", answer_pattern);
  mux.handle_func("POST  host/mux-test", answer_pattern);
  Request request;
  request.method = "GET";
  request.url.path = "/mux-test/7";
  EXPECT_EQ(mux.find(request).account, alloc::open_account("/mux-test/{id}"));
  request = {};
  request.method = "POST";
  request.host = "host";
  request.url.path = "/mux-test";
  EXPECT_EQ(mux.find(request).account, alloc::open_account("host/mux-test"));
  request.method = "PUT";
  EXPECT_EQ(mux.find(request).account, alloc::kUnmatched);
}

// A Go string is not copied. The text of the pattern outlives the request, whose copy may be asked later.
TEST(Muxes, ShareTheTextOfThePattern) {
  const auto found_pattern = [](const Mux& mux, Request request) {
    const Found found = mux.find(request);
    EXPECT_NE(found.handler, nullptr);
    return Request(request);
  };
  const auto asking = [](const char* method, const char* path) {
    Request request;
    request.method = method;
    request.url.path = path;
    return request;
  };
  ServeMux121 older;
  older.handle_func("example.com/tree/", answer_pattern);
  Request request = asking("GET", "/tree");
  request.host = "example.com";
  EXPECT_EQ(found_pattern(older, request).pattern, "/tree/");  // a redirect: the path, as in Go
  request.url.path = "/tree/leaf";
  EXPECT_EQ(found_pattern(older, request).pattern.data(), found_pattern(older, request).pattern.data());

  ServeMux newer;
  newer.handle_func("/tree/{name}/{$}", answer_pattern);
  EXPECT_EQ(found_pattern(newer, asking("GET", "/tree/oak/")).pattern, "/tree/{name}/{$}");
  EXPECT_EQ(found_pattern(newer, asking("GET", "/tree/oak/")).pattern.data(),
            found_pattern(newer, asking("GET", "/tree/elm")).pattern.data());
  const Request connects = found_pattern(newer, asking("CONNECT", "/tree/a-name-that-needs-the-heap"));
  EXPECT_EQ(connects.pattern, "/tree/a-name-that-needs-the-heap/");  // no route has this text
  EXPECT_EQ(connects.pattern.data(), connects.own_pattern->data());
}

TEST(Muxes, NestAndTheInnerOneIsCharged) {
  auto inner = std::make_shared<ServeMux121>();
  inner->handle_func("/outer/inner",
                     [](ResponseWriter& writer, Request&) { writer.write(alloc::account_name(alloc::charged())); });
  auto outer = std::make_shared<ServeMux>();
  outer->handle("GET /outer/", inner);
  Engine engine(outer);
  EXPECT_EQ(recorded::exchange(engine, "GET", "/outer/inner").body, "/outer/inner");
}

}  // namespace
}  // namespace duel::nethttp
