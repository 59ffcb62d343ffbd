#pragma once

#include <string>
#include <utility>
#include <vector>

namespace duel::beego::values {

// Names and values for RouteTable::url_for(): {":id", "7"} for a parameter of the route; what the route has no use for
// becomes a query.
using UrlValues = std::vector<std::pair<std::string, std::string>>;

}  // namespace duel::beego::values
