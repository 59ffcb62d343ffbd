// The lookup of the Gin style for one route set. The routes are compiled in from the file RIVAL_SET; the paths are read
// at run time.

#include "bench/rivals/cc/measure.h"
#include "router/gin/router.h"

namespace duel::rivals {
namespace {

void handler(gin::Context&) {}

#define DUEL_ROUTE(method, pattern, path) {#method, pattern},
#define DUEL_MISS(method, path)
constexpr gin::Endpoint kTable[] = {
#include RIVAL_SET
};
#undef DUEL_MISS
#undef DUEL_ROUTE
constexpr auto kApp = gin::router(gin::all(kTable, handler));
using Router = gin::Router<kApp>;

class DuelGin {
 public:
  explicit DuelGin(const std::vector<Route>&) {}

  int find(const Lookup& lookup) {
    const int route = Router::find(lookup.method, lookup.method_name, lookup.path, params_);
    keep(params_);
    return route;
  }
  Answer check(const Lookup&, int route) const {
    if (route == kNoRoute) return {};
    Answer found{route, 0};
    const size_t params = gin::routing::count_wildcards(Router::pattern(route));
    for (size_t i = 0; i < params; ++i) found.param_bytes += params_[i].size;
    return found;
  }

 private:
  gin::Param params_[gin::kMaxParams];
};

}  // namespace
}  // namespace duel::rivals

int main(int argc, char** argv) {
  return duel::rivals::run<duel::rivals::DuelGin>("duel-gin", argc, argv);
}
