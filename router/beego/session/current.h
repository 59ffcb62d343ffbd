#pragma once

#include <memory>

#include "router/beego/session/manager.h"

namespace duel::beego::session {

// For Context: the session of the request that is being handled. The session is looked up at the first call, so that
// requests without a call pay nothing.
//
// Members throw std::logic_error if sessions are off (`manager` is null), and the exceptions of Manager.
class Current {
 public:
  void reset() { state_.reset(); }

  // The client's session; a new one if the client has none.
  Store& start(const Manager* manager, const http::Request& request, http::Response& response);
  // Null if the client has none.
  Store* find(const Manager* manager, const http::Request& request);
  // Gives the session a new id. An id that was made during this request is kept, because no client knows it yet.
  Store& regenerate(const Manager* manager, const http::Request& request, http::Response& response);
  void destroy(const Manager* manager, const http::Request& request, http::Response& response);

 private:
  struct State {
    std::shared_ptr<Store> store;  // null if the session was destroyed
    bool made_here = false;        // the id was made during this request
  };

  std::unique_ptr<State> state_;  // a pointer, so that the context of every request grows by one word only
};

}  // namespace duel::beego::session
