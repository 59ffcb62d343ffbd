// For applications with an SQLite database.
#pragma once

#include <stdexcept>
#include <string>

namespace duel::sql {

// An error of SQLite. what() has SQLite's message. code() is its primary result code (https://sqlite.org/rescode.html).
class Error : public std::runtime_error {
 public:
  // `code` may be an extended result code.
  Error(int code, const std::string& what) : std::runtime_error(what), code_(code & kPrimaryCode) {}

  int code() const { return code_; }
  // Another connection held a lock for longer than the busy timeout. A retry may succeed.
  bool is_busy() const;

 private:
  static constexpr int kPrimaryCode = 0xFF;  // mask: the primary code is the low byte of an extended result code

  int code_;
};

}  // namespace duel::sql
