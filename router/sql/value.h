#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace duel::sql {

// A column's value in one of the types that SQLite stores (but for blobs); nothing is NULL.
using Value = std::variant<std::monostate, int64_t, double, std::string>;

}  // namespace duel::sql
