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

// The base of an application's controllers. One object is made for each request that a controller answers; its life is
// init, prepare, one method, render, finish. A response that init or prepare has begun skips the method; one that
// exists after the method, or a chosen status, skips render(). An exception, abort() or stop_run() skips all the rest.
//
// Members named by an application's route mappings are told to ControllerClass. The members below answer the HTTP
// methods of routes without a mapping; unless overridden, they answer 405, and trace() echoes the request
// without its credentials.
class Controller {
 public:
  Controller() = default;
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;
  virtual ~Controller() = default;

  // `action_name` is the mapped member's registered name, else the HTTP method. Overriders call this one first.
  virtual void init(Context& context, std::string_view controller_name, std::string_view action_name);
  virtual void prepare() {}
  // Sends render_text() as text/html, unless view().enable_render is off.
  virtual void render();
  virtual void finish() {}

  // Overridden to call mapping(), before the method is looked for.
  virtual void url_mapping() {}
  // For this request `function` answers where a route's mapping names the method `name`, instead of the class's own.
  void mapping(std::string name, std::function<void()> function);
  // Calls it; false if there is none of this name.
  bool handler_func(std::string_view name);

  virtual void get() { not_allowed(); }
  virtual void post() { not_allowed(); }
  virtual void put() { not_allowed(); }
  virtual void del() { not_allowed(); }  // DELETE; `delete` is a keyword
  virtual void head() { not_allowed(); }
  virtual void patch() { not_allowed(); }
  virtual void options() { not_allowed(); }
  virtual void trace();

  // Valid from init() on.
  Context& context() { return *context_; }
  context::Input& input() { return context_->input; }
  context::Output& output() { return context_->output; }
  values::Data& data() { return context_->input.data(); }
  std::string_view controller_name() const { return controller_name_; }
  std::string_view action_name() const { return action_name_; }

  // A parameter of the route, a field of the body or of the query: the first value that Input::query() finds. The typed
  // ones are nothing if it is no such value; with an alternative, that one if it is missing or empty.
  std::string_view get_string(std::string_view name, std::string_view alternative = {});
  std::vector<std::string> get_strings(std::string_view name, std::vector<std::string> alternative = {});
  std::optional<int> get_int(std::string_view name, std::optional<int> alternative = {});
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

  // The client's session. start_session() and set_session() make one if it has none; get_session() then gives nothing,
  // and the others do nothing. Errors: see Context.
  session::Store& start_session() { return context_->start_session(); }
  void set_session(std::string_view key, session::Value value);
  session::Value get_session(std::string_view key);
  void del_session(std::string_view key);
  void destroy_session() { context_->destroy_session(); }
  // When a client's rights change, as at its login: see session::Manager::regenerate.
  session::Store& session_regenerate_id() { return context_->regenerate_session(); }

  // Files of a multipart form; null or none if the field has none. Their bytes are the request's.
  const context::FormFile* get_file(std::string_view field) { return input().file(field); }
  std::vector<const context::FormFile*> get_files(std::string_view field) { return input().files(field); }
  // Writes the field's first file to `path`, which is the program's, never the client's; replaces what is there. False
  // if the field has no file. Throws std::system_error if it cannot be written. Waits for the disk.
  bool save_to_file(std::string_view field, const std::string& path);

  // Send data()["json"], ["jsonp"], ["xml"] or ["yaml"]; null if there is none. serve_formatted() chooses by the Accept
  // field. Indented unless the application runs in production.
  void serve_json(bool ascii = false);
  void serve_jsonp();
  void serve_xml();
  void serve_yaml();
  void serve_formatted(bool ascii = false);
  // Keeps `value` for the serve function that the Accept field asks for.
  void set_data(std::any value);
  // Sends it, without keeping it.
  void resp(const std::any& value) { context_->resp(value); }

  // A path to a method of a controller, see RouteTable::url_for(); ".Method" is one of this controller.
  std::string url_for(std::string_view endpoint, const values::UrlValues& values = {});

  void redirect(std::string_view url, int status) { context_->redirect(status, url); }

  // Ends the handling with the error page of this code; without such a page, with the code as text.
  [[noreturn]] void abort(const std::string& code);
  // The same with a status and any body.
  [[noreturn]] void custom_abort(int status, const std::string& body);
  [[noreturn]] static void stop_run() { throw StopRun(); }

  // The page that answers, and its text from data(). Throws ViewError.
  View& view() { return context_->lazy_parts().view; }
  std::string render_text();

  // The client's token, and a hidden field with it for a form.
  const std::string& xsrf_token();
  std::string xsrf_form_html();
  // Called by the engine for POST, PUT and DELETE if the application has XSRF on; see Context.
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
