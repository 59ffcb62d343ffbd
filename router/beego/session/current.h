#pragma once

#include <memory>

#include "router/beego/session/manager.h"

namespace duel::beego::session {

// The session of the request that is being handled; looked for when it is first asked for. A request that never asks
// costs nothing.
//
// Members throw std::logic_error if sessions are off (no manager), and what Manager throws.
class Current {
 public:
  void reset() { state_.reset(); }

  // The client's session, made if it has none.
  Store& start(const Manager* manager, const http::Request& request, http::Response& response);
  // Null if the client has none.
  Store* find(const Manager* manager, const http::Request& request);
  // Another id, if a client can know this one: one made for this request goes out only with its answer.
  Store& regenerate(const Manager* manager, const http::Request& request, http::Response& response);
  void destroy(const Manager* manager, const http::Request& request, http::Response& response);

 private:
  struct State {
    std::shared_ptr<Store> store;  // null: destroyed
    bool made_here = false;
  };

  std::unique_ptr<State> state_;  // one word in every request's context
};

}  // namespace duel::beego::session
