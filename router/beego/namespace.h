// For applications in the Beego style: groups of routes.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "router/beego/route_table.h"

namespace duel::beego {

// Routes below a prefix, with a condition and filters of their own. Register its routes and filters first, then add it
// to an application or to another namespace.
class Namespace : public RouteTable {
 public:
  // Use App::make_namespace(): `case_sensitive` must be the application's.
  Namespace(std::string_view prefix, bool case_sensitive) : RouteTable(case_sensitive), prefix_(prefix) {}

  // Requests below the prefix are answered with 405 if `holds` returns false. Runs before the filters that have been
  // added so far.
  void condition(std::function<bool(Context&)> holds);
  void before(HandlerFunction filter);  // at kBeforeRouter
  void after(HandlerFunction filter);   // at kFinishRouter

  const std::string& prefix() const { return prefix_; }

 private:
  std::string prefix_;
};

}  // namespace duel::beego
