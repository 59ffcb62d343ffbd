// For applications with an SQLite database.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "alloc/same_build.h"

namespace duel::sql {

// A column's value in one of SQLite's types, without blobs. std::monostate is NULL.
using Value = std::variant<std::monostate, int64_t, double, std::string>;

}  // namespace duel::sql
