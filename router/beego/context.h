#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "router/beego/input.h"
#include "router/beego/output.h"

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

  // Answers with the application's error page for this code, now, and goes on.
  void show_error(std::string_view code);

 private:
  const ErrorPages* error_pages_ = nullptr;
};

}  // namespace duel::beego
