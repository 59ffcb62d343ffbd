#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "router/beego/input.h"
#include "router/beego/output.h"
#include "router/beego/session/current.h"

namespace duel::beego {

class ErrorPages;

// Ends the handling of a request from anywhere in it; what was written goes out. Not an error.
struct StopRun {};

// Ends the handling of a request with an error page: that of the handler registered under `reason`, if there is one.
class Abort : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// One request on its way through filters and controller (Beego's Context). Made for the request, or used again for the
// next one: EngineOptions say which.
class Context {
 public:
  Input input;
  Output output;

  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // False if the request's path has a broken escape. The arguments must outlive the request's handling.
  bool reset(const http::Request& request, http::Response& response, const ErrorPages& error_pages) {
    error_pages_ = &error_pages;
    session_.reset();
    output.reset(response);
    return input.reset(request);
  }

  const http::Request& request() const { return input.request(); }

  void redirect(int status, std::string_view url) { output.redirect(status, url, request(), input.url()); }
  void write_string(std::string_view text) { output.write(text); }

  [[noreturn]] void abort(int status, const std::string& reason) {
    output.set_status(status);
    throw Abort(reason);
  }

  // The client's session, see session::Store and session::Current. Nothing happens before the first call; without
  // App::use_sessions() each throws std::logic_error. What a provider throws is thrown on, with the status chosen that
  // the answer then gets: 503 where a database is busy, else 500.
  session::Store& start_session();
  session::Store* find_session();  // null: the client has none
  session::Store& regenerate_session();
  void destroy_session();
  void use_sessions(const session::Manager* manager) { sessions_ = manager; }

  // Answers with the application's error page for this code, now, and goes on.
  void show_error(std::string_view code);

 private:
  const ErrorPages* error_pages_ = nullptr;
  const session::Manager* sessions_ = nullptr;
  session::Current session_;
};

}  // namespace duel::beego
