#pragma once

#include "router/beego/controller_class.h"

namespace duel::context::beego_twin {

// The handlers with cookies, flash messages, XSRF tokens and sessions.
class StateController : public beego::Controller {
 public:
  static beego::ControllerClass reflect();

  void prepare() override;

  void set_plain_cookie();
  void set_signed_cookie();
  void get_signed_cookie();
  void flash_set();
  void flash_go();
  void flash_get();
  void xsrf_form();
  void xsrf_show_token();
  void accepted();
  void session_set();
  void session_get();
  void session_del();
  void session_none();
  void session_destroy();
  void session_regen();
  void session_count();
  void session_id();
};

}  // namespace duel::context::beego_twin
