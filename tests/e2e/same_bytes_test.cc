#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/e2e/client.h"
#include "tests/e2e/fixture.h"
#include "tests/e2e/server_process.h"

// All styles send the same bytes, so that the comparison compares equal work.
namespace duel::e2e {
namespace {

class SameBytes : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_.write("hello.txt", "hello\n");
    directory_.write("large.bin", std::string(200'000, 'l'));
    directory_.write("sub/index.html", "<p>index</p>");
    for (const std::string& style : styles()) start(style, style, {});
    start("nethttp 1.22", "nethttp", {"--mux=1.22"});
  }
  void TearDown() override {
    for (const auto& [name, server] : servers_) server->stop();
  }

  // All received bytes until the server closes, without the value of Date.
  std::string answer(const std::string& name, const std::string& bytes) const {
    Client client(server(name).port());
    client.send(bytes);
    client.shut_down_sending();
    static const std::regex kDate("\r\nDate: [A-Za-z]{3}, [0-9]{2} [A-Za-z]{3} [0-9]{4} [0-9:]{8} GMT\r\n");
    return std::regex_replace(client.receive_to_end(), kDate, "\r\nDate: *\r\n");
  }

  // `except`: the servers that answer differently.
  void expect_same(const std::string& bytes, const std::set<std::string>& except = {}) const {
    const std::string gin = answer("gin", bytes);
    for (const auto& [name, server] : servers_) {
      if (name == "gin" || except.contains(name)) continue;
      EXPECT_EQ(gin, answer(name, bytes)) << name << ", for: " << bytes.substr(0, 300);
    }
    EXPECT_TRUE(gin.starts_with("HTTP/1.1 ")) << "for: " << bytes.substr(0, 300);
    EXPECT_NE(gin.find("Date: *"), std::string::npos) << gin;
  }

  ServerProcess& server(const std::string& name) const { return *servers_.at(name); }
  const std::map<std::string, std::unique_ptr<ServerProcess>>& servers() const { return servers_; }

 private:
  void start(const std::string& name, const std::string& style, std::vector<std::string> arguments) {
    arguments.push_back("--static-dir=" + directory_.path().string());
    servers_[name] = std::make_unique<ServerProcess>(style, arguments);
  }

  TemporaryDirectory directory_;
  std::map<std::string, std::unique_ptr<ServerProcess>> servers_;
};

// The muxes of net/http redirect a path that is not clean.
const std::set<std::string> kCleaning = {"nethttp", "nethttp 1.22"};

TEST_F(SameBytes, ForEveryEndpoint) {
  for (const char* path : {"/ping",
                           "/ping?q=1",
                           "/json",
                           "/list/0",
                           "/list/1",
                           "/list/146",
                           "/list/154",
                           "/list/2000",
                           "/list/2001",
                           "/list/-1",
                           "/list/99999999999",
                           "/list/x",
                           "/list/1x",
                           "/api/v1/user/7",
                           "/api/v1/user/a%20b",
                           "/static/hello.txt",
                           "/static/large.bin",
                           "/static/sub/",
                           "/static/sub/index.html",
                           "/static/none",
                           "/static/",
                           "/fixed/css/site.css",
                           "/wild/css/site.css",
                           "/sql/user/7",
                           "/sql/user/x",
                           "/sql/user/0"}) {
    expect_same(get_request(path));
    expect_same("HEAD " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n\r\n");
    expect_same("GET " + std::string(path) + " HTTP/1.0\r\n\r\n");
    expect_same("GET " + std::string(path) + " HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    expect_same(get_request(path, "Connection: close\r\n"));
  }
  for (const char* path : {"/static/../x", "/static/%2e%2e/x"}) expect_same(get_request(path), kCleaning);
}

// The scenario `orm` compares two ways to the same answer; only the Beego style has an ORM.
TEST_F(SameBytes, ForOrmAndNativeSql) {
  for (const char* id : {"1", "7", "1000", "1001", "0", "-1", "x", "7%20", "99999999999999999999"}) {
    const std::string path = "/user/" + std::string(id);
    const std::string native = answer("beego", get_request("/sql" + path));
    EXPECT_EQ(answer("beego", get_request("/orm" + path)), native) << id;
    expect_same(get_request("/sql" + path));
    EXPECT_EQ(answer("gin", get_request("/sql" + path)), native) << id;
    EXPECT_TRUE(native.starts_with("HTTP/1.1 ")) << native;
  }
}

TEST_F(SameBytes, ForEcho) {
  for (const size_t size : std::initializer_list<size_t>{0, 1, 100, 5'000, 100'000}) {
    expect_same(post_request("/echo", std::string(size, 'e')));
    expect_same(chunked_request("/echo", std::string(size, 'e'), 1'000));
    expect_same(post_request("/echo", std::string(size, 'e'), "Content-Type: application/json\r\n"));
  }
}

// No route of the demo reads a form, so a malformed form changes nothing, whether the path has a route or not.
TEST_F(SameBytes, ForMalformedForms) {
  size_t echoed = 0;
  for (const char* type :
       {"application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=x", "multipart/form-data",
        "multipart/form-data; boundary=b", "Multipart/Form-Data; boundary=", "multipart/mixed; boundary=b",
        "application/json", "text/xml", "application/x-yaml", "application/x-protobuf", "/", ";"}) {
    for (const char* body : {"", ";", "%", "a=1&%", "a=%zz", "_method=PUT", "x", "--b\r\n", "--b\n\n\n--b--\n", "--b--",
                             "{", "<a>", "\xFF\n"}) {
      for (const char* path : {"/echo", "/echo?%", "/echo?a;b", "/nowhere", "/ping", "/static/hello.txt"}) {
        const std::string request = post_request(path, body, "Content-Type: " + std::string(type) + "\r\n");
        const bool is_echo = std::string_view(path).starts_with("/echo");
        const std::string bytes = answer("beego", request);
        expect_same(request);
        EXPECT_EQ(is_echo, bytes.starts_with("HTTP/1.1 200 ") && bytes.ends_with("\r\n\r\n" + std::string(body)))
            << bytes;
        echoed += is_echo;
      }
    }
  }
  EXPECT_GT(echoed, 400U);
  for (const auto& [name, server] : servers()) EXPECT_EQ(server->snapshot().at("responses_5xx"), 0U) << name;
}

TEST_F(SameBytes, ForEveryGithubRoute) {
  std::string pipeline;
#define DUEL_ROUTE(method, pattern, path)                       \
  expect_same(#method " " path " HTTP/1.1\r\nHost: a\r\n\r\n"); \
  pipeline += #method " " path " HTTP/1.1\r\nHost: a\r\n\r\n";
#include "router/sets/github.inc"
#undef DUEL_ROUTE
  expect_same(pipeline);
}

// The styles answer an unknown path and another method differently; the demo applications give the same answer.
TEST_F(SameBytes, ForMissingResources) {
  for (const char* line : {"GET / HTTP/1.1",
                           "GET /nowhere HTTP/1.1",
                           "GET /pin HTTP/1.1",
                           "GET /pings HTTP/1.1",
                           "HEAD /nowhere HTTP/1.1",
                           "POST /nowhere HTTP/1.1",
                           "POST /ping HTTP/1.1",
                           "GET /echo HTTP/1.1",
                           "HEAD /echo HTTP/1.1",
                           "DELETE /json HTTP/1.1",
                           "OPTIONS /ping HTTP/1.1",
                           "OPTIONS * HTTP/1.1",
                           "TRACE /ping HTTP/1.1",
                           "PATCH /api/v1/user/7 HTTP/1.1",
                           "PROPFIND /ping HTTP/1.1",
                           "CONNECT a:80 HTTP/1.1",
                           "POST /static/hello.txt HTTP/1.1",
                           "GET /api/v1/user HTTP/1.1",
                           "GET /PING HTTP/1.1",
                           "GET /api/v1/user/7/x HTTP/1.1",
                           "GET /nowhere%20else?x=<script> HTTP/1.1"}) {
    expect_same(std::string(line) + "\r\nHost: a\r\n\r\n");
  }
  // A pattern of GET includes HEAD in the mux of Go 1.22.
  expect_same("HEAD /events HTTP/1.1\r\nHost: a\r\n\r\n", {"nethttp 1.22"});
}

TEST_F(SameBytes, ForRefusedRequests) {
  for (const char* bytes :
       {"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /ping HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", "nonsense\r\n\r\n", "GET /incomplete HTTP/1.1\r\nHo",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n"}) {
    expect_same(bytes);
  }
  expect_same(get_request("/" + std::string(9'000, 'x')));
  expect_same(get_request("/ping", "X: " + std::string(20'000, 'x') + "\r\n"));
}

TEST_F(SameBytes, ForPipelines) {
  std::string pipeline;
  for (int i = 0; i < 50; ++i) {
    pipeline += get_request("/ping") + get_request("/json") + get_request("/api/v1/user/" + std::to_string(i)) +
                post_request("/echo", std::to_string(i)) + get_request("/none/" + std::to_string(i));
  }
  expect_same(pipeline);
  expect_same(pipeline + "nonsense\r\n\r\n" + pipeline);
}

}  // namespace
}  // namespace duel::e2e
