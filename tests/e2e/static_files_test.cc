#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "tests/e2e/fixture.h"

namespace duel::e2e {
namespace {

// A served directory, and a secret file outside of it.
class StaticFiles : public EndToEnd {
 protected:
  void SetUp() override {
    directory_.write("secret.txt", kSecret);
    directory_.write("served/hello.txt", "hello\n");
    directory_.write("served/empty.txt", "");
    directory_.write("served/deep/er/page.html", "<p>deep</p>");
    directory_.write("served/with space.txt", "space");
    directory_.write("served/.hidden", kSecret);
    directory_.write("served/index.html", "root");
    directory_.write("served/folder/index.html", "index");
    directory_.write("served/folder/a:b/index.html", "colon");
    directory_.write("served/folder/a b\\c/index.html", "odd");
    directory_.write("served/evil.example/index.html", "evil");
    directory_.write("served/\xC3\xA9/index.html", "accent");
    large_ = std::string(300'001, '\0');
    for (size_t i = 0; i < large_.size(); ++i) large_[i] = static_cast<char>(i * 31 >> 3);
    directory_.write("served/large.bin", large_);
    std::filesystem::create_symlink("../secret.txt", root() / "out.txt");
    std::filesystem::create_symlink(directory_.path(), root() / "outdir");
    std::filesystem::create_symlink("deep/er/page.html", root() / "relative.html");
    std::filesystem::create_symlink("../hello.txt", root() / "deep" / "up.txt");
    std::filesystem::create_symlink("folder", root() / "link");
    std::filesystem::create_symlink(root() / "hello.txt", root() / "absolute.txt");
    std::filesystem::create_symlink(root() / "folder", root() / "absolute");
    std::filesystem::create_symlink("/hello.txt", root() / "rooted.txt");
    start({"--static-dir=" + root().string()});
  }

  std::filesystem::path root() const { return directory_.path() / "served"; }
  const std::string& large() const { return large_; }
  static constexpr const char* kSecret = "not to be served";

 private:
  TemporaryDirectory directory_;
  std::string large_;
};

TEST_P(StaticFiles, AreServed) {
  Client client(port());
  const Reply text = client.get("/static/hello.txt");
  EXPECT_EQ(text.status(), 200);
  EXPECT_EQ(text.body, "hello\n");
  EXPECT_TRUE(text.field("Content-Type").starts_with("text/plain"));
  EXPECT_EQ(client.get("/static/empty.txt").body, "");
  const Reply deep = client.get("/static/deep/er/page.html");
  EXPECT_EQ(deep.body, "<p>deep</p>");
  EXPECT_TRUE(deep.field("Content-Type").starts_with("text/html"));
}

TEST_P(StaticFiles, OfMoreThanABuffer) {
  Client client(port());
  for (int i = 0; i < 3; ++i) {
    const Reply reply = client.get("/static/large.bin");
    EXPECT_EQ(reply.status(), 200);
    EXPECT_EQ(reply.field("Content-Length"), std::to_string(large().size()));
    EXPECT_TRUE(reply.body == large());
  }
  EXPECT_EQ(client.get("/ping").body, "pong") << "the connection continues after a file";
}

TEST_P(StaticFiles, InAPipelineKeepTheirPlace) {
  Client client(port());
  client.send(get_request("/static/large.bin") + get_request("/ping") + get_request("/static/hello.txt") +
              get_request("/static/large.bin") + get_request("/static/none") + get_request("/ping"));
  EXPECT_TRUE(client.receive().body == large());
  EXPECT_EQ(client.receive().body, "pong");
  EXPECT_EQ(client.receive().body, "hello\n");
  EXPECT_TRUE(client.receive().body == large());
  EXPECT_EQ(client.receive().status(), 404);
  EXPECT_EQ(client.receive().body, "pong");
}

// Range and If-Range are not lists (RFC 9110 §13.1.5, §14.2): a duplicate makes both values invalid.
TEST_P(StaticFiles, ARangeGivenTwiceIsIgnored) {
  Client client(port());
  EXPECT_EQ(client.get("/static/hello.txt", "Range: bytes=0-1\r\n").status(), 206);
  const Reply ranges = client.get("/static/hello.txt", "Range: bytes=0-1\r\nRange: bytes=0-1\r\n");
  EXPECT_EQ(ranges.status(), 200);
  EXPECT_EQ(ranges.body, "hello\n");
  const std::string etag = "If-Range: " + ranges.field("ETag") + "\r\n";
  EXPECT_EQ(client.get("/static/hello.txt", "Range: bytes=0-1\r\n" + etag).status(), 206);
  EXPECT_EQ(client.get("/static/hello.txt", "Range: bytes=0-1\r\n" + etag + etag).status(), 200);
}

TEST_P(StaticFiles, HeadHasTheLength) {
  Client client(port());
  EXPECT_EQ(client.get("/ping").body, "pong");  // otherwise the count would not include this client
  const size_t before = server().open_descriptors();
  for (const char* path : {"/static/hello.txt", "/static/large.bin", "/static/empty.txt"}) {
    const Reply get = client.get(path);
    const Reply head = client.roundtrip("HEAD " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n\r\n", true);
    EXPECT_EQ(head.status(), 200);
    EXPECT_EQ(head.field("Content-Length"), get.field("Content-Length"));
    EXPECT_EQ(head.field("Content-Type"), get.field("Content-Type"));
  }
  EXPECT_EQ(client.get("/ping").body, "pong");
  EXPECT_EQ(server().open_descriptors(), before) << "a file was not closed";
}

TEST_P(StaticFiles, WithAnEncodedNameAreServed) {
  Client client(port());
  EXPECT_EQ(client.get("/static/hello%2etxt").body, "hello\n");
  EXPECT_EQ(client.get("/static/with%20space.txt").body, "space");
}

TEST_P(StaticFiles, ThatAreMissingAre404) {
  Client client(port());
  for (const char* path : {"/static/none.txt", "/static/deep/none/page.html", "/static/hello.txt/x",
                           "/static/hello.txt%00", "/static/hello.txt%00.html"}) {
    EXPECT_EQ(client.get(path).status(), 404) << path;
  }
  EXPECT_EQ(client.get("/static/" + std::string(5'000, 'n')).status(), 404);
}

// No path leads out of the directory, and none causes a server error.
TEST_P(StaticFiles, NothingOutsideIsServed) {
  for (const char* path : {"/static/../secret.txt",
                           "/static/deep/../../secret.txt",
                           "/static/..%2fsecret.txt",
                           "/static/%2e%2e/secret.txt",
                           "/static/%2e%2e%2fsecret.txt",
                           "/static/%2E./secret.txt",
                           "/static/.%2e/secret.txt",
                           "/static/..\\secret.txt",
                           "/static/..%5csecret.txt",
                           "/static/%252e%252e/secret.txt",
                           "/static//../secret.txt",
                           "/static/./../secret.txt",
                           "/static/deep/..%2f..%2f..%2fsecret.txt",
                           "/static/%00../secret.txt",
                           "/static/..%00/secret.txt",
                           "/static/out.txt",
                           "/static/outdir/secret.txt",
                           "/static/outdir/served/hello.txt",
                           "/static/.hidden",
                           "/static/%2ehidden",
                           "/static/deep/../.hidden",
                           "/static//etc/passwd",
                           "/static/%2fetc%2fpasswd",
                           "/static/..%c0%af../secret.txt",
                           "/static/..;/secret.txt",
                           "/secret.txt",
                           "/../secret.txt"}) {
    Client client(port());
    const Reply reply = client.get(path);
    EXPECT_GE(reply.status(), 300) << path;
    EXPECT_LT(reply.status(), 500) << path;
    EXPECT_EQ(reply.body.find(kSecret), std::string::npos) << path;
    EXPECT_EQ(reply.body.find("root:"), std::string::npos) << path;
  }
}

TEST_P(StaticFiles, ADirectoryAndAPipeAreNotFiles) {
  ASSERT_EQ(::mkfifo((root() / "pipe").c_str(), 0600), 0);
  Client client(port());
  EXPECT_EQ(client.get("/static/pipe").status(), 404);
  EXPECT_EQ(client.get("/static/deep/").status(), 404);
  EXPECT_EQ(client.get("/static/folder/empty/").status(), 404);
  EXPECT_EQ(client.get("/ping").body, "pong");
}

// The relative links of index.html need the slash. The Location is relative, as Go's: whatever the path, it names a
// directory inside of the directory of the request.
TEST_P(StaticFiles, ADirectoryWithoutASlashIsRedirected) {
  Client client(port());
  const auto expect = [&](const std::string& path, const std::string& location) {
    for (const std::string method : {"GET", "HEAD"}) {
      const Reply reply = client.roundtrip(method + " " + path + " HTTP/1.1\r\nHost: a\r\n\r\n", method == "HEAD");
      EXPECT_EQ(reply.status(), 301) << path;
      EXPECT_EQ(reply.field("Location"), location) << path;
      EXPECT_EQ(reply.body, "");
    }
  };
  expect("/static/folder", "folder/");
  expect("/static/folder?a=b&c=%2F", "folder/?a=b&c=%2F");
  expect("/static/folder?", "folder/");
  expect("/static/folder?x=//evil.example", "folder/?x=//evil.example");
  expect("/static/deep", "deep/");
  expect("/static/link", "link/");
  expect("/static/%66older", "%66older/");
  expect("/static/%C3%A9", "%C3%A9/");
  expect("/static/folder/a:b", "./a:b/");
  expect("/static/folder/a%20b%5cc", "a%20b%5cc/");
  EXPECT_EQ(client.get("/static/folder/").body, "index");
  EXPECT_EQ(client.get("/static/link/").body, "index");
  EXPECT_EQ(client.get("/static/folder/index.html").body, "index") << "served under its own name, too";
  EXPECT_EQ(client.get("/static/").body, "root");
  EXPECT_EQ(client.get("/static/folder/a:b/").body, "colon");
}

// The root itself: index.html under "/static" would have broken links. The routers of the Gin style and of
// net/http redirect by themselves.
TEST_P(StaticFiles, TheRootWithoutASlashIsRedirected) {
  const Reply reply = Client(port()).get("/static?a=b");
  EXPECT_EQ(reply.status(), 301);
  const bool by_router = GetParam() == "gin" || GetParam() == "nethttp";
  EXPECT_EQ(reply.field("Location"), by_router ? "/static/?a=b" : "static/?a=b");
}

// A Location that begins with "//", or with "\\", would name another host.
TEST_P(StaticFiles, ARedirectNamesNoOtherHost) {
  for (const char* path : {"//evil.example", "/static//evil.example", "/static///evil.example", "//static/evil.example",
                           "/static/%2fevil.example", "/static/%2f%2fevil.example", "/static/\\evil.example",
                           "/static/%5cevil.example", "/static/folder/..//evil.example",
                           "/static/evil.example%2f..%2fevil.example", "/static//folder/%2e%2e//evil.example",
                           "/static/.//evil.example", "/static/evil.example/..", "/static/evil.example/."}) {
    const Reply reply = Client(port()).get(path);
    EXPECT_LT(reply.status(), 500) << path;
    const std::string location = reply.field("Location");
    EXPECT_FALSE(location.starts_with("//") || location.starts_with("\\") || location.starts_with("/\\") ||
                 location.find("://") != std::string::npos)
        << path << " leads to " << location;
  }
}

// The Beego style cleans a path before it looks for the route; the file must be that of the cleaned path. The Gin style
// matches the path as it is.
TEST_P(StaticFiles, AnUncleanPathMeansTheCleanedPath) {
  Client client(port());
  const bool cleans = GetParam() == "beego";
  for (const auto& [path, body] :
       std::vector<std::pair<std::string, std::string>>{{"/./static/hello.txt", "hello\n"},
                                                        {"/x/../static/hello.txt", "hello\n"},
                                                        {"/../static/hello.txt", "hello\n"},
                                                        {"//static/hello.txt", "hello\n"},
                                                        {"/static//hello.txt", "hello\n"},
                                                        {"/static/./hello.txt", "hello\n"},
                                                        {"/static/static/../hello.txt", "hello\n"},
                                                        {"/static/deep/er/../../hello.txt", "hello\n"},
                                                        {"/static/../static/hello.txt", "hello\n"},
                                                        {"/%2e/static/hello.txt", "hello\n"},
                                                        {"/x/%2E%2e/static/hello.txt", "hello\n"},
                                                        {"/%2fstatic/hello.txt", "hello\n"},
                                                        {"/static%2fhello.txt", "hello\n"},
                                                        {"/./static/", "root"},
                                                        {"/static//", "root"},
                                                        {"/static/./", "root"},
                                                        {"/static/folder/../", "root"},
                                                        {"/./static/folder/", "index"},
                                                        {"/static/folder//", "index"},
                                                        {"/static/./folder/./", "index"},
                                                        {"/x/../static/folder/index.html", "index"},
                                                        {"/./api/v1/user/7", "7"},
                                                        {"/api/v1/user/x/../7", "7"},
                                                        {"/api/v1/user/7/", "7"},
                                                        {"/api/./v1//user/7/.", "7"},
                                                        {"/fixed/./css/x/../site.css", "pong"},
                                                        {"/wild/x/../../ping", "pong"}}) {
    const Reply reply = client.get(path);
    EXPECT_LT(reply.status(), 500) << path;
    if (!cleans) continue;
    EXPECT_EQ(reply.status(), 200) << path;
    EXPECT_EQ(reply.body, body) << path;
  }
  if (!cleans) return;
  for (const char* path :
       {"/static/folder/.", "/./static/folder", "/static/folder/er/..", "/static/.", "/static/x/.."}) {
    EXPECT_EQ(client.get(path).status(), 301) << path;
  }
  for (const char* path : {"/static/..", "/static/../", "/static/../hello.txt", "/static/hello.txt/../none"}) {
    EXPECT_EQ(client.get(path).status(), 404) << path;
  }
}

// openat2 with RESOLVE_BENEATH refuses every absolute link: whether its target is inside would depend on mounts and
// renames. A relative link is followed. With RESOLVE_IN_ROOT, "/hello.txt" would mean the file of that name in the
// directory.
TEST_P(StaticFiles, RelativeLinksInsideAreFollowedAndAbsoluteLinksAreNot) {
  Client client(port());
  EXPECT_EQ(client.get("/static/relative.html").body, "<p>deep</p>");
  EXPECT_EQ(client.get("/static/deep/up.txt").body, "hello\n");
  for (const char* path : {"/static/rooted.txt", "/static/absolute.txt", "/static/absolute", "/static/absolute/",
                           "/static/absolute/index.html"}) {
    EXPECT_EQ(client.get(path).status(), 404) << path;
  }
}

TEST_P(StaticFiles, RangesOfAnEmptyFileAndSeparateRangesAreIgnored) {
  Client client(port());
  for (const char* range : {"0-", "0-0", "-1", "-0", "5-9", "0-0,2-2"}) {
    const Reply reply = client.get("/static/empty.txt", std::string("Range: bytes=") + range + "\r\n");
    EXPECT_EQ(reply.status(), 200) << range;
    EXPECT_EQ(reply.field("Content-Range"), "") << range;
    EXPECT_EQ(reply.body, "") << range;
  }
  std::string many = "Range: bytes=0-0";
  for (int i = 1; i < 1'000; ++i) many += ",2-2";
  for (const std::string& range : {std::string("Range: bytes=0-0,2-2"), std::string("Range: bytes=0-0,-1"), many}) {
    const Reply reply = client.get("/static/hello.txt", range + "\r\n");
    EXPECT_EQ(reply.status(), 200) << range;
    EXPECT_EQ(reply.body, "hello\n") << range;
  }
}

// Fields that the server makes from the request must not become too large. The client's text is to blame.
TEST_P(StaticFiles, LongTextOfTheClientIsNeverAServerError) {
  for (const size_t size : {2'700u, 2'728u, 4'000u, 7'900u, 8'100u}) {
    for (const std::string unit : {"!", "a", "\xFF", "%C3%BC", "\""}) {
      std::string text;
      while (text.size() + unit.size() < size) text += unit;
      for (const std::string& target : {"/api/v1/user/" + text + "/", "/static/folder?" + text, "/static?" + text,
                                        "/ping/?" + text, "/ping?" + text, "/static/" + text, "/" + text}) {
        EXPECT_LT(Client(port()).get(target).status(), 500) << size << unit << target.substr(0, 20);
      }
    }
  }
  for (const size_t size : {7'000u, 8'100u, 9'000u, 15'000u}) {
    for (const char* name : {"X-Forwarded-Prefix", "X-Forwarded-Host", "Origin", "Cookie", "X-Request-ID", "Referer"}) {
      const std::string field = name + (": " + std::string(size, 'a')) + "\r\n";
      for (const char* target : {"/api/v1/user/7/", "/static", "/static/folder", "/ping", "/ping/", "/none"}) {
        EXPECT_LT(Client(port()).get(target, field).status(), 500) << name << size << target;
      }
    }
  }
}

// If a file becomes shorter while it is sent, the client must see that bytes are missing.
TEST_P(StaticFiles, TruncatedInTransferAreNotCompleted) {
  const std::filesystem::path path = root() / "shrinks.bin";
  std::filesystem::copy_file(root() / "large.bin", path);
  std::filesystem::resize_file(path, 64U << 20U);
  Client client(port(), {.source = 1, .receive_buffer = 4'096});
  client.send(get_request("/static/shrinks.bin"));
  ASSERT_TRUE(client.readable(kPatience));
  std::filesystem::resize_file(path, 0);
  EXPECT_NE(client.wait_for_end(), Ending::kStillOpen);
  EXPECT_LT(client.pending().size(), 64U << 20U);
  EXPECT_EQ(Client(port()).get("/ping").body, "pong");
}

DUEL_ALL_STYLES(StaticFiles);

}  // namespace
}  // namespace duel::e2e
