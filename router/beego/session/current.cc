#include "router/beego/session/current.h"

#include <stdexcept>

namespace duel::beego::session {
namespace {

const Manager& require(const Manager* manager) {
  if (manager == nullptr) throw std::logic_error("sessions are off: this application has no session manager");
  return *manager;
}

}  // namespace

Store* Current::find(const Manager* manager, const http::Request& request) {
  if (!state_) {
    std::shared_ptr<Store> found = require(manager).find(request);
    if (!found) return nullptr;
    state_ = std::make_unique<State>(State{std::move(found), false});
  }
  return state_->store.get();
}

Store& Current::start(const Manager* manager, const http::Request& request, http::Response& response) {
  if (find(manager, request) == nullptr) {
    state_ = std::make_unique<State>(State{require(manager).create(response), true});
  }
  return *state_->store;
}

Store& Current::regenerate(const Manager* manager, const http::Request& request, http::Response& response) {
  const Store& store = start(manager, request, response);
  if (!state_->made_here) {
    state_->store = require(manager).regenerate(store, response);
    state_->made_here = true;
  }
  return *state_->store;
}

void Current::destroy(const Manager* manager, const http::Request& request, http::Response& response) {
  const Store* const store = find(manager, request);
  if (store == nullptr) return;
  require(manager).destroy(*store, response);
  state_ = std::make_unique<State>();
}

}  // namespace duel::beego::session
