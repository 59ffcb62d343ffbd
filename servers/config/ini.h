#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// Beego's INI form (its core/config/ini.go), line by line. Not by inih, which Debian builds without line numbers, which
// takes ':' for '=' and no `include` lines, and cuts lines at 200 bytes.
namespace duel::servers::config {

// What is wrong with the configuration, in one sentence; in a file it begins with "file:line: ".
class ConfigError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  ConfigError(const std::string& file, size_t line, const std::string& what)
      : std::runtime_error(file + ":" + std::to_string(line) + ": " + what) {}
};

struct IniLine {
  enum class Kind : uint8_t { kSection, kEntry, kInclude };

  size_t number = 0;  // from 1
  Kind kind = Kind::kEntry;
  std::string name;   // of the section or the key, as written; of an include the file
  std::string value;  // of an entry, unquoted, not expanded
};

// The lines that mean something, in their order:
//
//   [section]   key = value   key = "value"   include "file"   # comment   ; comment
//
// As in Beego a comment has a line of its own, a value that begins with '"' loses every '"' at both of its ends, and a
// byte order mark and CR LF are passed over. Throws ConfigError for any other line, for one with a NUL byte and for one
// longer than kMaxLineBytes. `file` is for its message.
inline constexpr size_t kMaxLineBytes = 8 * 1024;  // a long path and room
std::vector<IniLine> parse_ini(std::string_view text, const std::string& file);

// ASCII only. Sections and keys are compared by it.
std::string to_lower_ascii(std::string_view text);

// For messages: in quotes, with what is not printable as \xNN, and cut if it is long.
std::string in_quotes(std::string_view text);

}  // namespace duel::servers::config
