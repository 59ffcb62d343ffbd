#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// A parser for Beego's INI form (core/config/ini.go in Beego). The library inih does not fit: it accepts ':' for '=',
// has no `include` lines, cuts lines at 200 bytes, and Debian builds it without line numbers.
namespace duel::servers::config {

// An error in the configuration. what() is one sentence; for an error in a file it starts with "file:line: ".
class ConfigError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  ConfigError(const std::string& file, size_t line, const std::string& sentence)
      : std::runtime_error(file + ":" + std::to_string(line) + ": " + sentence) {}
};

inline constexpr size_t kMaxLineBytes = 8 * 1024;  // enough for the longest path (PATH_MAX: 4,096 bytes)

struct IniLine {
  enum class Kind : uint8_t { kSection, kEntry, kInclude };

  size_t number = 0;  // the first line is 1
  Kind kind = Kind::kEntry;
  std::string name;   // the section, the key, or the included file
  std::string value;  // of an entry: without quotes, ${VARIABLE} not replaced
};

// Parses the lines of a file, in their order, without empty lines and comments:
//
//   [section]   key = value   key = "value"   include "file"   # comment   ; comment
//
// As in Beego, a comment needs a line of its own, a value that starts with '"' loses every '"' at both ends, and a byte
// order mark and the CR of CR LF are ignored. Throws ConfigError for any other line, for a NUL byte, and for a line
// longer than kMaxLineBytes. Messages name `file`.
std::vector<IniLine> parse_ini(std::string_view text, const std::string& file);

// ASCII only. Sections and keys are compared by it.
std::string to_lower_ascii(std::string_view text);

// Quotes a text for an error message. Bytes that are not printable ASCII become \xNN; a long text is cut.
std::string in_quotes(std::string_view text);

}  // namespace duel::servers::config
