#pragma once

#include <charconv>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "router/sql/error.h"
#include "router/sql/pool.h"
#include "servers/config/data_options.h"

// The table behind /sql/user/:id and /orm/user/:id, and what both say to a client.
namespace duel::servers::demo {

inline constexpr int64_t kUsers = 1'000;

// A row, as views that are valid as long as the statement stands on it. Named in the order of their JSON.
struct UserRow {
  int64_t age;
  std::string_view email;
  int64_t id;
  std::string_view name;
};

// Connections whose first use makes the table and its rows where they are not. `now`: opens one of them. A file is
// opened now in any case. Throws http::StartError if it cannot be opened at all; that it is locked or broken is told
// on standard error, and every request that needs it says so again.
std::shared_ptr<sql::Pool> open_users(const config::DataOptions& options, bool now);

// What goes wrong, as a status and a text for the client; what the database refuses is told on standard error, at most
// once a second.
struct Failure {
  int status;
  std::string_view text;
};
inline constexpr Failure kBadId{400, "400 the id must be a number"};
inline constexpr Failure kNoUser{404, "404 there is no such user"};
Failure failure_of(const sql::Error& error);

// Nothing if it is no number.
inline bool read_id(std::string_view text, int64_t& id) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  return error == std::errc() && end == text.data() + text.size();
}

// Native SQL: a connection of the pool, a statement that it has prepared. Calls `answer` with the row, or `refuse` with
// a Failure.
template <typename Answer, typename Refuse>
void find_user(sql::Pool& pool, std::string_view id_text, Answer answer, Refuse refuse) {
  int64_t id = 0;
  if (!read_id(id_text, id)) return refuse(kBadId);
  try {
    const auto connection = pool.take();
    sql::Rows rows(connection->prepared("SELECT age, email, id, name FROM user WHERE id = ?"));
    rows.bind(1, id);
    if (!rows.next()) return refuse(kNoUser);
    answer(UserRow{rows.integer(0), rows.text(1), rows.integer(2), rows.text(3)});
  } catch (const sql::Error& error) {
    refuse(failure_of(error));
  }
}

}  // namespace duel::servers::demo
