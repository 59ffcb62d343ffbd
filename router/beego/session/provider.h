#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "router/sql/value.h"

namespace duel::beego::session {

using Value = sql::Value;

// The values of one session (Beego's session.Store). Shared by all requests of a client, on any threads, and safe
// there; each call stands for itself. A session that was destroyed meanwhile takes values and forgets them.
class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  virtual const std::string& id() const = 0;
  virtual void set(std::string_view key, Value value) = 0;
  virtual Value get(std::string_view key) const = 0;  // std::monostate: there is none
  virtual void del(std::string_view key) = 0;
  virtual void flush() = 0;  // deletes every value
};

// Where sessions are kept (Beego's session.Provider). Shared by all workers; every member may be called by any thread.
// A session lives for its lifetime after it was last found.
class Provider {
 public:
  Provider() = default;
  Provider(const Provider&) = delete;
  Provider& operator=(const Provider&) = delete;
  virtual ~Provider() = default;

  // Null if this id is unknown or its time is over. Otherwise the session's lifetime begins anew.
  virtual std::shared_ptr<Store> find(std::string_view id) = 0;
  // An empty session. The id comes from new_id(), never from a client.
  virtual std::shared_ptr<Store> create(const std::string& id) = 0;
  // The values of `old_id` under a new id; the old one is unknown from now on. An empty session if it was unknown
  // already.
  virtual std::shared_ptr<Store> regenerate(std::string_view old_id, const std::string& id) = 0;
  virtual void destroy(std::string_view id) = 0;
  // Live ones, and those that are not yet cleared away.
  virtual size_t count() = 0;
};

// Seconds; must not go backwards. Tests give their own.
using Clock = std::function<int64_t()>;
int64_t monotonic_s();
int64_t unix_s();  // for what outlives the process

inline constexpr int64_t kLifetimeS = 3600;  // Beego's SessionGCMaxLifetime

}  // namespace duel::beego::session
