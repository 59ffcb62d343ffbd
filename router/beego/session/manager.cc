#include "router/beego/session/manager.h"

#include "router/beego/session/id.h"

namespace duel::beego::session {

Manager::Manager(std::shared_ptr<Provider> provider, SessionCookie cookie)
    : provider_(std::move(provider)), cookie_(std::move(cookie)) {
  check(cookie_);
}

std::shared_ptr<Store> Manager::find(const http::Request& request) const {
  const auto id = find_id(request, cookie_);
  return id && is_id(*id) ? provider_->find(*id) : nullptr;
}

std::shared_ptr<Store> Manager::create(http::Response& response) const {
  const std::string id = new_id();
  std::shared_ptr<Store> store = provider_->create(id);
  send(id, response);
  return store;
}

std::shared_ptr<Store> Manager::regenerate(const Store& store, http::Response& response) const {
  const std::string id = new_id();
  std::shared_ptr<Store> renewed = provider_->regenerate(store.id(), id);
  send(id, response);
  return renewed;
}

void Manager::send(std::string_view id, http::Response& response) const {
  set_cookie(response, id, cookie_.max_age_s);
  if (!cookie_.header.empty()) response.set(cookie_.header, id);
}

void Manager::set_cookie(http::Response& response, std::string_view value, int64_t max_age_s) const {
  if (cookie_.is_set) response.set_cookie(format_cookie(cookie_, value, max_age_s));
}

void Manager::destroy(const Store& store, http::Response& response) const {
  provider_->destroy(store.id());
  constexpr int64_t kDelete = -1;
  set_cookie(response, {}, kDelete);
  if (!cookie_.header.empty()) response.remove(cookie_.header);
}

}  // namespace duel::beego::session
