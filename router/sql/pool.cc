#include "router/sql/pool.h"

#include <atomic>

#include "router/sql/database_file.h"

namespace duel::sql {

Pool::Pool(OpenOptions options, OnOpen on_open) : options_(std::move(options)), on_open_(std::move(on_open)) {
  static std::atomic<unsigned> number{0};
  if (!options_.in_memory()) {
    options_.file = database_path(options_.file);
  } else if (options_.memory_name.empty()) {
    options_.memory_name = "duel::sql::Pool " + std::to_string(number++);
  }
}

Pool::Lease Pool::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Connection> last = std::move(idle_.back());
      idle_.pop_back();
      return {*this, std::move(last)};
    }
  }
  // Connections are opened one at a time. Otherwise, if on_open creates tables, threads would wait for each other's
  // locks in the database.
  const std::lock_guard one_at_a_time(opening_);
  auto opened = std::make_unique<Connection>(options_);
  if (on_open_) on_open_(*opened);
  return {*this, std::move(opened)};
}

void Pool::give(std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(connection));
}

size_t Pool::idle() const {
  const std::lock_guard lock(mutex_);
  return idle_.size();
}

}  // namespace duel::sql
