// Chains of the same length in a row, whose handlers have addresses that g++ 12 cannot compare in a constant expression
// with -fsanitize=undefined: inline functions, templates, lambdas, static members. It must compile.
#include "router/gin/engine.h"
#include "router/gin/handler_name.h"
#include "router/gin/middleware/basic_auth.h"
#include "router/gin/middleware/cors.h"
#include "router/gin/middleware/gzip.h"
#include "router/gin/middleware/logger.h"
#include "router/gin/middleware/rate_limit.h"
#include "router/gin/middleware/recovery.h"
#include "router/gin/middleware/request_id.h"
#include "router/gin/middleware/timeout.h"

using namespace duel::gin;

namespace {
void hidden(Context&) {}
}  // namespace
void external(Context&);
inline void first(Context&) {}
inline void second(Context&) {}
template <int kNumber>
void numbered(Context&) {}
struct Members {
  static void show(Context&) {}
};
inline void report(Context&, std::string_view) {}

inline constexpr middleware::BasicAuthOptions kAuth;
inline constexpr middleware::TimeoutOptions kTimeout;
inline middleware::RequestLog request_log;
inline middleware::RateLimiter limiter({});

constexpr auto kGroup = routes(get("/1", numbered<1>), get("/2", numbered<2>), get("/3", numbered<2>));
inline constexpr auto kApp = router(
    use(first, numbered<0>), get("/first", first), get("/second", second), get("/again", second),
    group("/g", use(second), kGroup), group("/h", use(numbered<3>), kGroup), get("/lambda", [](Context&) {}),
    get("/lambda2", [](Context&) {}), get("/hidden", hidden), get("/external", external), get("/member", Members::show),
    get("/named", named<"a", first>), get("/named2", named<"b", first>), any("/any", first, second),
    group("/m", use(middleware::recovery<>), get("/1", first)),
    group("/m", use(middleware::recovery<report>), get("/2", first)),
    group("/m", use(middleware::cors<>), get("/3", first)), group("/m", use(middleware::gzip<>), get("/4", first)),
    group("/m", use(middleware::request_id), get("/5", first)),
    group("/m", use(middleware::basic_auth<kAuth>), get("/6", first)),
    group("/m", use(middleware::logger<request_log>), get("/7", first)),
    group("/m", use(middleware::rate_limit<limiter>), get("/8", first)),
    group("/m", use(middleware::timeout<kTimeout>), get("/9", first)), no_route(second), no_method(numbered<4>));

Engine<kApp> engine;
