#include <algorithm>

#include "router/beego/route_table.h"
#include "router/beego/values/text.h"

namespace duel::beego {
namespace {

// Whether the route calls this method of this controller. As in Beego, a route without a mapping calls every method
// that has the name of an HTTP method.
bool leads_to(const Route& route, std::string_view controller, std::string_view method, std::string_view http_method) {
  if (route.controller == nullptr || route.controller->name() != controller) return false;
  if (route.methods.empty()) return is_method(to_upper_ascii(method));
  return std::ranges::any_of(route.methods, [&](const auto& mapped) {
    return (mapped.first == "*" || mapped.first == http_method) && mapped.second == method;
  });
}

}  // namespace

std::string RouteTable::url_for(std::string_view endpoint, values::UrlValues values) const {
  const size_t dot = endpoint.rfind('.');
  if (dot == std::string_view::npos) return {};
  const std::string_view method = endpoint.substr(dot + 1);
  std::string_view controller = endpoint.substr(0, dot);
  controller.remove_prefix(controller.rfind('.') + 1);  // npos + 1 is 0
  for (size_t i = 0; i < kMethods.size(); ++i) {
    if (!trees_[i]) continue;
    const auto wanted = [&](const Route& route) { return leads_to(route, controller, method, kMethods[i]); };
    auto path = trees_[i]->path_to(wanted, values);
    if (!path) continue;
    for (const auto& [name, value] : values) {
      path->append(path->find('?') == std::string::npos ? "?" : "&")
          .append(values::percent_encode(name, http::grammar::kQueryEncoding));
      path->append("=").append(values::percent_encode(value, http::grammar::kQueryEncoding));
    }
    return *path;
  }
  return {};
}

}  // namespace duel::beego
