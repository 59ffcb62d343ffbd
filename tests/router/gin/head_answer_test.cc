#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "router/gin/engine.h"
#include "router/gin/middleware/cors.h"
#include "tests/router/gin/exchange.h"

// The answers to clients that wait for 100 Continue before they send a body.
namespace duel::gin::testing {
namespace {

void serve(Context& c) {
  c.string(200, "served");
}
void pass(Context& c) {
  c.next();
}
void miss(Context& c) {
  c.string(200, "no page is a page too");
}

constexpr auto kRoutes = routes(post("/echo", serve), post("/user/:id", serve), post("/files/*path", serve),
                                post("/slash/", serve), get("/page", serve), any("/any", serve));
constexpr auto kPlain = router(kRoutes);
constexpr auto kAllowing = router(Options{.handle_method_not_allowed = true}, kRoutes);
constexpr auto kWithMiddleware = router(use(pass), kRoutes);
constexpr auto kWithHandlers =
    router(Options{.handle_method_not_allowed = true}, kRoutes, no_route(miss), no_method(miss));
constexpr auto kDeclared = router(Options{.handle_method_not_allowed = true, .no_route_reads_body = false}, use(pass),
                                  kRoutes, no_route(miss), no_method(pass));
constexpr auto kWithCors = router(group("/api", use(middleware::cors<>), post("/x", serve)));
constexpr auto kFixing = router(Options{.redirect_fixed_path = true}, kRoutes);
constexpr auto kRaw = router(Options{.use_raw_path = true}, kRoutes);

// The status of the answer that the head decides; 100 if the client must send the body.
template <const auto& kApp>
int status_of_head(std::string_view method, std::string_view target) {
  std::vector<char> block(64 * 1024);
  http::Output output(block.data(), block.data() + block.size());
  const http::DateLine date(0);
  http::Response response(date);
  const TestRequest request(method, target, {{"Expect", "100-continue"}, {"Content-Length", "2"}});
  response.start(request.get(), output, true);
  Engine<kApp> engine;
  if (!engine.answer_head(request.get(), response)) {
    EXPECT_TRUE(output.empty()) << "a part of an answer is written";
    return 100;
  }
  EXPECT_TRUE(response.ended());
  const Answer answer = exchange(engine, method, target);
  EXPECT_EQ(answer.head + "\r\n" + answer.body, output.bytes()) << "handle() answers otherwise";
  return response.status();
}

TEST(HeadAnswer, NotOfARoute) {
  for (const char* target : {"/echo", "/echo?a=b", "/user/1", "/files/a/b", "/files/", "/slash/", "/any"}) {
    EXPECT_EQ(status_of_head<kPlain>("POST", target), 100) << target;
    EXPECT_EQ(status_of_head<kWithHandlers>("POST", target), 100) << target;
    EXPECT_EQ(status_of_head<kDeclared>("POST", target), 100) << target;
    EXPECT_EQ(status_of_head<kRaw>("POST", target), 100) << target;
  }
  EXPECT_EQ(status_of_head<kPlain>("GET", "/page"), 100);
  EXPECT_EQ(status_of_head<kRaw>("POST", "/user/a%2Fb"), 100);
}

TEST(HeadAnswer, OfAPathThatCannotBeDecoded) {
  for (const char* target : {"/%zz", "/user/%zz", "/files/%4", "/echo%"}) {
    EXPECT_EQ(status_of_head<kPlain>("POST", target), 400) << target;
    EXPECT_EQ(status_of_head<kRaw>("POST", target), 400) << target;
  }
}

TEST(HeadAnswer, OfAPathWithoutARoute) {
  EXPECT_EQ(status_of_head<kPlain>("POST", "/none"), 404);
  EXPECT_EQ(status_of_head<kPlain>("POST", "/user/"), 404);
  EXPECT_EQ(status_of_head<kPlain>("BREW", "/echo"), 404);
  EXPECT_EQ(status_of_head<kPlain>("POST", "/page"), 404);
  EXPECT_EQ(status_of_head<kAllowing>("POST", "/page"), 405);
  EXPECT_EQ(status_of_head<kPlain>("POST", "/bad%zzescape"), 400);
}

// Gin runs no handler for a redirect.
TEST(HeadAnswer, OfARedirect) {
  EXPECT_EQ(status_of_head<kPlain>("POST", "/slash"), 307);
  EXPECT_EQ(status_of_head<kPlain>("POST", "/echo/"), 307);
  EXPECT_EQ(status_of_head<kWithMiddleware>("POST", "/echo/"), 307);
  EXPECT_EQ(status_of_head<kFixing>("POST", "/ECHO"), 307);
}

// Such handlers may read the body, and may answer with a success.
TEST(HeadAnswer, NotBeforeHandlersOfTheApplication) {
  EXPECT_EQ(status_of_head<kWithMiddleware>("POST", "/none"), 100);
  EXPECT_EQ(status_of_head<kWithHandlers>("POST", "/none"), 100);
  EXPECT_EQ(status_of_head<kWithHandlers>("POST", "/page"), 100);
  EXPECT_EQ(status_of_head<kWithCors>("OPTIONS", "/api/x"), 100);
  EXPECT_EQ(status_of_head<kWithCors>("OPTIONS", "/api/none"), 404);
}

TEST(HeadAnswer, OfHandlersThatReadNoBody) {
  EXPECT_EQ(status_of_head<kDeclared>("POST", "/none"), 200);
  EXPECT_EQ(status_of_head<kDeclared>("POST", "/page"), 405);
}

}  // namespace
}  // namespace duel::gin::testing
