// The lookup of the net/http style: find() of one of its muxes. RIVAL_MUX and RIVAL_NAME choose the mux and name the
// program.

#include <map>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

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

  // The server makes a request before the lookup. Here one object serves all lookups, and gets texts that exist before,
  // as the object of the Go program does; the map of values is new, as in a request.
  void prepare(const std::vector<Lookup>& lookups) {
    first_ = lookups.data();
    for (const Lookup& lookup : lookups) paths_.push_back(lookup.path);
  }

  bool find(const Lookup& lookup) {
    std::string& path = paths_[static_cast<size_t>(&lookup - first_)];
    request_.method = lookup.method_name;
    request_.url.path.swap(path);
    request_.pattern = {};
    request_.path_values.clear();
    const nethttp::Found found = mux_.find(request_);
    keep(&found);
    request_.url.path.swap(path);
    return !request_.pattern.empty();
  }

  Answer check(const Lookup& lookup, int) {
    if (!find(lookup)) return {};
    Answer found{static_cast<int>(positions_.at(std::string(request_.pattern))), 0};
    for (const auto& [name, value] : request_.path_values) found.param_bytes += value.size();
    return found;
  }

 private:
  Mux mux_;
  std::map<std::string, size_t> positions_;  // of the routes in the file, by pattern
  nethttp::Request request_;
  const Lookup* first_ = nullptr;
  std::vector<std::string> paths_;  // of the lookups
};

}  // namespace
}  // namespace duel::rivals

int main(int argc, char** argv) {
  return duel::rivals::run<duel::rivals::DuelNetHttp<duel::nethttp::RIVAL_MUX>>(RIVAL_NAME, argc, argv);
}
