#pragma once

#include <cstdint>
#include <string>

namespace duel::servers::config {

// The database, and what the article's Beego enables by default and its trimmed Beego leaves out.
struct DataOptions {
  std::string database = "memory";  // or the path of a file

  // All options below are for the Beego style only.
  bool orm = true;
  bool session = true;
  bool session_in_database = false;
  bool xsrf = false;           // POST, PUT and DELETE require a token
  std::string xsrf_key = {};   // signs the token's cookie; empty: a random key, so that tokens end with the process
  uint64_t xsrf_expire_s = 0;  // the life of that cookie; 0: until the browser ends

  bool in_memory() const { return database == "memory"; }
};

}  // namespace duel::servers::config
