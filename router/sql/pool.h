// For applications with an SQLite database: start here.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "router/sql/connection.h"

namespace duel::sql {

// Connections to one database, opened on demand and reused (Go's database/sql). Any thread may call take().
//
// SQLite works on the calling thread. A worker of the server takes a connection, waits for SQLite and gives the
// connection back before it does anything else. So there is at most one open connection per worker. A slow statement
// blocks all clients of the worker: statements must be short.
class Pool {
 public:
  // Called with each new connection, before its first use, on the thread that takes it.
  using OnOpen = std::function<void(Connection&)>;

  // Does not open a connection. A relative path is resolved now, so that all connections open the same file. A database
  // in memory without a name belongs to this pool: its connections share it, and it is deleted with the pool. Throws
  // Error if a database cannot have this name.
  explicit Pool(OpenOptions options, OnOpen on_open = {});
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // A taken connection. The destructor gives it back to the pool, which must outlive the lease.
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

  // Takes the connection that was given back last, or opens a new one. Throws Error if it cannot be opened.
  Lease take();

  size_t idle() const;  // the number of open connections that are not taken

 private:
  void give(std::unique_ptr<Connection> connection);

  OpenOptions options_;
  OnOpen on_open_;
  std::mutex opening_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace duel::sql
