// The lookup of the net/http style: find() of one of its muxes. RIVAL_MUX and RIVAL_NAME choose the mux and name the
// program.

#include <map>
#include <string>
#include <type_traits>
#include <utility>

#include "bench/rivals/cc/measure.h"
#include "router/nethttp/serve_mux.h"
#include "router/nethttp/serve_mux121.h"
#include "router/sets/go_pattern.h"

namespace duel::rivals {
namespace {

template <class Mux>
std::string pattern_for(const Route& route) {
  // The mux of Go 1.21 has neither methods nor parameters.
  if constexpr (std::is_same_v<Mux, nethttp::ServeMux121>) return route.pattern;
  return std::string(http::method_name(route.method)) + " " + sets::go_pattern(route.pattern);
}

template <class Mux>
class DuelNetHttp {
 public:
  explicit DuelNetHttp(const std::vector<Route>& routes) {
    for (const Route& route : routes) {
      std::string pattern = pattern_for<Mux>(route);
      mux_.handle_func(pattern, [](nethttp::ResponseWriter&, nethttp::Request&) {});
      positions_.emplace(std::move(pattern), positions_.size());
    }
    request_.host = "localhost";
  }

  // The server makes a request before the lookup. Here one object serves all lookups, so its texts keep their memory;
  // the pattern and the map of values are new, as in a request.
  bool find(const Lookup& lookup) {
    request_.method = lookup.method_name;
    request_.url.path = lookup.path;
    std::string().swap(request_.pattern);
    request_.path_values.clear();
    const nethttp::Found found = mux_.find(request_);
    keep(&found);
    return !request_.pattern.empty();
  }

  Answer check(const Lookup& lookup, int) {
    if (!find(lookup)) return {};
    Answer found{static_cast<int>(positions_.at(request_.pattern)), 0};
    for (const auto& [name, value] : request_.path_values) found.param_bytes += value.size();
    return found;
  }

 private:
  Mux mux_;
  std::map<std::string, size_t> positions_;  // of the routes in the file, by pattern
  nethttp::Request request_;
};

}  // namespace
}  // namespace duel::rivals

int main(int argc, char** argv) {
  return duel::rivals::run<duel::rivals::DuelNetHttp<duel::nethttp::RIVAL_MUX>>(RIVAL_NAME, argc, argv);
}
