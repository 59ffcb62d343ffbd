#include <string>

#include "tests/e2e/fixture.h"

namespace duel::e2e {
namespace {

class Endpoints : public EndToEnd {
 protected:
  void SetUp() override {
    start();
    client_ = std::make_unique<Client>(port());
  }
  void TearDown() override {
    client_.reset();
    EndToEnd::TearDown();
  }
  Client& client() { return *client_; }

 private:
  std::unique_ptr<Client> client_;
};

constexpr const char* kText = "text/plain; charset=utf-8";

TEST_P(Endpoints, Ping) {
  const Reply reply = client().get("/ping");
  EXPECT_EQ(reply.head.status_line, "HTTP/1.1 200 OK");
  EXPECT_EQ(reply.body, "pong");
  EXPECT_EQ(reply.field("Content-Type"), kText);
  EXPECT_EQ(reply.field("Content-Length"), "4");
  EXPECT_EQ(reply.head.count("Date"), 1U);
}

TEST_P(Endpoints, Json) {
  const Reply reply = client().get("/json");
  EXPECT_EQ(reply.status(), 200);
  EXPECT_EQ(reply.body, R"({"message":"pong"})");
  EXPECT_EQ(reply.field("Content-Type"), "application/json; charset=utf-8");
}

TEST_P(Endpoints, ListHasTheRequestedLength) {
  EXPECT_EQ(client().get("/list/0").body, "[]");
  EXPECT_EQ(client().get("/list/2").body, R"([{"id":1,"name":"someone"},{"id":2,"name":"someone"}])");
  EXPECT_EQ(client().get("/list/146").body.size(), 3981U) << "as documented in demo.h";
  EXPECT_EQ(client().get("/list/154").body.size(), 4205U);
  for (const char* path : {"/list/2001", "/list/-1", "/list/x", "/list/1.5"}) {
    const Reply reply = client().get(path);
    EXPECT_EQ(reply.status(), 400) << path;
    EXPECT_EQ(reply.body, "the length must be a whole number from 0 to 2000");
  }
}

TEST_P(Endpoints, UserGivesTheId) {
  for (const std::string id : {"7", "octocat", "a.b-c_d~e", "0"}) {
    const Reply reply = client().get("/api/v1/user/" + id);
    EXPECT_EQ(reply.status(), 200);
    EXPECT_EQ(reply.body, id);
    EXPECT_EQ(reply.field("Content-Type"), kText);
  }
}

TEST_P(Endpoints, UserGivesALongId) {
  const std::string id(7'000, 'x');
  EXPECT_EQ(client().get("/api/v1/user/" + id).body, id);
}

TEST_P(Endpoints, TheQueryIsNotPartOfThePath) {
  EXPECT_EQ(client().get("/ping?a=b").body, "pong");
  EXPECT_EQ(client().get("/api/v1/user/7?a=/b").body, "7");
}

TEST_P(Endpoints, EchoGivesTheBody) {
  for (const size_t size : std::initializer_list<size_t>{0, 1, 2, 1'000, 2'048, 4'095, 4'096, 4'097, 16'384, 100'000}) {
    std::string body(size, '\0');
    for (size_t i = 0; i < size; ++i) body[i] = static_cast<char>(i * 7);
    const Reply reply = client().roundtrip(post_request("/echo", body));
    EXPECT_EQ(reply.status(), 200);
    EXPECT_EQ(reply.body, body) << size << " bytes";
  }
}

TEST_P(Endpoints, OtherPathsAre404) {
  for (const char* path : {"/", "/pin", "/pingg", "/Ping", "/api/v1/user", "/api/v2/user/7", "/nowhere", "/json/x"}) {
    EXPECT_EQ(client().get(path).status(), 404) << path;
  }
}

TEST_P(Endpoints, AnotherMethodIsRefused) {
  for (const char* request : {"POST /ping", "DELETE /json", "PUT /api/v1/user/7", "GET /echo", "PATCH /ping"}) {
    const Reply reply = client().roundtrip(std::string(request) + " HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_TRUE(reply.status() == 404 || reply.status() == 405) << request << ": " << reply.status();
  }
}

// RFC 9110 §9.3.2: the fields of GET, without the content.
TEST_P(Endpoints, HeadIsGetWithoutTheBody) {
  for (const char* path : {"/ping", "/json", "/api/v1/user/7"}) {
    const Reply get = client().get(path);
    const Reply head =
        client().roundtrip("HEAD " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n\r\n", /*request_was_head=*/true);
    EXPECT_EQ(head.status(), get.status()) << path;
    EXPECT_EQ(head.field("Content-Length"), get.field("Content-Length")) << path;
    EXPECT_EQ(head.field("Content-Type"), get.field("Content-Type")) << path;
  }
  EXPECT_EQ(client().get("/ping").body, "pong") << "a body in the answer to HEAD would be read as this answer";
}

struct Route {
  const char* method;
  const char* pattern;
  const char* path;
};

constexpr Route kGithub[] = {
#define DUEL_ROUTE(method, pattern, path) {#method, pattern, path},
#include "router/sets/github.inc"
#undef DUEL_ROUTE
};

// The pattern in the first line, then "name=value" for each parameter, computed by comparing segments.
std::string github_answer(const Route& route) {
  std::string answer = std::string(route.pattern) + "\n";
  std::string_view pattern = route.pattern;
  std::string_view path = route.path;
  while (!pattern.empty()) {
    const std::string_view name = pattern.substr(1, pattern.find('/', 1) - 1);
    const std::string_view value = path.substr(1, path.find('/', 1) - 1);
    if (name.starts_with(':')) answer.append(name.substr(1)).append("=").append(value).append("\n");
    pattern.remove_prefix(name.size() + 1);
    path.remove_prefix(value.size() + 1);
  }
  return answer;
}

TEST_P(Endpoints, EveryGithubRouteReturnsItsPatternAndParameters) {
  ASSERT_EQ(std::size(kGithub), 203U);
  for (const Route& route : kGithub) {
    const Reply reply =
        client().roundtrip(std::string(route.method) + " " + route.path + " HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(reply.status(), 200) << route.method << " " << route.path;
    EXPECT_EQ(reply.body, github_answer(route)) << route.method << " " << route.path;
    EXPECT_EQ(reply.field("Content-Type"), kText);
  }
}

TEST_P(Endpoints, AbsoluteFormAndAsterisk) {
  EXPECT_EQ(client().roundtrip("GET http://a/ping HTTP/1.1\r\nHost: a\r\n\r\n").body, "pong");
  EXPECT_EQ(client().roundtrip("GET http://other:81/api/v1/user/8?q HTTP/1.1\r\nHost: a\r\n\r\n").body, "8");
  const Reply server_wide = client().roundtrip("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(server_wide.status() == 200 || server_wide.status() == 204) << server_wide.status();
}

// Each style finds the route of the scenario as it finds its other routes.
TEST_P(Endpoints, ItemsAreFoundByTheirPath) {
  start({"--scenario=leak-fixed"});
  Client client(port());
  EXPECT_EQ(client.get("/api/item/1").body, "4000 bytes");
  EXPECT_EQ(client.get("/api/v1/user/1").body, "1");
  if (GetParam() != "beego") return;
  for (const char* path : {"/./api/item/1", "/api//item/1", "/x/../api/item/1", "/api/%69tem/1"}) {
    EXPECT_EQ(client.get(path).body, "4000 bytes") << path;
  }
}

DUEL_ALL_STYLES(Endpoints);

}  // namespace
}  // namespace duel::e2e
