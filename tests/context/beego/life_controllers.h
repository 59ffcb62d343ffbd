#pragma once

#include "router/beego/controller_class.h"

namespace duel::context::beego_twin {

// Writes which of its members ran; the query says what prepare() and the method do besides.
class LifeController : public beego::Controller {
 public:
  static beego::ControllerClass reflect();
  void prepare() override;
  void run();
  void finish() override;
};

// Overrides three methods; its route has no mapping.
class RestController : public beego::Controller {
 public:
  static beego::ControllerClass reflect() { return beego::ControllerClass::of<RestController>("RestController"); }
  void get() override { context().write_string("get"); }
  void post() override { context().write_string("post"); }
  void put() override { context().write_string("put"); }
};

// Overrides nothing; its route has no mapping.
class BareController : public beego::Controller {
 public:
  static beego::ControllerClass reflect() { return beego::ControllerClass::of<BareController>("BareController"); }
};

// The error pages of the application `errors`.
class ErrorController : public beego::Controller {
 public:
  static beego::ControllerClass reflect();
  void error_404();
  void error_503() { context().write_string("own 503"); }
  void error_db() { context().write_string("database page"); }
};

}  // namespace duel::context::beego_twin
