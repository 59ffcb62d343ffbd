#pragma once

#include "router/beego/controller_class.h"

namespace duel::context::beego_twin {

// The handlers that send values, files, redirects and error pages, and those of the table of outputs.
class SendController : public beego::Controller {
 public:
  static beego::ControllerClass reflect();

  void serve_json_row();
  void serve_jsonp_row();
  void serve_xml_row();
  void serve_yaml_row();
  void serve_formatted_row();
  void resp_row();
  void output_json();
  void output_xml();
  void redirect_by_controller();
  void redirect_by_context();
  void abort_by_controller();
  void abort_by_context();
  void abort_with_body();
  void show_exception();
  void download();
  void output_row();
  void panic_row();

 private:
  // The value of the row, unless the style has no counterpart; then the answer says so.
  std::any value(std::any (*table)(size_t), size_t rows);
};

}  // namespace duel::context::beego_twin
