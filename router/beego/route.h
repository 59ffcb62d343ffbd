#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "alloc/accounts.h"
#include "http/handler.h"
#include "router/beego/context.h"
#include "router/beego/controller_class.h"
#include "router/beego/values/params.h"

namespace duel::beego {

using HandlerFunction = std::function<void(Context&)>;

// The methods that routes can be registered for; requests with others are answered with 405.
inline constexpr std::array<std::string_view, 16> kMethods = {
    "GET",     "POST",  "PUT",  "DELETE", "PATCH",    "OPTIONS",   "HEAD", "TRACE",
    "CONNECT", "MKCOL", "COPY", "MOVE",   "PROPFIND", "PROPPATCH", "LOCK", "UNLOCK"};

bool is_method(std::string_view name);

// ASCII.
std::string upper_case(std::string_view text);

// HTTP method, or "*" for all, -> the controller's method by name.
using MethodMapping = values::TextMap<std::string>;

// Reads "get,post:Both;*:Any". Empty text is no mapping. Throws RouteError: bad format, no such HTTP method, no such
// method in the class.
MethodMapping read_mapping(std::string_view text, const ControllerClass& controller);

// One registration (Beego's ControllerInfo). Exactly one of controller, function and handler is set.
struct Route {
  std::string pattern;     // as registered, behind the prefixes of its namespaces
  std::string controller;  // registered name of the class
  MethodMapping methods;   // empty: the controller answers by HTTP method
  HandlerFunction function;
  std::shared_ptr<http::Handler> handler;
  alloc::AccountId account = alloc::kUnclaimed;  // of the pattern, once there is an Engine
};

}  // namespace duel::beego
