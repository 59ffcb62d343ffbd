// Pistache, a C++ server: the tree of path segments that its Rest::Router has for each method.

#include <pistache/router.h>

#include <array>
#include <memory>
#include <unordered_map>

#include "bench/rivals/cc/measure.h"

namespace duel::rivals {
namespace {

using Pistache::Http::Method;
using Tree = Pistache::Rest::SegmentTreeNode;

// Indexed by http::Method.
constexpr std::array<Method, http::kMethodCount> kMethods = {Method::Get,     Method::Head,   Method::Post,
                                                             Method::Put,     Method::Delete, Method::Connect,
                                                             Method::Options, Method::Trace,  Method::Patch};

std::string_view without_slash(const std::string& path) {
  return std::string_view(path).substr(1);
}

// A handler that stores the index of its route.
struct Numbered {
  int route;
  Pistache::Rest::Route::Result operator()(const Pistache::Rest::Request&, Pistache::Http::ResponseWriter) const {
    return Pistache::Rest::Route::Result::Ok;
  }
};

class PistacheTree {
 public:
  explicit PistacheTree(const std::vector<Route>& routes) {
    for (const Route& route : routes) {
      const size_t size = route.pattern.size() - 1;
      const std::shared_ptr<char> text(new char[size + 1], std::default_delete<char[]>());
      without_slash(route.pattern).copy(text.get(), size);
      trees_[method(route.method)].addRoute({text.get(), size}, Numbered{static_cast<int>(&route - routes.data())},
                                            text);
    }
  }

  bool find(const Lookup& lookup) {
    const auto found = trees_[method(lookup.method)].findRoute(without_slash(lookup.path));
    keep(&found);
    return std::get<0>(found) != nullptr;
  }

  Answer check(const Lookup& lookup, int) {
    const auto [route, params, splats] = trees_[method(lookup.method)].findRoute(without_slash(lookup.path));
    if (route == nullptr) return {};
    Answer found{route->handler_.target<Numbered>()->route, 0};
    for (const auto& param : params) found.param_bytes += param.as<std::string>().size();
    return found;
  }

 private:
  static Method method(http::Method method) { return kMethods[static_cast<size_t>(method)]; }

  std::unordered_map<Method, Tree> trees_;
};

}  // namespace
}  // namespace duel::rivals

int main(int argc, char** argv) {
  return duel::rivals::run<duel::rivals::PistacheTree>("pistache", argc, argv);
}
