// For the Beego style's registration and engine; applications use only HandlerFunction.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alloc/accounts.h"
#include "http/grammar/short_text.h"
#include "http/handler.h"
#include "router/beego/context.h"
#include "router/beego/controller_class.h"
#include "router/beego/values/params.h"

namespace duel::beego {

using HandlerFunction = std::function<void(Context&)>;

// The HTTP methods that routes can have. A request with another method is answered with 405.
inline constexpr std::array<std::string_view, 16> kMethods = {
    "GET",     "POST",  "PUT",  "DELETE", "PATCH",    "OPTIONS",   "HEAD", "TRACE",
    "CONNECT", "MKCOL", "COPY", "MOVE",   "PROPFIND", "PROPPATCH", "LOCK", "UNLOCK"};

// The index in kMethods; kMethods.size() if a route cannot have the method.
size_t method_index(std::string_view name);
inline bool is_method(std::string_view name) {
  return method_index(name) < kMethods.size();
}

std::string to_upper_ascii(std::string_view text);

// Pairs of an HTTP method, or "*" for all, and the name of the controller's method. A list, because most routes have
// one pair, and a server may have thousands of routes.
class MethodMapping {
 public:
  bool empty() const { return pairs_.empty(); }
  auto begin() const { return pairs_.begin(); }
  auto end() const { return pairs_.end(); }

  // The name for this HTTP method; null if there is none.
  const std::string* find(std::string_view method) const {
    for (const auto& [known, name] : pairs_) {
      if (http::grammar::same_text(known, method)) return &name;
    }
    return nullptr;
  }
  // Replaces the name for this HTTP method.
  void set(std::string_view method, std::string_view name) {
    for (auto& [known, old] : pairs_) {
      if (known == method) old = name;
    }
    if (find(method) == nullptr) pairs_.emplace_back(method, name);
  }

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

// Reads a mapping such as "get,post:Both;*:Any". Empty text gives an empty mapping. Throws RouteError for a bad format,
// an unknown HTTP method, or a method that the class does not have.
MethodMapping read_mapping(std::string_view text, const ControllerClass& controller);

// One registered route (Beego's ControllerInfo). Exactly one of controller, function and handler is set.
struct Route {
  std::string pattern;  // the prefixes of the route's namespaces, then the pattern as registered
  std::shared_ptr<const ControllerClass> controller;
  MethodMapping methods;  // if empty, the controller's member of the HTTP method answers
  HandlerFunction function;
  std::shared_ptr<http::Handler> handler;
  alloc::AccountId account = alloc::kUnmatched;  // the pattern's account, set by the first Engine
};

}  // namespace duel::beego
