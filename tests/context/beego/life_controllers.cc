#include "tests/context/beego/life_controllers.h"

#include <stdexcept>

#include "tests/context/beego/common.h"

namespace duel::context::beego_twin {

beego::ControllerClass LifeController::reflect() {
  return beego::ControllerClass::of<LifeController>("LifeController").method("Run", &LifeController::run);
}

void LifeController::prepare() {
  output().header("X-Life", "prepare");
  const std::string what = query_value(context(), "prepare");
  if (what == "write") context().write_string("[prepare]");
  if (what == "stop") stop_run();
  if (what == "abort") abort("401");
}

void LifeController::run() {
  context().write_string("[method]");
  const std::string what = query_value(context(), "method");
  if (what == "stop") stop_run();
  if (what == "abort") abort("403");
  if (what == "panic") throw std::runtime_error("boom");
}

void LifeController::finish() {
  context().write_string("[finish]");
}

beego::ControllerClass ErrorController::reflect() {
  return beego::ControllerClass::of<ErrorController>("ErrorController")
      .method("Error404", &ErrorController::error_404)
      .method("Error503", &ErrorController::error_503)
      .method("ErrorDb", &ErrorController::error_db);
}

void ErrorController::error_404() {
  output().header("X-Page", "404");
  context().write_string("own 404 for " + std::string(input().url()));
}

}  // namespace duel::context::beego_twin
