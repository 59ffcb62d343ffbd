#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "router/beego/context/input.h"
#include "router/beego/context/output.h"
#include "router/beego/lazy_parts.h"
#include "router/beego/session/current.h"

namespace duel::beego {

class App;

// What applications name of the inner rooms.
using context::CookieOptions;
using context::FormFile;
using context::Input;
using context::Output;
using values::Data;
using values::List;
using values::Map;
using values::Params;
using values::Record;

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
  context::Input input;
  context::Output output;

  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // False if the request's path has a broken escape. The arguments must outlive the request's handling.
  bool reset(const http::Request& request, http::Response& response, const App& app) {
    app_ = &app;
    lazy_parts_.reset();
    session_.reset();
    output.reset(response);
    return input.reset(request);
  }

  const http::Request& request() const { return input.request(); }
  const App& app() const { return *app_; }

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

  // Answers with the application's error page for this code, now, and goes on.
  void show_error(std::string_view code);

  // Null data() if there is no such cookie.
  std::string_view get_cookie(std::string_view name) const { return input.cookie(name); }
  void set_cookie(std::string_view name, std::string_view value, const context::CookieOptions& options = {}) {
    output.cookie(name, value, options);
  }
  // A cookie that the client can read and keep, but not change unseen. Nothing if it is not there or not ours.
  std::optional<std::string> get_secure_cookie(std::string_view secret, std::string_view name) const;
  void set_secure_cookie(std::string_view secret, std::string_view name, std::string_view value,
                         const context::CookieOptions& options = {});

  // The token that a form of this client has to send back: that of its signed cookie `_xsrf`, or a new one, whose
  // cookie is then set.
  const std::string& xsrf_token(std::string_view key, int64_t expire_s);
  // Looks for the token in the field `_xsrf`, then in X-Xsrftoken and X-Csrftoken. Ends the handling with the error
  // page 422 if there is none and 417 if it is another one than xsrf_token() gave.
  void check_xsrf_cookie();

  // data as JSON, XML or YAML by the Accept field.
  void resp(const std::any& value);

  // Made when first asked for.
  LazyParts& lazy_parts();
  LazyParts* made_lazy_parts() const { return lazy_parts_.get(); }

 private:
  const App* app_ = nullptr;
  std::unique_ptr<LazyParts> lazy_parts_;
  session::Current session_;
};

}  // namespace duel::beego
