#pragma once

#include <charconv>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "router/sql/error.h"
#include "router/sql/pool.h"
#include "servers/config/data_options.h"

// The table of users behind /sql/user/:id and /orm/user/:id, and the error answers that both endpoints share.
namespace duel::servers::demo {

inline constexpr int64_t kUsers = 1'000;

// A row. Its views are valid until the statement is stepped or reset. The members stand in the order of the JSON
// answer.
struct UserRow {
  int64_t age;
  std::string_view email;
  int64_t id;
  std::string_view name;
};

// When open_users() opens the first connection of a database in memory. A file is always opened at once.
enum class OpenTime : uint8_t { kAtOnce, kAtFirstRequest };

// Creates further tables in a database.
using CreateTables = std::function<void(sql::Connection&)>;

// Returns a pool whose first connection creates the table of users with its rows, and calls `create_tables` if it is
// set. Throws http::StartError if the database cannot be used: a wrong name, missing rights, a file that is not a
// database, a full disk, other columns. A locked database may be free later, so it is reported on standard error, and
// each request that needs it fails and reports it again.
std::shared_ptr<sql::Pool> open_users(const config::DataOptions& options, OpenTime time,
                                      CreateTables create_tables = {});

// A refusal: status and text for the client.
struct Failure {
  int status;
  std::string_view text;
};
inline constexpr Failure kBadId{400, "400 the id must be a number"};
inline constexpr Failure kNoUser{404, "404 there is no such user"};
// The answer for an error of the database, which is also reported on standard error, at most once per second.
Failure failure_of(const sql::Error& error);

// Returns false if `text` is not a number.
inline bool read_id(std::string_view text, int64_t& id) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  return error == std::errc() && end == text.data() + text.size();
}

inline constexpr std::string_view kFindUser = "SELECT age, email, id, name FROM user WHERE id = ?";

// Looks a user up by native SQL, with a prepared statement on a connection from the pool. Calls `answer` with the
// UserRow, or `refuse` with a Failure.
template <typename Answer, typename Refuse>
void find_user(sql::Pool& pool, std::string_view id_text, Answer answer, Refuse refuse) {
  int64_t id = 0;
  if (!read_id(id_text, id)) return refuse(kBadId);
  try {
    const auto connection = pool.take();
    sql::Rows rows(connection->prepared(kFindUser));
    rows.bind(1, id);
    if (!rows.next()) return refuse(kNoUser);
    answer(UserRow{rows.integer(0), rows.text(1), rows.integer(2), rows.text(3)});
  } catch (const sql::Error& error) {
    refuse(failure_of(error));
  }
}

}  // namespace duel::servers::demo
