#pragma once

#include <memory>

#include "http/request.h"
#include "http/response.h"
#include "router/beego/session/cookie.h"
#include "router/beego/session/provider.h"

namespace duel::beego::session {

// For applications: finds and creates the session of a request (Beego's session.Manager). A cookie holds the id, and a
// field or the query of the request if SessionCookie allows it; a Provider keeps the values. All workers share one
// manager; its members are const and may be called on any thread.
//
// A response sets the session's cookie once: the last of several changes in one request replaces the earlier ones.
//
// Only the manager makes ids. If a client sends an id that the provider does not know (invented, altered, expired or
// planted by an attacker), the client gets a new id.
//
// Members throw the exceptions of the provider (sql::Error), and std::system_error if the kernel gives no random bytes.
class Manager {
 public:
  // Throws std::invalid_argument if check() refuses the cookie.
  explicit Manager(std::shared_ptr<Provider> provider, SessionCookie cookie = {});

  // The client's session. Null, without an allocation, if the client has no live session.
  std::shared_ptr<Store> find(const http::Request& request) const;
  // Creates a session and adds its cookie to the response.
  std::shared_ptr<Store> create(http::Response& response) const;
  // Gives the session a new id and adds its cookie to the response. Call it when the rights of a client change, such as
  // at login. An id that an attacker planted or saw before is then worthless (session fixation).
  std::shared_ptr<Store> regenerate(const Store& store, http::Response& response) const;
  // Deletes the session and adds a cookie to the response that deletes the client's cookie.
  void destroy(const Store& store, http::Response& response) const;

  Provider& provider() const { return *provider_; }

 private:
  // Gives the client an id.
  void send(std::string_view id, http::Response& response) const;
  void set_cookie(http::Response& response, std::string_view value, int64_t max_age_s) const;

  std::shared_ptr<Provider> provider_;
  SessionCookie cookie_;
};

}  // namespace duel::beego::session
