#include "router/nethttp/handler.h"

#include <gtest/gtest.h>

#include <string>

#include "router/nethttp/engine.h"
#include "tests/router/recorded/exchange.h"
#include "tests/temporary_directory.h"

namespace duel::nethttp {
namespace {

recorded::Answer answer_of(HandlerPtr handler, const std::string& target, const std::string& method = "GET") {
  Engine engine(std::move(handler));
  return recorded::exchange(engine, recorded::FullRequest(method, target, {{"Host", "a"}}));
}

TEST(Handlers, AnErrorIsTextThatIsNotSniffed) {
  const recorded::Answer answer =
      answer_of(handler_func([](ResponseWriter& writer, Request&) { error(writer, "no tea", 418); }), "/");
  EXPECT_EQ(answer.status, 418);
  EXPECT_EQ(answer.body, "no tea\n");
  EXPECT_EQ(answer.field("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(answer_of(not_found_handler(), "/x").status, 404);
}

TEST(Handlers, ARedirectIsRelativeToThePath) {
  const auto location = [](const char* to, const char* from) {
    return answer_of(redirect_handler(to, 302), from).field("Location");
  };
  EXPECT_EQ(location("/b", "/a/c"), "/b");
  EXPECT_EQ(location("b", "/a/c"), "/a/b");
  EXPECT_EQ(location("../b/?q=/../", "/a/c/d"), "/a/b/?q=/../");
  EXPECT_EQ(location("https://other/../b", "/a"), "https://other/../b");
  EXPECT_EQ(location("/\xC3\xA9", "/a"), "/%c3%a9");
}

TEST(Handlers, ARedirectOfGetHasALink) {
  EXPECT_EQ(answer_of(redirect_handler("/b?x=\"", 301), "/a").body,
            "<a href=\"/b?x=&#34;\">Moved Permanently</a>.\n\n");
  EXPECT_EQ(answer_of(redirect_handler("/b", 301), "/a", "POST").body, "");
}

class Files : public ::testing::Test {
 protected:
  Files() {
    directory_.write("a.txt", "file");
    directory_.write("folder/index.html", "index");
    files_ = std::make_unique<http::StaticDirectory>(directory_.path().string());
  }
  const http::StaticDirectory& files() const { return *files_; }

 private:
  TemporaryDirectory directory_;
  std::unique_ptr<http::StaticDirectory> files_;
};

TEST_F(Files, AreServedBelowAPrefix) {
  const HandlerPtr handler = strip_prefix("/static", file_server(files()));
  const recorded::Answer file = answer_of(handler, "/static/a.txt");
  EXPECT_EQ(file.status, 200);
  EXPECT_EQ(file.field("Content-Length"), "4");
  EXPECT_EQ(answer_of(handler, "/static/folder").field("Location"), "folder/");
  EXPECT_EQ(answer_of(handler, "/static/none").status, 404);
  EXPECT_EQ(answer_of(handler, "/other/a.txt").status, 404);
}

TEST_F(Files, HaveTheFieldsOfTheHandlerOnlyIfTheyAreSent) {
  const auto with_field = [&](const char* path) {
    return handler_func([this, path](ResponseWriter& writer, Request&) {
      writer.header().set("X-File", "1");
      if (writer.serve_file(files(), path)) return;
      writer.header().del("X-File");
      writer.write("none");
    });
  };
  EXPECT_EQ(answer_of(with_field("/a.txt"), "/").field("X-File"), "1");
  EXPECT_EQ(answer_of(with_field("/b.txt"), "/").field("X-File"), "");
}

TEST_F(Files, AreNotSentAfterTheStatus) {
  const recorded::Answer answer = answer_of(handler_func([this](ResponseWriter& writer, Request&) {
                                              writer.write("text");
                                              EXPECT_FALSE(writer.serve_file(files(), "/a.txt"));
                                            }),
                                            "/");
  EXPECT_EQ(answer.body, "text");
}

TEST_F(Files, CanHaveAnotherAnswerIfTheyAreMissing) {
  const auto missing = handler_func([](ResponseWriter& writer, Request& request) {
    writer.write_header(410);
    writer.write(request.url.path);
  });
  const recorded::Answer answer = answer_of(strip_prefix("/static", file_server(files(), missing)), "/static/none");
  EXPECT_EQ(answer.status, 410);
  EXPECT_EQ(answer.body, "/none");
}

TEST(StripPrefix, KeepsThePathForOuterHandlers) {
  std::string inner;
  const HandlerPtr stripped =
      strip_prefix("/a", handler_func([&](ResponseWriter&, Request& request) { inner = request.url.path; }));
  const HandlerPtr outer = handler_func([&](ResponseWriter& writer, Request& request) {
    stripped->serve_http(writer, request);
    writer.write(request.url.path);
  });
  EXPECT_EQ(answer_of(outer, "/a/c").body, "/a/c");
  EXPECT_EQ(inner, "/c");
}

TEST(StripPrefix, ComparesThePathThatWasSentToo) {
  const HandlerPtr stripped = strip_prefix("/a/b", handler_func([](ResponseWriter&, Request&) {}));
  EXPECT_EQ(answer_of(stripped, "/a/b/c").status, 200);
  EXPECT_EQ(answer_of(stripped, "/a%2Fb/c").status, 404);
}

}  // namespace
}  // namespace duel::nethttp
