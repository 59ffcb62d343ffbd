#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace duel::servers::config {

// One thing that can be set: by its flag, by a variable of the environment, by its key in conf/app.conf.
struct Setting {
  std::string key;       // of app.conf, in any letter case: Beego's name where Beego has it
  std::string flag;      // without "--"
  std::string hint;      // what --help shows for the value
  std::string what;      // one sentence
  std::string expected;  // of a value, for messages: "a number from 0 to 65535"
  // Takes over a value; false, and nothing changed, if it is not as expected.
  std::function<bool(const std::string& text)> set;
  // The value now, as a text that set() takes.
  std::function<std::string()> get;
  std::string source = "default";  // of the value: what --print-config says

  std::string variable() const;  // of the environment
};

struct SettingName {
  const char* key;
  const char* flag;
  const char* what;
};

// Without set and get.
Setting named(const SettingName& name, std::string hint, std::string expected);

// Each binds to a value, whose content now is the default.
Setting text_setting(const SettingName& name, const char* hint, std::string& value);
Setting address_setting(const SettingName& name, std::string& value);
// true and false in all the spellings of Beego: on, yes, y, t, 1, ...
Setting switch_setting(const SettingName& name, bool& value);
Setting choice_setting(const SettingName& name, const std::vector<std::string>& choices,
                       const std::function<void(size_t)>& set, const std::function<size_t()>& get);
Setting choice_setting(const SettingName& name, const std::vector<std::string>& choices, std::string& value);
// `set` and `get` stand for any type of integer.
Setting number_setting(const SettingName& name, const char* hint, uint64_t least, uint64_t most,
                       const std::function<void(uint64_t)>& set, const std::function<uint64_t()>& get);
// A number with b, k, m, g or kb, mb, gb behind it; alone it is bytes.
Setting size_setting(const SettingName& name, uint64_t least, uint64_t most, const std::function<void(uint64_t)>& set,
                     const std::function<uint64_t()>& get);
// The same two, bound to an integer of any type.
template <class Number>
Setting count_setting(const SettingName& name, const char* hint, uint64_t least, uint64_t most, Number& value) {
  return number_setting(
      name, hint, least, most, [&value](uint64_t number) { value = static_cast<Number>(number); },
      [&value] { return static_cast<uint64_t>(value); });
}
template <class Number>
Setting bytes_setting(const SettingName& name, uint64_t least, uint64_t most, Number& value) {
  return size_setting(
      name, least, most, [&value](uint64_t number) { value = static_cast<Number>(number); },
      [&value] { return static_cast<uint64_t>(value); });
}
// A number with ms, s, m or h behind it; alone it is seconds. From 1 ms to a day.
Setting time_setting(const SettingName& name, std::chrono::milliseconds& value);

}  // namespace duel::servers::config
