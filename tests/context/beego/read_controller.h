#pragma once

#include "router/beego/controller_class.h"

namespace duel::context::beego_twin {

// The handlers that read a request. Their answers list the parts that they read.
class ReadController : public beego::Controller {
 public:
  static beego::ControllerClass reflect();

  void query();
  void typed();
  void show_input();
  void params();
  void body();
  void bind_key();
  void parse_form();
  void bind_body();
  void files();
  void cookie();

 private:
  // The name asked for: the field X-Name, decoded.
  std::string asked();
};

}  // namespace duel::context::beego_twin
