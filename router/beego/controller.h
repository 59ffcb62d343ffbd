// For applications in the Beego style: the base class of controllers.
#pragma once

#include <any>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "router/beego/context.h"
#include "router/beego/values/url_values.h"

namespace duel::beego {

using values::UrlValues;

// The base class of an application's controllers. Each request has its own object. The engine calls init(), prepare(),
// one method, render() and finish(), in this order.
//
// - If init() or prepare() begins the response, the method and render() are skipped.
// - If the method begins the response or chooses a status, render() is skipped.
// - An exception, abort() or stop_run() skips everything that follows.
//
// ControllerClass lists the methods that route mappings may name. Routes without a mapping call the member of the HTTP
// method: get(), post() and so on. Unless overridden, these answer 405; trace() echoes the request without its
// credentials.
class Controller {
 public:
  Controller() = default;
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;
  virtual ~Controller() = default;

  // `action_name` is the registered name of the mapped method, or the HTTP method if the route has no mapping. An
  // override must call Controller::init() first. The names are valid as long as the controller.
  virtual void init(Context& context, std::string_view controller_name, std::string_view action_name);
  virtual void prepare() {}
  // Sends render_text() as text/html, unless view().enable_render is false. Throws ViewError.
  virtual void render();
  virtual void finish() {}

  // Override it to call mapping(). It runs after prepare() and before the method.
  virtual void url_mapping() {}
  // For this request, `function` replaces the class's method `name` in route mappings.
  void mapping(std::string name, std::function<void()> function);
  // Calls the function that mapping() has set for `name`. False if there is none.
  bool handler_func(std::string_view name);

  virtual void get() { not_allowed(); }
  virtual void post() { not_allowed(); }
  virtual void put() { not_allowed(); }
  virtual void del() { not_allowed(); }  // DELETE; `delete` is a keyword
  virtual void head() { not_allowed(); }
  virtual void patch() { not_allowed(); }
  virtual void options() { not_allowed(); }
  virtual void trace();

  // Valid after init().
  Context& context() { return *context_; }
  context::Input& input() { return context_->input; }
  context::Output& output() { return context_->output; }
  values::Data& data() { return context_->input.data(); }
  std::string_view controller_name() const { return controller_name_; }
  std::string_view action_name() const { return action_name_; }

  // A route parameter, form field or query field: the value that Input::query() finds. A value that is missing or empty
  // gives `alternative`. Typed getters give nullopt for a value that is not of the type, whatever the alternative.
  std::string_view get_string(std::string_view name, std::string_view alternative = {});
  std::vector<std::string> get_strings(std::string_view name, std::vector<std::string> alternative = {});
  std::optional<int64_t> get_int(std::string_view name, std::optional<int64_t> alternative = {});  // Go's int
  std::optional<int8_t> get_int8(std::string_view name, std::optional<int8_t> alternative = {});
  std::optional<uint8_t> get_uint8(std::string_view name, std::optional<uint8_t> alternative = {});
  std::optional<int16_t> get_int16(std::string_view name, std::optional<int16_t> alternative = {});
  std::optional<uint16_t> get_uint16(std::string_view name, std::optional<uint16_t> alternative = {});
  std::optional<int32_t> get_int32(std::string_view name, std::optional<int32_t> alternative = {});
  std::optional<uint32_t> get_uint32(std::string_view name, std::optional<uint32_t> alternative = {});
  std::optional<int64_t> get_int64(std::string_view name, std::optional<int64_t> alternative = {});
  std::optional<uint64_t> get_uint64(std::string_view name, std::optional<uint64_t> alternative = {});
  std::optional<double> get_float(std::string_view name, std::optional<double> alternative = {});
  std::optional<bool> get_bool(std::string_view name, std::optional<bool> alternative = {});

  // Reads the form into a struct, see Input::fill(). Returns the name of a malformed value; empty if there is none.
  template <values::Described Struct>
  std::string_view parse_form(Struct& to) {
    return input().fill(to);
  }

  // The client's session. start_session() and set_session() make a session if the client has none. Without a session
  // get_session() returns an empty value; del_session() and destroy_session() do nothing. Errors: see Context.
  session::Store& start_session() { return context_->start_session(); }
  void set_session(std::string_view key, session::Value value);
  session::Value get_session(std::string_view key);
  void del_session(std::string_view key);
  void destroy_session() { context_->destroy_session(); }
  // Gives the session a new id. Call it when the client's rights change, such as at login; see
  // session::Manager::regenerate.
  session::Store& session_regenerate_id() { return context_->regenerate_session(); }

  // Files of a multipart form; null or empty if the field has no file. Their bytes are views into the request.
  const context::FormFile* get_file(std::string_view field) { return input().file(field); }
  std::vector<const context::FormFile*> get_files(std::string_view field) { return input().files(field); }
  // Writes the field's first file to `path`, and replaces a file that exists there. Never take `path` from the client.
  // False if the field has no file. Throws std::system_error if writing fails. Blocks the worker while it writes.
  bool save_to_file(std::string_view field, const std::string& path);

  // Send data()["json"], ["jsonp"], ["xml"] or ["yaml"]; a missing entry is sent as null. serve_formatted() chooses the
  // format by the Accept field; 406 if the client wants XML and the value has maps. JSON and XML are indented unless
  // AppOptions::run_mode is "prod". `ascii` writes non-ASCII characters as \uXXXX.
  void serve_json(bool ascii = false);
  void serve_jsonp();
  void serve_xml();
  void serve_yaml();
  void serve_formatted(bool ascii = false);
  // Stores `value` in data() under the format that the Accept field asks for.
  void set_data(std::any value);
  // Sends `value` in that format, without storing it.
  void resp(const std::any& value) { context_->resp(value); }

  // A path to a controller's method, see RouteTable::url_for(). ".Method" names a method of this controller.
  std::string url_for(std::string_view endpoint, const values::UrlValues& values = {});

  void redirect(std::string_view url, int status) { context_->redirect(status, url); }

  // Ends the handling with the error page of this code. Without such a page the code is sent as text.
  [[noreturn]] void abort(const std::string& code);
  // Ends the handling with this status, and with the error page registered under `body`, or with `body` as text.
  [[noreturn]] void custom_abort(int status, const std::string& body);
  [[noreturn]] static void stop_run() { throw StopRun(); }

  // view() selects the template; render_text() renders it with data(). Throws ViewError.
  View& view() { return context_->lazy_parts().view; }
  std::string render_text();

  // The client's XSRF token, and a hidden form field that holds it.
  const std::string& xsrf_token();
  std::string xsrf_form_html();
  // The engine calls it for POST, PUT and DELETE if AppOptions::enable_xsrf is true; see Context.
  void check_xsrf_cookie();
  void enable_xsrf(bool on) { context_->lazy_parts().enable_xsrf = on; }

  bool is_ajax() { return input().is_ajax(); }

  void not_allowed() { output().error("Method Not Allowed", 405); }

 private:
  template <typename Number>
  std::optional<Number> get_number(std::string_view name, std::optional<Number> alternative);
  const std::any& data_of(std::string_view name);

  Context* context_ = nullptr;
  std::string_view controller_name_;
  std::string_view action_name_;
};

}  // namespace duel::beego
