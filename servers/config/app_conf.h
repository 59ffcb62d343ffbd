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

// Returns the value of an environment variable, or nothing if it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
std::optional<std::string> process_environment(const std::string& name);

// Returns the bytes of a file. Throws ConfigError; its text is the cause only, without the name of the file.
using ReadFile = std::function<std::string(const std::string& path)>;
// Reads a regular file of at most kMaxFileBytes. Refuses everything else without waiting, such as a pipe.
std::string read_regular_file(const std::string& path);

inline constexpr size_t kMaxFileBytes = 1024 * 1024;  // room for thousands of lines
inline constexpr size_t kMaxIncludeDepth = 8;
// Without this limit, files that include two files each would multiply the work with every level.
inline constexpr size_t kMaxFilesRead = 64;

// The content of conf/app.conf and of the files that it includes.
class AppConf {
 public:
  struct Value {
    std::string key;   // in the letter case of the file
    std::string text;  // after the replacement of ${VARIABLE}
    std::string file;  // path as given on the command line or in the include
    size_t line = 0;
    std::string variable;  // the environment variable that gave the text; empty if none did
  };
  // The index is the key in lower case.
  using Section = std::map<std::string, Value>;

  // The name that Beego gives to the section of the lines before the first [section].
  static constexpr const char* kDefaultSection = "default";

  AppConf() = default;  // a configuration without a file
  // Throws ConfigError. If a section sets a key twice, the later line wins. The path of an included file is relative to
  // the directory of the including file. Its lines apply at the place of the include, but the included file starts in
  // the default section, and the include does not change the section of the including file. A value ${VARIABLE} or
  // ${VARIABLE||default} is replaced. As in Beego, an empty value counts as absent.
  static AppConf load(const std::string& path, const ReadFile& read, const Environment& environment);

  const std::string& path() const { return path_; }  // empty if there is no file
  const std::map<std::string, Section>& sections() const { return sections_; }
  // The first place of [section], as "file:line".
  const std::string& section_place(const std::string& section) const { return places_.at(section); }
  // Returns null if the value is absent or empty.
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
