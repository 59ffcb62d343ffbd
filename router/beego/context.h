// For applications in the Beego style: filters, route functions and controllers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "router/beego/context/input.h"
#include "router/beego/context/output.h"
#include "router/beego/formats/read_document.h"
#include "router/beego/formats/read_json.h"
#include "router/beego/lazy_parts.h"
#include "router/beego/session/current.h"

namespace duel::beego {

class App;

// Types of inner rooms that applications use.
using context::CookieOptions;
using context::FormError;
using context::FormFile;
using context::Input;
using context::Output;
using values::Bytes;
using values::Data;
using values::field;
using values::fields;
using values::List;
using values::Map;
using values::Params;
using values::Record;
using values::Time;

// Thrown to end the handling of a request. The response so far is sent. Not an error.
struct StopRun {};

// Thrown to end the handling of a request with the error page that is registered under the reason, what(). Without such
// a page it is handled as any other exception.
class Abort : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// One request while filters, routes and controllers handle it (Beego's Context). EngineOptions::pool_context decides
// whether each request has a new Context or one Context serves all requests of a worker. For the worker's thread.
class Context {
 public:
  context::Input input;
  context::Output output;

  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // Called by the Engine, first. False if the request's path has a broken percent escape. The arguments must outlive
  // the handling of the request.
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

  // Read the body into a struct with described fields. False if the body is malformed or a value does not fit; the
  // struct is then partly filled. bind() chooses by the media type: JSON, also if there is no Content-Type, XML, YAML
  // or a form; false for others. (Beego has protobuf, too.)
  template <values::Described Struct>
  bool bind_json(Struct& to) {
    auto value = formats::parse_json(input.body());
    return value && formats::unbox(std::move(*value), to);
  }
  template <values::Described Struct>
  bool bind_xml(Struct& to) {
    const auto root = formats::parse_xml(input.body());
    return root && formats::unbox_xml(*root, to);
  }
  template <values::Described Struct>
  bool bind_yaml(Struct& to) {
    const auto root = formats::parse_yaml(input.body());
    return root && formats::unbox_yaml(*root, to);
  }
  template <values::Described Struct>
  bool bind_form(Struct& to) {
    return input.fill(to).empty();
  }
  template <values::Described Struct>
  bool bind(Struct& to) {
    if (input.has_media_type("application/x-www-form-urlencoded")) return bind_form(to);
    if (input.has_media_type("application/xml") || input.has_media_type("text/xml")) return bind_xml(to);
    if (input.has_media_type("application/x-yaml")) return bind_yaml(to);
    const bool is_json = !request().has_header("Content-Type") || input.has_media_type("application/json");
    return is_json && bind_json(to);
  }

  // The client's session, see session::Store and session::Current. Before the first call no session is read or made.
  // Without App::use_sessions() each member throws std::logic_error. Exceptions of the provider are passed on, after
  // the response's status has been chosen: 503 if a database is busy, otherwise 500.
  session::Store& start_session();
  session::Store* find_session();  // null if the client has no session
  session::Store& regenerate_session();
  void destroy_session();

  // Runs the application's error page for this code, and returns.
  void show_error(std::string_view code);

  // The value of a cookie of the request. data() is null if there is no such cookie.
  std::string_view get_cookie(std::string_view name) const { return input.cookie(name); }
  void set_cookie(std::string_view name, std::string_view value, const context::CookieOptions& options = {}) {
    output.cookie(name, value, options);
  }
  // Signed cookies. The client can read the value; a changed value is refused. nullopt if there is no such cookie or
  // its signature is not valid for `secret`.
  std::optional<std::string> get_secure_cookie(std::string_view secret, std::string_view name) const;
  void set_secure_cookie(std::string_view secret, std::string_view name, std::string_view value,
                         const context::CookieOptions& options = {});

  // The token that this client's forms must send back. The signed cookie `_xsrf` holds it. If the request has no valid
  // cookie, a new token is made and its cookie is set.
  const std::string& xsrf_token(std::string_view key, int64_t expire_s);
  // Looks for the token in the form field `_xsrf`, then in the header fields X-Xsrftoken and X-Csrftoken. Throws Abort
  // with 422 if there is no token and with 417 if it differs from xsrf_token(), which must have been called before.
  void check_xsrf_cookie();

  // The format that the Accept field asks for. Adds Vary: Accept, because the response depends on that field.
  context::Format accepted_format();
  // Sends `value` in accepted_format(). 406 if that is XML and the value has maps.
  void resp(const std::any& value);

  // lazy_parts() makes the parts at the first call; made_lazy_parts() is null before that.
  LazyParts& lazy_parts();
  LazyParts* made_lazy_parts() const { return lazy_parts_.get(); }

 private:
  const App* app_ = nullptr;
  std::unique_ptr<LazyParts> lazy_parts_;
  session::Current session_;
};

}  // namespace duel::beego
