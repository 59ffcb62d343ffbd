// The session members of Context and Controller.

#include "router/beego/app.h"
#include "router/beego/controller.h"
#include "router/sql/error.h"

namespace duel::beego {
namespace {

// Calls `use`. If the database fails, chooses the response's status and passes the exception on.
template <typename Use>
auto with_status(context::Output& output, Use use) {
  try {
    return use();
  } catch (const sql::Error& error) {
    output.set_status(error.is_busy() ? 503 : 500);
    throw;
  }
}

}  // namespace

session::Store& Context::start_session() {
  return *with_status(output, [&] { return &session_.start(app_->sessions(), request(), output.response()); });
}

session::Store* Context::find_session() {
  return with_status(output, [&] { return session_.find(app_->sessions(), request()); });
}

session::Store& Context::regenerate_session() {
  return *with_status(output, [&] { return &session_.regenerate(app_->sessions(), request(), output.response()); });
}

void Context::destroy_session() {
  with_status(output, [&] { session_.destroy(app_->sessions(), request(), output.response()); });
}

void Controller::set_session(std::string_view key, session::Value value) {
  session::Store& store = start_session();
  with_status(output(), [&] { store.set(key, std::move(value)); });
}

session::Value Controller::get_session(std::string_view key) {
  const session::Store* const store = context_->find_session();
  if (store == nullptr) return {};
  return with_status(output(), [&] { return store->get(key); });
}

void Controller::del_session(std::string_view key) {
  session::Store* const store = context_->find_session();
  if (store != nullptr) with_status(output(), [&] { store->del(key); });
}

}  // namespace duel::beego
