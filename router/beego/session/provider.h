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

// For applications: the values of one session (Beego's session.Store). All requests of a client share it; every member
// may be called on any thread. Each call is atomic, but several calls together are not. A destroyed session accepts
// values and loses them.
class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  virtual const std::string& id() const = 0;
  virtual void set(std::string_view key, Value value) = 0;
  virtual Value get(std::string_view key) const = 0;  // std::monostate if there is no such value
  virtual void del(std::string_view key) = 0;
  virtual void flush() = 0;  // deletes every value
};

// For programs that keep sessions elsewhere: a storage of sessions (Beego's session.Provider). All workers share it;
// every member may be called on any thread. A session expires when its lifetime has passed since find() last returned
// it.
class Provider {
 public:
  Provider() = default;
  Provider(const Provider&) = delete;
  Provider& operator=(const Provider&) = delete;
  virtual ~Provider() = default;

  // Null if this id is unknown or the session has expired. Otherwise the lifetime of the session starts again.
  virtual std::shared_ptr<Store> find(std::string_view id) = 0;
  // Creates an empty session. The id is from new_id(), never from a client.
  virtual std::shared_ptr<Store> create(const std::string& id) = 0;
  // Gives the session `old_id` a new id and removes the old id. Creates an empty session if `old_id` is unknown or has
  // expired.
  virtual std::shared_ptr<Store> regenerate(std::string_view old_id, const std::string& id) = 0;
  virtual void destroy(std::string_view id) = 0;
  // The number of sessions, with the expired sessions that are not cleared yet.
  virtual size_t count() = 0;
};

// A clock in seconds, which must never go backwards. Tests pass clocks of their own.
using Clock = std::function<int64_t()>;
int64_t monotonic_s();
int64_t unix_s();  // for sessions that outlive the process

inline constexpr int64_t kLifetimeS = 3600;  // Beego's SessionGCMaxLifetime

}  // namespace duel::beego::session
