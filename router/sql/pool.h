#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "router/sql/connection.h"

namespace duel::sql {

// Connections to one database, opened when they are first needed and used again (Go's database/sql). Any thread may
// take one.
//
// SQLite works on the calling thread. A worker of the server takes a connection, waits for the answer and gives it back
// before it does anything else, so at most one connection a worker is ever open, and a slow statement keeps that
// worker's other clients waiting: statements must be short.
class Pool {
 public:
  // Called with each new connection, before its first use.
  using OnOpen = std::function<void(Connection&)>;

  // Opens nothing. In memory: a database of this pool's own.
  explicit Pool(OpenOptions options, OnOpen on_open = {});
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<Connection> connection) : pool_(&pool), connection_(std::move(connection)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_) pool_->give(std::move(connection_));
    }
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  // The connection given back last, else a new one. Throws Error if it cannot be opened.
  Lease take();

  size_t idle() const;

 private:
  void give(std::unique_ptr<Connection> connection);

  OpenOptions options_;
  OnOpen on_open_;
  std::mutex opening_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace duel::sql
