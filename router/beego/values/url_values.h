// For applications in the Beego style, as beego::UrlValues.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace duel::beego::values {

// Names and values for RouteTable::url_for(), such as {":id", "7"} for a parameter of the route. Values that the route
// does not use become the query.
using UrlValues = std::vector<std::pair<std::string, std::string>>;

}  // namespace duel::beego::values
