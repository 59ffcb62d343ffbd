#pragma once

#include <string>

namespace duel::servers {

// What the article's Beego sets up by default, and the trimmed one leaves out.
struct DataOptions {
  std::string database = "memory";  // or a file's path
  bool orm = true;                  // these three: the Beego style only
  bool session = true;
  bool session_in_database = false;

  bool in_memory() const { return database == "memory"; }
};

}  // namespace duel::servers
