// The twin of the application that tests/data/context/FORMAT.md describes under "gin": 16 applications on the public
// API of the Gin style.

#include "tests/context/twin.h"

#include "tests/context/gin/handlers.h"

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
constexpr auto kMain = router(kReading, kMethods);

template <const auto& kApp>
Application application(const char* name) {
  return {.name = name, .make_handler = [] { return std::make_unique<Engine<kApp>>(); }};
}

std::vector<Application> make(const std::filesystem::path&) {
  return {application<kMain>("main"),
          application<kIpNone>("ip-none"),
          application<kIpLocal>("ip-local"),
          application<kIpNets>("ip-nets"),
          application<kIpOther>("ip-other"),
          application<kIpAll>("ip-all"),
          application<kIpPlatform>("ip-platform"),
          application<kIpLocal>("ip-real"),
          application<kMiss>("miss"),
          application<kMiss405>("miss-405"),
          application<kMissOwn>("miss-own"),
          application<kMissQuiet>("miss-quiet"),
          application<kMissStatus>("miss-status"),
          application<kMiss>("recovery"),
          application<kMiss>("unprotected"),
          application<kMiss>("secure")};
}

}  // namespace
}  // namespace duel::context

int main(int argc, char** argv) {
  return duel::context::run_twin(argc, argv, duel::context::make);
}
