#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "router/beego/context/secure_cookie.h"
#include "router/sql/connection.h"
#include "tests/e2e/fixture.h"

// The data that the applications store: users in SQLite, and sessions.
namespace duel::e2e {
namespace {

constexpr const char* kUser = R"({"age":25,"email":"user7@example.com","id":7,"name":"user7"})";

class Data : public EndToEnd {
 protected:
  // The paths of a user that this style serves.
  static std::vector<std::string> ways() {
    if (GetParam() == "gin") return {"/sql/user/"};
    return {"/sql/user/", "/orm/user/"};
  }
  void expect_users(int status) {
    Client client(port());
    for (const std::string& way : ways()) {
      const Reply reply = client.get(way + "7");
      EXPECT_EQ(reply.status(), status) << way << ": " << reply.body;
      if (status == 200) {
        EXPECT_EQ(reply.body, kUser) << way;
      }
    }
    EXPECT_EQ(client.get("/ping").body, "pong") << "the connection stays open";
  }
  std::string file() const { return directory_.path() / "users.db"; }
  std::string database() const { return "--db=" + file(); }

  TemporaryDirectory directory_;
};

TEST_P(Data, UsersInMemory) {
  start();
  expect_users(200);
  Client client(port());
  for (const std::string& way : ways()) {
    EXPECT_EQ(client.get(way + "1").status(), 200);
    EXPECT_EQ(client.get(way + "1000").status(), 200);
    for (const char* none : {"0", "1001", "-1"}) EXPECT_EQ(client.get(way + none).status(), 404) << way << none;
    for (const char* bad : {"x", "7x", "99999999999999999999", "7%20OR%201=1", "7.0", "%00"}) {
      EXPECT_EQ(client.get(way + bad).status(), 400) << way << bad;
    }
  }
}

TEST_P(Data, UsersInMemoryAreTheSameForEveryWorker) {
  start({"--threads=3"});
  for (int i = 0; i < 12; ++i) expect_users(200);
}

TEST_P(Data, UsersInAFileStayThere) {
  start({database()});
  expect_users(200);
  server().stop();
  { sql::Connection({.file = file()}).run("UPDATE user SET name = 'ann \"<b>\"' WHERE id = 7"); }
  start({database()});
  Client client(port());
  for (const std::string& way : ways()) {
    EXPECT_EQ(client.get(way + "7").body,
              R"({"age":25,"email":"user7@example.com","id":7,"name":"ann \"\u003cb\u003e\""})");
    EXPECT_EQ(client.get(way + "1001").status(), 404) << "filled once only";
  }
}

TEST_P(Data, ALockedDatabaseIs503UntilItIsFree) {
  start({database()});
  server().stop();
  auto owner = std::make_unique<sql::Connection>(sql::OpenOptions{.file = file()});
  owner->run("PRAGMA locking_mode=EXCLUSIVE; UPDATE user SET age = age");
  start({database()});
  expect_users(503);
  owner.reset();
  expect_users(200);
  EXPECT_NE(server().process().standard_error().find("locked"), std::string::npos);
}

TEST_P(Data, ADatabaseThatBreaksUnderWayIs500) {
  start({database()});
  sql::Connection({.file = file()}).run("DROP TABLE user");
  expect_users(500);
  EXPECT_NE(server().process().standard_error().find("no such table"), std::string::npos);
}

TEST_P(Data, TheLogDoesNotGrowWithTheRequests) {
  start({database()});
  sql::Connection({.file = file()}).run("DROP TABLE user");
  Client client(port());
  for (int i = 0; i < 2'000; ++i) EXPECT_EQ(client.get("/sql/user/7").status(), 500);
  server().stop();
  const std::string log = server().process().standard_error();
  EXPECT_LT(std::count(log.begin(), log.end(), '\n'), 1'000) << log;
}

TEST_P(Data, AFileMayBeNamedWithTwoSlashes) {
  start({"--db=/" + file()});
  expect_users(200);
  EXPECT_TRUE(std::filesystem::exists(file()));
}

TEST_P(Data, SqlitesNameOfMemoryIsTheSameForEveryWorker) {
  start({"--threads=3", "--db=:memory:"});
  for (int i = 0; i < 12; ++i) expect_users(200);
  EXPECT_FALSE(std::filesystem::exists(":memory:"));
}

// Each database, and a part of the sentence that ends the start.
TEST_P(Data, ADatabaseThatCannotBeUsedEndsTheStart) {
  const std::string folder = directory_.path();
  std::ofstream(folder + "/text") << std::string(8192, 'x');
  sql::Connection({.file = folder + "/corrupt"}).run("CREATE TABLE t (a); INSERT INTO t VALUES (zeroblob(100000))");
  // Keeps the header of the file and overwrites its pages.
  std::fstream(folder + "/corrupt", std::ios::in | std::ios::out).seekp(100) << std::string(32 * 1024, '\xFF');
  sql::Connection({.file = folder + "/other"}).run("CREATE TABLE user (a); INSERT INTO user VALUES (1)");
  std::filesystem::create_directory(folder + "/wal-wal");
  const std::pair<std::string, std::string> cases[] = {
      {folder, "it is a folder"},
      {folder + "/new/", "a folder"},
      {folder + "/none/new", "No such file or directory"},
      {folder + "/" + std::string(300, 'a'), "File name too long"},
      {folder + "/text", "not a database"},
      {folder + "/corrupt", "malformed"},
      {folder + "/other", "no such column"},
      {folder + "/wal", "disk I/O error"},
      {"/dev/null", "not a regular file"},
      {"file:" + folder + "/new", "URIs are not supported"},
      {"file::memory:?cache=shared", "URIs are not supported"},
      {":memory", "give :memory:, or ./:memory"},
  };
  for (const auto& [name, why] : cases) {
    Process process({server_binary(), "--router=" + GetParam(), "--port=0", "--db=" + name});
    EXPECT_EQ(process.wait(), 1) << name;
    const std::string error = process.standard_error();
    EXPECT_TRUE(error.starts_with("server: --db=" + name + " cannot be used (")) << error;
    EXPECT_NE(error.find(why), std::string::npos) << error;
    EXPECT_EQ(std::count(error.begin(), error.end(), '\n'), 1) << error;
  }
}

// A limit of file sizes (ulimit -f, in KiB) fails as a full disk does, and must not end the process by a signal.
TEST_P(Data, AFileThatCannotGrowEndsTheStart) {
  Process process({"/bin/bash", "-c", "ulimit -f 8; exec \"$0\" \"$@\"", server_binary(), "--router=" + GetParam(),
                   "--port=0", database()});
  EXPECT_EQ(process.wait(), 1);
  const std::string error = process.standard_error();
  EXPECT_TRUE(error.starts_with("server: --db=" + file() + " cannot be used (")) << error;
}

DUEL_BOTH_ROUTERS(Data);

std::string cookie_in(const Reply& reply) {
  const std::string field = reply.field("Set-Cookie");
  return field.empty() ? "" : "Cookie: " + field.substr(0, field.find(';')) + "\r\n";
}

class Sessions : public ::testing::TestWithParam<std::string> {
 protected:
  std::vector<std::string> arguments() const {
    return {"--session-provider=" + GetParam(), "--threads=2", "--db=" + (directory_.path() / "s.db").string()};
  }
  TemporaryDirectory directory_;
};

TEST_P(Sessions, AreTheSameForEveryConnectionAndWorker) {
  ServerProcess server("beego", arguments());
  const std::string cookie = cookie_in(Client(server.port()).get("/session"));
  ASSERT_NE(cookie, "");
  for (int visit = 2; visit <= 20; ++visit) {
    const Reply reply = Client(server.port()).get("/session", cookie);
    EXPECT_EQ(reply.body, std::to_string(visit));
    EXPECT_EQ(cookie_in(reply), "");
  }
  Client client(server.port());
  const Reply renewed = client.roundtrip(post_request("/session", "", cookie));
  EXPECT_EQ(client.get("/session", cookie).body, "1") << "the old id";
  EXPECT_EQ(client.get("/session", cookie_in(renewed)).body, "21");
  client.roundtrip("DELETE /session HTTP/1.1\r\nHost: a\r\n" + cookie_in(renewed) + "\r\n");
  EXPECT_EQ(client.get("/session", cookie_in(renewed)).body, "1") << "an ended session";
  EXPECT_EQ(client.roundtrip("HEAD /session HTTP/1.1\r\nHost: a\r\n\r\n", true).status(), 200);
  const Reply refused = client.roundtrip("PUT /session HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(refused.status(), 405);
  EXPECT_EQ(refused.field("Allow"), "GET, HEAD, POST, DELETE");
  client.close();
  server.stop();
}

INSTANTIATE_TEST_SUITE_P(Provider, Sessions, ::testing::Values("memory", "sqlite"),
                         [](const auto& kind) { return kind.param; });

TEST(SessionsInAFile, OutliveTheServer) {
  const TemporaryDirectory directory;
  const std::vector<std::string> arguments = {"--session-provider=sqlite",
                                              "--db=" + (directory.path() / "s.db").string()};
  std::string cookie;
  {
    ServerProcess server("beego", arguments);
    cookie = cookie_in(Client(server.port()).get("/session"));
    server.stop();
  }
  ServerProcess server("beego", arguments);
  EXPECT_EQ(Client(server.port()).get("/session", cookie).body, "2");
  server.stop();
}

// A request takes an idle connection of the pool, so only requests that overlap use several connections. That is why
// there are several clients.
TEST(SessionsInMemory, AreTheSameForEveryConnectionOfThePool) {
  constexpr int kClients = 8;
  constexpr int kVisits = 60;
  ServerProcess server("beego", {"--session-provider=sqlite", "--threads=4", "--db=:memory:"});
  std::atomic<int> lost{0};
  {
    std::vector<std::jthread> clients;
    for (int i = 0; i < kClients; ++i) {
      clients.emplace_back([&] {
        const std::string cookie = cookie_in(Client(server.port()).get("/session"));
        for (int visit = 2; visit <= kVisits; ++visit) {
          if (Client(server.port()).get("/session", cookie).body != std::to_string(visit)) ++lost;
        }
      });
    }
  }
  EXPECT_EQ(lost, 0) << server.process().standard_error();
  server.stop();
}

TEST(SessionsInAFile, OtherTablesOfTheSameNameEndTheStart) {
  const TemporaryDirectory directory;
  const std::string file = directory.path() / "s.db";
  for (const char* table : {"session", "session_value"}) {
    sql::Connection({.file = file})
        .run(
            "DROP TABLE IF EXISTS session; DROP TABLE IF EXISTS session_value;"
            "CREATE TABLE " +
            std::string(table) + " (other)");
    Process process({server_binary(), "--router=beego", "--port=0", "--session-provider=sqlite", "--db=" + file});
    EXPECT_EQ(process.wait(), 1);
    EXPECT_TRUE(process.standard_error().starts_with("server: --db=" + file + " cannot be used (")) << table;
  }
}

TEST(SessionsInAFile, ALockedOneIs503) {
  const TemporaryDirectory directory;
  const std::string file = directory.path() / "s.db";
  ServerProcess server("beego", {"--session-provider=sqlite", "--db=" + file});
  {
    sql::Connection owner({.file = file});
    owner.run("BEGIN IMMEDIATE");
    EXPECT_EQ(Client(server.port()).get("/session").status(), 503);
  }
  EXPECT_EQ(Client(server.port()).get("/session").body, "1");
  server.stop();
}

TEST(Xsrf, IsSetByTheConfiguration) {
  ServerProcess server("beego", {"--xsrf=on", "--xsrf-key=a key", "--xsrf-expire=60"});
  Client client(server.port());
  const std::string field = client.get("/ping").field("Set-Cookie");
  EXPECT_TRUE(field.starts_with("_xsrf=")) << field;
  EXPECT_NE(field.find("Max-Age=60"), std::string::npos) << field;
  const std::string cookie = field.substr(6, field.find(';') - 6);
  const auto token = beego::context::verify_value("a key", cookie);
  ASSERT_TRUE(token) << cookie;
  const auto post = [&](const std::string& fields) {
    return client.roundtrip("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n" + fields + "\r\nhi").status();
  };
  EXPECT_EQ(post(""), 422);
  EXPECT_EQ(post("Cookie: _xsrf=" + cookie + "\r\nX-Xsrftoken: other\r\n"), 417);
  EXPECT_EQ(post("Cookie: _xsrf=" + cookie + "\r\nX-Xsrftoken: " + *token + "\r\n"), 200);
  client.close();
  server.stop();
}

TEST(DataUnderWay, ADatabaseWhoseFileIsGoneIsStillAnswered) {
  const TemporaryDirectory directory;
  const std::string file = directory.path() / "users.db";
  ServerProcess server("beego", {"--db=" + file, "--session-provider=sqlite"});
  Client client(server.port());
  EXPECT_EQ(client.get("/orm/user/7").body, kUser);
  for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(file + end);
  for (const char* path : {"/orm/user/8", "/sql/user/8"}) {
    const int status = client.get(path).status();
    EXPECT_TRUE(status == 200 || status == 500 || status == 503) << path << status;
  }
  const int session = client.get("/session").status();
  EXPECT_TRUE(session == 200 || session == 500 || session == 503) << session;
  EXPECT_EQ(client.get("/ping").body, "pong");
  client.close();
  server.stop();
}

TEST(Trim, RemovesWhatItNames) {
  struct Case {
    const char* flag;
    int orm;
    int session;
  };
  for (const Case& c :
       {Case{"--no-orm=true", 404, 200}, Case{"--no-session=true", 200, 404}, Case{"--trim=true", 404, 404}}) {
    ServerProcess server("beego", {c.flag});
    Client client(server.port());
    EXPECT_EQ(client.get("/orm/user/7").status(), c.orm) << c.flag;
    EXPECT_EQ(client.get("/session").status(), c.session) << c.flag;
    EXPECT_EQ(client.get("/sql/user/7").body, kUser) << c.flag;
    client.close();
    server.stop();
  }
}

TEST(Trim, SavesMemory) {
  if (kSanitized) GTEST_SKIP() << "the sanitizer has its own memory";
  const auto anonymous_kib = [](const std::vector<std::string>& arguments) {
    ServerProcess server("beego", arguments);
    EXPECT_EQ(Client(server.port()).get("/ping").body, "pong");
    const uint64_t size = server.status("RssAnon");
    server.stop();
    return size;
  };
  constexpr uint64_t kTableKib = 64;  // the minimum size of 1,000 users
  EXPECT_GT(anonymous_kib({}), anonymous_kib({"--trim=true"}) + kTableKib);
}

}  // namespace
}  // namespace duel::e2e
