#pragma once

#include <stdexcept>
#include <string>

namespace duel::sql {

// What SQLite refused; what() has its own words and the place. The code is SQLite's primary result code
// (https://sqlite.org/rescode.html).
class Error : public std::runtime_error {
 public:
  Error(int code, const std::string& what) : std::runtime_error(what), code_(code) {}

  int code() const { return code_; }
  // Somebody else holds a lock for longer than the busy timeout: the same may succeed a moment later.
  bool is_busy() const;
  // The file cannot be opened at all: a wrong path or missing rights.
  bool is_unreachable() const;

 private:
  int code_;
};

}  // namespace duel::sql
