// The lookup of the Beego style: App::find() with a new list of parameters, as in a request.

#include "bench/rivals/cc/measure.h"
#include "router/beego/app.h"

namespace duel::rivals {
namespace {

class DuelBeego {
 public:
  explicit DuelBeego(const std::vector<Route>& routes) : routes_(routes) {
    for (const Route& route : routes) {
      app_.add_method(http::method_name(route.method), route.pattern, [](beego::Context&) {});
    }
  }

  bool find(const Lookup& lookup) const {
    beego::Params params;
    const bool found = app_.find(lookup.method_name, lookup.path, params) != nullptr;
    keep(&params);
    return found;
  }

  Answer check(const Lookup& lookup, int) const {
    beego::Params params;
    const beego::Route* route = app_.find(lookup.method_name, lookup.path, params);
    if (route == nullptr) return {};
    Answer found{position_of(routes_, lookup.method, route->pattern), 0};
    for (const auto& [name, value] : params.table()) found.param_bytes += value.size();
    return found;
  }

 private:
  const std::vector<Route>& routes_;
  beego::App app_;
};

}  // namespace
}  // namespace duel::rivals

int main(int argc, char** argv) {
  return duel::rivals::run<duel::rivals::DuelBeego>("duel-beego", argc, argv);
}
