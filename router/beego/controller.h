#pragma once

#include <string>
#include <string_view>

#include "router/beego/context.h"

namespace duel::beego {

// The base of an application's controllers. One object is made for each request that a controller answers; its life is
// init, prepare, one method, finish. A response that init or prepare has begun skips the method.
//
// Members named by an application's route mappings are told to ControllerClass. The members below answer the HTTP
// methods of routes without a mapping; unless overridden, they answer 405, and trace() echoes the request.
class Controller {
 public:
  Controller() = default;
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;
  virtual ~Controller() = default;

  // `action_name` is the mapped member's registered name, else the HTTP method. Overriders call this one first.
  virtual void init(Context& context, std::string_view controller_name, std::string_view action_name);
  virtual void prepare() {}
  virtual void finish() {}

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
  Input& input() { return context_->input; }
  Output& output() { return context_->output; }
  Data& data() { return context_->input.data(); }
  std::string_view controller_name() const { return controller_name_; }
  std::string_view action_name() const { return action_name_; }

  // Sends data()["json"]; null if there is none.
  void serve_json();

  // The client's session. start_session() and set_session() make one if it has none; get_session() then gives nothing,
  // and the others do nothing. Errors: see Context.
  session::Store& start_session() { return context_->start_session(); }
  void set_session(std::string_view key, session::Value value);
  session::Value get_session(std::string_view key);
  void del_session(std::string_view key);
  void destroy_session() { context_->destroy_session(); }
  // When a client's rights change, as at its login: see session::Manager::regenerate.
  session::Store& session_regenerate_id() { return context_->regenerate_session(); }

  // Ends the handling with the error page of this code.
  [[noreturn]] void abort(const std::string& code);
  [[noreturn]] static void stop_run() { throw StopRun(); }

  void not_allowed() { output().error("Method Not Allowed", 405); }

 private:
  Context* context_ = nullptr;
  std::string_view controller_name_;
  std::string_view action_name_;
};

}  // namespace duel::beego
