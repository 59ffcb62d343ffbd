#pragma once

#include <memory>

#include "http/request.h"
#include "http/response.h"
#include "router/beego/session/cookie.h"
#include "router/beego/session/provider.h"

namespace duel::beego::session {

// Which session a request belongs to (Beego's session.Manager): an id in a cookie, and behind it what a Provider keeps.
// Shared by all workers; const, so that any thread may call it.
//
// Ids are made here only. One that a client brings and the provider does not know, be it made up, altered, expired or
// planted, is never adopted: the client gets a new one.
//
// Members throw what the provider throws (sql::Error), and std::system_error if there are no random bytes.
class Manager {
 public:
  // Throws std::invalid_argument, see check().
  explicit Manager(std::shared_ptr<Provider> provider, SessionCookie cookie = {});

  // The client's session; null if it has none that is alive. Allocates nothing then.
  std::shared_ptr<Store> find(const http::Request& request) const;
  // A new session, whose id the response's cookie tells the client.
  std::shared_ptr<Store> create(http::Response& response) const;
  // Gives the session another id. To be called when a client's rights change, as when it logs in: an id that somebody
  // else planted or saw before is then worth nothing (session fixation).
  std::shared_ptr<Store> regenerate(const Store& store, http::Response& response) const;
  // Forgets the session and tells the client to forget its cookie.
  void destroy(const Store& store, http::Response& response) const;

  Provider& provider() const { return *provider_; }

 private:
  std::shared_ptr<Provider> provider_;
  SessionCookie cookie_;
};

}  // namespace duel::beego::session
