#pragma once

#include <cstdint>
#include <string>

namespace duel::servers::config {

// The database, and the features that the article's Beego enables by default and its trimmed Beego disables.
struct DataOptions {
  std::string database = "memory";  // or SQLite's name for it, ":memory:", or the path of a file

  // All options below are for the Beego style only.
  bool orm = true;
  bool session = true;
  bool session_in_database = false;
  bool xsrf = false;  // POST, PUT and DELETE require a token
  // Signs the token's cookie. If empty, the key is random, and tokens are valid until the process ends.
  std::string xsrf_key = {};
  uint64_t xsrf_expire_s = 0;  // the life of that cookie; 0: until the browser closes

  bool in_memory() const { return database == "memory" || database == ":memory:"; }
};

}  // namespace duel::servers::config
