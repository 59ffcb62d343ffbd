#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alloc/accounts.h"
#include "router/nethttp/handler.h"

namespace duel::servers::demo {

// Routes with methods and parameters behind one pattern of a mux that has neither. The routes are tried one by one. All
// have the same function.
class RouteTable final : public nethttp::Handler {
 public:
  using Values = std::vector<std::string_view>;  // of the parameters, in the order of the pattern
  using Function =
      std::function<void(nethttp::ResponseWriter&, nethttp::Request&, std::string_view pattern, const Values&)>;

  explicit RouteTable(Function function) : function_(std::move(function)) {}

  // `method` and `pattern`, such as "/users/:user", must be literals.
  void add(std::string_view method, std::string_view pattern);

  void serve_http(nethttp::ResponseWriter& writer, nethttp::Request& request) const override;

 private:
  struct Row {
    std::string_view method;
    std::string_view pattern;
    alloc::AccountId account;
  };

  std::string methods_of(std::string_view path) const;

  Function function_;
  std::vector<Row> rows_;
};

}  // namespace duel::servers::demo
