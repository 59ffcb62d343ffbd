#include "router/beego/controller.h"

#include <charconv>

namespace duel::beego {

void Controller::init(Context& context, std::string_view controller_name, std::string_view action_name) {
  context_ = &context;
  controller_name_ = controller_name;
  action_name_ = action_name;
}

void Controller::trace() {
  const http::Request& request = context_->request();
  std::string echo = "\r\nTRACE " + std::string(request.target) + " HTTP/1." + std::to_string(request.minor_version);
  for (const http::Field field : request.fields) {
    echo.append("\r\n").append(field.name).append(": ").append(field.value);
  }
  echo += "\r\n";
  output().header("Content-Type", "message/http");
  output().header("Cache-Control", "no-cache, no-store, must-revalidate");
  output().write(echo);
}

void Controller::serve_json() {
  static const std::any kNull;  // a reference to one or the other: a box is not copied
  const std::any* value = input().get_data("json");
  output().json(value == nullptr ? kNull : *value);
}

void Controller::abort(const std::string& code) {
  int status = 200;
  std::from_chars(code.data(), code.data() + code.size(), status);
  context_->abort(status, code);
}

}  // namespace duel::beego
