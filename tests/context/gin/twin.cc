// The twin of the application that tests/data/context/FORMAT.md describes under "gin": 16 applications on the public
// API of the Gin style.

#include "tests/context/twin.h"

#include "router/gin/middleware/basic_auth.h"
#include "router/gin/middleware/recovery.h"
#include "tests/context/gin/handlers.h"
#include "tests/context/gin/values.h"

namespace duel::context {
namespace {

using namespace gin;  // NOLINT: as in an application

// --- client addresses

constexpr auto kIp = get("/ip", ip);
constexpr Network kLocal[] = {network("127.0.0.1")};
constexpr Network kNets[] = {network("127.0.0.0/8"), network("10.0.0.0/8"), network("2001:db8::/32")};
constexpr Network kOther[] = {network("192.0.2.0/24")};
constexpr Network kAll[] = {network("0.0.0.0/0"), network("::/0")};
constexpr auto kIpNone = router(kIp);
constexpr auto kIpLocal = router(Options{.proxies = {.trusted = kLocal}}, kIp);
constexpr auto kIpNets = router(Options{.proxies = {.trusted = kNets}}, kIp);
constexpr auto kIpOther = router(Options{.proxies = {.trusted = kOther}}, kIp);
constexpr auto kIpAll = router(Options{.proxies = {.trusted = kAll}}, kIp);
constexpr auto kIpPlatform = router(Options{.proxies = {.trusted = kLocal, .platform_field = "X-Platform-IP"}}, kIp);

// Gin's RemoteIPHeaders.
constexpr auto kIpReal =
    router(get("/ip", [](Context& c) { no_counterpart(c, "another field than X-Forwarded-For and X-Real-IP"); }));

// --- paths without a route

constexpr Options k405{.handle_method_not_allowed = true};
constexpr auto kMissRoutes =
    routes(get("/a", [](Context& c) { c.string(200, "a"); }), post("/a", [](Context& c) { c.string(200, "posted"); }),
           get("/b/", [](Context& c) { c.string(200, "b"); }), put("/c/:id", [](Context& c) { c.string(200, "c"); }));
constexpr auto kMiss = router(kMissRoutes);
constexpr auto kMiss405 = router(k405, kMissRoutes);
constexpr auto kMissOwn =
    router(k405, use([](Context& c) { c.set_header("X-Use", "ran"); }), kMissRoutes, no_route([](Context& c) {
             c.json(404, H{{"error", "no route"}, {"path", c.path()}});
           }),
           no_method([](Context& c) { c.string(405, "no method {}", c.method()); }));
constexpr auto kMissQuiet = router(k405, kMissRoutes, no_route([](Context& c) { c.set_header("X-No", "route"); }),
                                   no_method([](Context& c) { c.status(418); }));
constexpr auto kMissStatus =
    router(kMissRoutes, no_route([](Context& c) { c.status(200); }, [](Context& c) { c.write("soft"); }));

// --- main

constexpr auto kReading =
    routes(any("/query", query), any("/form", form), get("/params/:a", params), get("/params/:a/x/*rest", params),
           get("/params/:a/y/:b", params), any("/header", header), any("/raw", raw), get("/cookie", cookie),
           get("/setcookie", setcookie), get("/ip", ip));
constexpr auto kMethods = routes(get("/getonly", [](Context& c) { c.string(200, "get"); }),
                                 head("/headonly", [](Context& c) { c.string(200, "head"); }),
                                 post("/post", [](Context& c) { c.string(200, "post"); }),
                                 handle("PROPFIND", "/dav", [](Context& c) { c.string(200, "dav"); }),
                                 any("/anymethod", [](Context& c) { c.string(200, c.method()); }),
                                 get("/both",
                                     [](Context& c) {
                                       c.set_header("X-Is", "get");
                                       c.string(200, "get body");
                                     }),
                                 head("/both", [](Context& c) {
                                   c.set_header("X-Is", "head");
                                   c.string(200, "head body");
                                 }));

// The value of the table "JSON values" by the renderer that the path names.
void json_row(Context& c, std::string_view kind) {
  const JsonRow value{row(c)};
  const int status = code(c, 200);
  if (value.n < 0 || value.n >= JsonRow::kRows) return no_such_row(c);
  if (kind == "json") return c.json(status, value);
  if (kind == "pure") return c.pure_json(status, value);
  if (kind == "indented") return c.indented_json(status, value);
  if (kind == "ascii") return c.ascii_json(status, value);
  if (kind == "secure") return c.secure_json(status, value);
  if (kind == "jsonp") return c.jsonp(status, value);
  if (kind == "abort") return c.abort_with_json(status, value);
  no_such_row(c);
}

constexpr middleware::Account kAccounts[] = {{"admin", "secret"}, {"ann", "p:w"}, {"\u00fc", "\u00df"}, {"empty", ""}};
constexpr middleware::BasicAuthOptions kAuth{.accounts = kAccounts};
constexpr middleware::BasicAuthOptions kRealm{.accounts = std::span(kAccounts, 1), .realm = "my \"realm\""};

constexpr auto kBinding =
    routes(any("/bind/:struct/:how", bind), get("/uri/flat/:i/:i8/:u/:u64/:f64/:b/:s/*l", uri_flat),
           get("/uri/required/:a/:b/:c/*d", uri_required), any("/mustbind/:how", must_bind), post("/twice", twice),
           post("/any/json", any_json));
constexpr auto kWriting =
    routes(get("/json/:kind/:n", [](Context& c) { json_row(c, c.param("kind")); }), any("/string/:n", string),
           any("/data/:n", data), any("/write/:n", write), any("/stream/:n", stream), any("/panic/:n", panic),
           any("/errors/:n", errors), any("/redirect", redirect), any("/deep/er/redirect", redirect),
           any("/dir/redirect/", redirect), any("/status/:code", status), any("/statusbody/:code", statusbody),
           get("/abort/:n", abort_outer, abort_row, abort_final), get("/quiet/:n", abort_row, abort_final),
           get("/keys", keys), get("/xml/:n", xml), get("/yaml/:n", yaml), get("/negotiate", negotiate),
           get("/negotiate/format", negotiate_format));
constexpr auto kFiles = routes(
    get("/file", file), head("/file", file), post("/file", file), get("/attach", attach), head("/attach", attach),
    post("/attach", attach), get("/fromfs", from_fs), head("/fromfs", from_fs), post("/fromfs", from_fs),
    get("/static/*filepath", static_files), head("/static/*filepath", static_files), get("/listing/*filepath", listing),
    head("/listing/*filepath", listing), get("/one", one), head("/one", one), get("/gone", gone), head("/gone", gone));
constexpr auto kMain = router(use(middleware::recovery<nullptr>), kReading, any("/files", form_files), kBinding,
                              kWriting, kFiles, get("/auth", middleware::basic_auth<kAuth>, user),
                              get("/realm", middleware::basic_auth<kRealm>, user), kMethods);

// --- panics, and the prefix of SecureJSON

void answer_panic(Context& c, std::string_view message) {
  c.abort_with_json(503, H{{"error", message}});
}
constexpr auto kRecovery = router(use(middleware::recovery<answer_panic>), any("/panic/:n", panic));
constexpr auto kUnprotected = router(any("/panic/:n", panic));
constexpr auto kSecure = router(get("/json/:n", [](Context& c) { c.secure_json(200, JsonRow{row(c)}, ")]}',\n"); }));

template <const auto& kApp>
Application application(const char* name) {
  return {.name = name, .make_handler = [] { return std::make_unique<Engine<kApp>>(); }};
}

std::vector<Application> make(const std::filesystem::path& files) {
  open_files(files);
  return {application<kMain>("main"),
          application<kIpNone>("ip-none"),
          application<kIpLocal>("ip-local"),
          application<kIpNets>("ip-nets"),
          application<kIpOther>("ip-other"),
          application<kIpAll>("ip-all"),
          application<kIpPlatform>("ip-platform"),
          application<kIpReal>("ip-real"),
          application<kMiss>("miss"),
          application<kMiss405>("miss-405"),
          application<kMissOwn>("miss-own"),
          application<kMissQuiet>("miss-quiet"),
          application<kMissStatus>("miss-status"),
          application<kRecovery>("recovery"),
          application<kUnprotected>("unprotected"),
          application<kSecure>("secure")};
}

}  // namespace
}  // namespace duel::context

int main(int argc, char** argv) {
  return duel::context::run_twin(argc, argv, duel::context::make);
}
