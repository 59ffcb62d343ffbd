#pragma once

#include <any>
#include <string>
#include <string_view>

#include "http/response.h"

namespace duel::beego {

// What goes out (Beego's BeegoOutput and the response writer below it).
//
// Pieces of the body are gathered and sent when the request's handling ends. Two states matter to filters: a status
// that is only chosen (chosen_status(), sent with the body or at the end) and a response that has begun (started()),
// after which filters that return on output end the request.
class Output {
 public:
  void reset(http::Response& response);

  // Sets a field, replacing all of its name. What http::Response says of names and values holds.
  void header(std::string_view name, std::string_view value) { response_->set(name, value); }
  void add_header(std::string_view name, std::string_view value) { response_->add(name, value); }

  void set_status(int status) { chosen_status_ = status; }
  int chosen_status() const { return chosen_status_; }  // 0: none

  // Begins the response with the chosen status, or 200, and appends `content`.
  void body(std::string_view content);
  // application/json; charset=utf-8 from to_json(). A value that has no JSON becomes 500 with the reason.
  void json(const std::any& value);
  // text/plain; charset=utf-8 and the message with a newline, as Go's http.Error.
  void error(std::string_view message, int status);
  // A Location field, and for GET a short page that links there, unless there is a body. A relative `url` is taken from
  // `path`'s folder.
  void redirect(int status, std::string_view url, const http::Request& request, std::string_view path);

  // Begins the response with this status; the first one given stays.
  void write_header(int status);
  // Appends to the body and begins the response.
  void write(std::string_view content);

  bool started() const { return started_ || response_->started(); }

  // The core's response, for plain handlers and bodies that are files. What is written there goes out before anything
  // gathered here, and instead of it if it ends there.
  http::Response& response() { return *response_; }

  // Sends what was gathered. Once, when the request's handling has ended.
  void finish();

 private:
  http::Response* response_ = nullptr;
  std::string body_;
  int chosen_status_ = 0;
  int status_ = 0;  // 0: none written
  bool started_ = false;
};

}  // namespace duel::beego
