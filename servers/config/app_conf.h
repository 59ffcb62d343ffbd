#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "servers/config/ini.h"

namespace duel::servers::config {

// The value of a variable of the environment, nothing if it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
std::optional<std::string> process_environment(const std::string& name);

// The bytes of a file; throws ConfigError with the reason alone.
using ReadFile = std::function<std::string(const std::string& path)>;
// A regular file of at most kMaxFileBytes; anything else is refused without waiting for it.
std::string read_regular_file(const std::string& path);

inline constexpr size_t kMaxFileBytes = 1024 * 1024;  // thousands of lines
inline constexpr size_t kMaxIncludeDepth = 8;
// Files that include others twice each would grow with the power of the depth.
inline constexpr size_t kMaxFilesRead = 64;

// conf/app.conf with all that it includes.
class AppConf {
 public:
  struct Value {
    std::string key;   // as written
    std::string text;  // expanded
    std::string file;  // as it was named
    size_t line = 0;
    std::string variable;  // of the environment, which gave the text; empty if none did
  };
  // By the key in lower case.
  using Section = std::map<std::string, Value>;

  // Section of the lines before the first [section], as in Beego.
  static constexpr const char* kDefaultSection = "default";

  AppConf() = default;  // no file
  // A later line wins over an earlier one of its section and key. An included file (its path is relative to the
  // including one's folder) starts in the default section; its lines count as if they stood at the include. A value
  // ${VARIABLE} or ${VARIABLE||default} is replaced; one that is empty then counts as if it had not been given, as in
  // Beego. Throws ConfigError.
  static AppConf load(const std::string& path, const ReadFile& read, const Environment& environment);

  const std::string& path() const { return path_; }  // empty: no file
  const std::map<std::string, Section>& sections() const { return sections_; }
  // Where [section] stands first, as "file:line".
  const std::string& section_place(const std::string& section) const { return places_.at(section); }
  // Nothing if it is not there or empty.
  const Value* find(const std::string& section, const std::string& key) const;

 private:
  struct Loading;

  void add_file(Loading& loading, const std::string& path, const std::string& text);
  static void add_entry(const Loading& loading, Section& section, const IniLine& line, const std::string& file);
  void include(Loading& loading, const IniLine& line, const std::string& file);

  std::string path_;
  std::map<std::string, Section> sections_;
  std::map<std::string, std::string> places_;
};

}  // namespace duel::servers::config
