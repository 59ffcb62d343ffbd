#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "router/beego/route_table.h"

namespace duel::beego {

// Routes below a prefix, with a condition and filters of their own. Filled first, then added to an application or to
// another namespace.
class Namespace : public RouteTable {
 public:
  // `case_sensitive` as in the application that it will belong to: App::make_namespace() knows.
  Namespace(std::string_view prefix, bool case_sensitive) : RouteTable(case_sensitive), prefix_(prefix) {}

  // Requests below the prefix are answered with 405 unless this holds. Asked before the filters given so far.
  void condition(std::function<bool(Context&)> holds);
  void before(HandlerFunction filter);  // at kBeforeRouter
  void after(HandlerFunction filter);   // at kFinishRouter

  const std::string& prefix() const { return prefix_; }

 private:
  std::string prefix_;
};

}  // namespace duel::beego
