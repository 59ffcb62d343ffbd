#pragma once

#include <cstdint>
#include <string>

namespace duel::servers::config {

// What the article's Beego sets up by default, and the trimmed one leaves out.
struct DataOptions {
  std::string database = "memory";  // or a file's path
  bool orm = true;                  // these three: the Beego style only
  bool session = true;
  bool session_in_database = false;
  bool xsrf = false;           // Beego style: POST, PUT and DELETE need a token; this and the next two
  std::string xsrf_key = {};   // signs the token's cookie; empty: a random one, so that tokens end with the process
  uint64_t xsrf_expire_s = 0;  // of that cookie; 0: with the browser

  bool in_memory() const { return database == "memory"; }
};

}  // namespace duel::servers::config
