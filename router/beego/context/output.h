#pragma once

#include <any>
#include <string>
#include <string_view>

#include "http/response.h"
#include "router/beego/context/cookie.h"

namespace duel::beego::context {

enum class Format { kJson, kXml, kYaml };

// What an Accept field that is exactly application/x-yaml, application/xml or text/xml asks for; JSON for any other.
Format format_of(std::string_view accept);

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
  // Adds a Set-Cookie field. No name, value or attribute can begin another one.
  void cookie(std::string_view name, std::string_view value, const CookieOptions& options = {}) {
    response_->add("Set-Cookie", format_cookie(name, value, options));
  }
  // Content-Type by an extension with or without its dot; nothing if it is not known.
  void content_type(std::string_view extension);

  void set_status(int status) { chosen_status_ = status; }
  int chosen_status() const { return chosen_status_; }  // 0: none
  // Of the chosen status.
  bool is_ok() const { return chosen_status_ == 200; }
  bool is_successful() const { return chosen_status_ / 100 == 2; }
  bool is_cachable() const { return is_successful() || chosen_status_ == 304; }
  bool is_empty() const { return chosen_status_ == 201 || chosen_status_ == 204 || chosen_status_ == 304; }
  bool is_redirect() const { return (chosen_status_ >= 301 && chosen_status_ <= 303) || chosen_status_ == 307; }
  bool is_forbidden() const { return chosen_status_ == 403; }
  bool is_not_found() const { return chosen_status_ == 404; }
  bool is_client_error() const { return chosen_status_ / 100 == 4; }
  bool is_server_error() const { return chosen_status_ / 100 == 5; }

  // Begins the response with the chosen status, or 200, and appends `content`.
  void body(std::string_view content);
  // A body with the Content-Type of its format. A value that the format cannot show becomes 500 with the reason.
  // `indent`: a line for each member; `ascii`: other letters as \uXXXX.
  void json(const std::any& value, bool indent = false, bool ascii = false);
  void xml(const std::any& value, bool indent = false);
  void yaml(const std::any& value);
  // A script that calls `callback` with the JSON. 400 if it is no name of a function: letters, digits and _ $ . [ ].
  void jsonp(const std::any& value, std::string_view callback, bool indent = false);
  // The file at `path`, for the browser to save under `name`, or under its own. 404 if it is not there. The path is the
  // program's, never the client's.
  void download(const std::string& path, const http::Request& request, std::string_view name = {});
  // text/plain; charset=utf-8 and the message with a newline, as Go's http.Error.
  void error(std::string_view message, int status);
  // A Location field, and for GET a short page that links there, unless the body has a type: by its field, or because
  // the response began with its first bytes and not with write_header(), as under Go's recorder. A relative `url` is
  // taken from `path`'s folder.
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
  bool began_by_writing_ = false;
};

}  // namespace duel::beego::context
