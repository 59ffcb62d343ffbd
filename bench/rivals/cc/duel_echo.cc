// The lookup of the Echo style: Tree::find() with the values of one context, as in a request.

#include "bench/rivals/cc/measure.h"
#include "router/echo/routing/tree.h"

namespace duel::rivals {
namespace {

class DuelEcho {
 public:
  explicit DuelEcho(const std::vector<Route>& routes) {
    for (size_t i = 0; i < routes.size(); ++i) tree_.add(http::method_name(routes[i].method), routes[i].pattern, i);
    values_.resize(tree_.max_params());
  }

  int find(const Lookup& lookup) {
    const echo::routing::Route* const route = find_route(lookup);
    keep(values_.data());
    return route == nullptr ? kNoRoute : static_cast<int>(route->handler);
  }

  Answer check(const Lookup& lookup, int) {
    const echo::routing::Route* const route = find_route(lookup);
    if (route == nullptr) return {};
    Answer found{static_cast<int>(route->handler), 0};
    for (size_t i = 0; i < route->names.size(); ++i) found.param_bytes += values_[i].size();
    return found;
  }

 private:
  const echo::routing::Route* find_route(const Lookup& lookup) {
    return tree_.find(lookup.method_name, lookup.path, values_).route;
  }

  echo::routing::Tree tree_;
  std::vector<std::string_view> values_;
};

}  // namespace
}  // namespace duel::rivals

int main(int argc, char** argv) {
  return duel::rivals::run<duel::rivals::DuelEcho>("duel-echo", argc, argv);
}
