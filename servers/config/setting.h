#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace duel::servers::config {

// A setting can be set by its flag, by its environment variable, and by its key in conf/app.conf.
struct Setting {
  std::string group;         // the heading in --help and docs/flags.md
  std::string key;           // in conf/app.conf, in any letter case; Beego's name if Beego has this setting
  std::string flag;          // without "--"
  std::string hint;          // stands for the value in --help: "PORT", "on|off"
  std::string description;   // for --help and docs/flags.md
  std::string expected;      // the accepted values, for error messages: "a number from 0 to 65535"
  std::string default_text;  // describes the default in words; empty: the default value itself is shown
  // Parses and stores a value. Returns false and changes nothing if `text` is not an accepted value.
  std::function<bool(const std::string& text)> set;
  // The current value, as a text that set() accepts.
  std::function<std::string()> get;
  std::string source = "default";  // where the current value came from, for --print-config

  std::string variable() const;  // the name of the environment variable
};

struct SettingName {
  const char* key;
  const char* flag;
  const char* description;
};

// A setting without set() and get().
Setting named(const SettingName& name, std::string hint, std::string expected);

// Each function below binds a setting to a variable. The content of the variable is the default.
Setting text_setting(const SettingName& name, const char* hint, std::string& value);
// Stores the one spelling of the address: 127.0.0.1 for ::ffff:127.0.0.1.
Setting address_setting(const SettingName& name, std::string& value);
// Accepts every spelling of true and false that Beego accepts: on, yes, y, t, 1, ...
Setting switch_setting(const SettingName& name, bool& value);
Setting choice_setting(const SettingName& name, const std::vector<std::string>& choices,
                       const std::function<void(size_t)>& set, const std::function<size_t()>& get);
Setting choice_setting(const SettingName& name, const std::vector<std::string>& choices, std::string& value);
// `set` and `get` hide the integer type of the variable.
Setting number_setting(const SettingName& name, const char* hint, uint64_t min, uint64_t max,
                       const std::function<void(uint64_t)>& set, const std::function<uint64_t()>& get);
// A number followed by b, k, m, g, kb, mb or gb; without a unit it means bytes.
Setting size_setting(const SettingName& name, uint64_t min, uint64_t max, const std::function<void(uint64_t)>& set,
                     const std::function<uint64_t()>& get);
// The same two settings, bound to a variable of any integer type.
template <class Number>
Setting count_setting(const SettingName& name, const char* hint, uint64_t min, uint64_t max, Number& value) {
  return number_setting(
      name, hint, min, max, [&value](uint64_t number) { value = static_cast<Number>(number); },
      [&value] { return static_cast<uint64_t>(value); });
}
template <class Number>
Setting bytes_setting(const SettingName& name, uint64_t min, uint64_t max, Number& value) {
  return size_setting(
      name, min, max, [&value](uint64_t number) { value = static_cast<Number>(number); },
      [&value] { return static_cast<uint64_t>(value); });
}
// A number followed by ms, s, m or h; without a unit it means seconds. From 1 ms to one day.
Setting time_setting(const SettingName& name, std::chrono::milliseconds& value);

}  // namespace duel::servers::config
