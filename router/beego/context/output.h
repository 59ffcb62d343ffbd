// For applications in the Beego style, as beego::Output.
#pragma once

#include <any>
#include <string>
#include <string_view>

#include "http/response.h"
#include "router/beego/context/cookie.h"

namespace duel::beego::context {

enum class Format { kJson, kXml, kYaml };

// YAML if the Accept field is exactly application/x-yaml, XML if it is application/xml or text/xml, otherwise JSON.
Format format_of(std::string_view accept);

// The response (Beego's BeegoOutput and the response writer below it).
//
// The body is collected and sent when the handling of the request ends. Filters distinguish two states. A status may be
// chosen (chosen_status()): it is written with the body, or at the end. The response may have begun (started()): then
// filters with FilterOptions::return_on_output end the handling.
class Output {
 public:
  void reset(http::Response& response);

  // Sets a field and replaces all fields of this name. Names and values follow the rules of http::Response.
  void header(std::string_view name, std::string_view value) { response_->set(name, value); }
  void header(const http::FieldLine& line) { response_->set(line); }
  void header(const http::FieldLine&&) = delete;
  void add_header(std::string_view name, std::string_view value) { response_->add(name, value); }
  // Adds a Set-Cookie field; as in Beego, also if there is one for this name. Names, values and attributes are cleaned,
  // so that none of them can add an attribute.
  void cookie(std::string_view name, std::string_view value, const CookieOptions& options = {}) {
    response_->add("Set-Cookie", format_cookie(name, value, options));
  }
  // The same, but removes the fields that set a cookie of this name before.
  void replace_cookie(std::string_view name, std::string_view value, const CookieOptions& options = {}) {
    response_->set_cookie(format_cookie(name, value, options));
  }
  // Sets Content-Type by a file extension, with or without the dot. An unknown extension changes nothing.
  void content_type(std::string_view extension);

  void set_status(int status) { chosen_status_ = status; }
  int chosen_status() const { return chosen_status_; }  // 0 if no status is chosen
  // These members are about the chosen status.
  bool is_ok() const { return chosen_status_ == 200; }
  bool is_successful() const { return chosen_status_ / 100 == 2; }
  bool is_cachable() const { return is_successful() || chosen_status_ == 304; }
  bool is_empty() const { return chosen_status_ == 201 || chosen_status_ == 204 || chosen_status_ == 304; }
  bool is_redirect() const { return (chosen_status_ >= 301 && chosen_status_ <= 303) || chosen_status_ == 307; }
  bool is_forbidden() const { return chosen_status_ == 403; }
  bool is_not_found() const { return chosen_status_ == 404; }
  bool is_client_error() const { return chosen_status_ / 100 == 4; }
  bool is_server_error() const { return chosen_status_ / 100 == 5; }

  // Begins the response with the chosen status, or with 200, and appends `content`. As in Beego, only an answer with
  // this call, which the members that send values make, is compressed if AppOptions::enable_gzip is true.
  void body(std::string_view content);
  // Send a value with the Content-Type of the format. A value that the format cannot express becomes 500 with the
  // reason. `indent` puts each member on a line of its own; `ascii` writes non-ASCII characters as \uXXXX.
  // `status_of_failure` is 406 if the client has chosen XML (RFC 9110 §15.5.7): XML has no maps, JSON and YAML do.
  void json(const std::any& value, bool indent = false, bool ascii = false);
  void xml(const std::any& value, bool indent = false, int status_of_failure = 500);
  void yaml(const std::any& value);
  // Sends a script that calls `callback` with the JSON. 400 if `callback` is no name of a function
  // (http::grammar::is_callback()).
  void jsonp(const std::any& value, std::string_view callback, bool indent = false);
  // Sends the file at `path` as a download with the name `name`, or with its own name. 404 if there is no such file.
  // Never take `path` from the client.
  void download(const std::string& path, const http::Request& request, std::string_view name = {});
  // Sends the message and a newline as text/plain; charset=utf-8, as Go's http.Error does.
  void error(std::string_view message, int status);
  // Sends a redirect. A relative `url` is resolved against the folder of `path`. The response to GET has a short page
  // with a link. There is no page if Content-Type is set, or if write() has begun the response, because Go's recorder
  // has then set a Content-Type.
  void redirect(int status, std::string_view url, const http::Request& request, std::string_view path);

  // Begins the response with this status. Only the first call has an effect.
  void write_header(int status);
  // Appends to the body. Begins the response, with 200 if no status has been written.
  void write(std::string_view content);

  // Drops the status and the body so far. The fields stay.
  void restart();

  bool started() const { return started_ || response_->started(); }
  // Whether write() has begun the response, before any call that begins it with a chosen status.
  bool began_by_writing() const { return began_by_writing_; }

  // The core's response, for plain handlers and for files. Bytes written there are sent before the body collected here.
  // If the response is ended there, the body collected here is dropped.
  http::Response& response() { return *response_; }

  // Sends the response. The Engine calls it once, after the handling of the request.
  void finish();

 private:
  http::Response* response_ = nullptr;
  std::string body_;
  int chosen_status_ = 0;
  int status_ = 0;  // 0 until write_header()
  bool started_ = false;
  bool began_by_writing_ = false;
  bool has_body_ = false;  // body() was called
};

}  // namespace duel::beego::context
