#include "servers/config/setting.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <optional>

#include "http/grammar/address.h"
#include "http/grammar/ascii.h"
#include "servers/config/ini.h"

namespace duel::servers::config {
namespace {

struct Unit {
  const char* name;
  uint64_t factor;
};
// From the largest to the smallest, because print_with_unit() takes the first unit that fits.
constexpr std::array<Unit, 4> kTimes = {{{"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::array<Unit, 7> kSizes = {{{"g", 1ULL << 30},
                                         {"gb", 1ULL << 30},
                                         {"m", 1ULL << 20},
                                         {"mb", 1ULL << 20},
                                         {"k", 1ULL << 10},
                                         {"kb", 1ULL << 10},
                                         {"b", 1}}};

// Parses "1.5s" with the unit s = 1000 as 1500. A number without a unit is in `default_unit`.
template <size_t kCount>
std::optional<uint64_t> parse_with_unit(const std::string& text, const std::array<Unit, kCount>& units,
                                        const std::string& default_unit, uint64_t min, uint64_t max) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(value)) return std::nullopt;
  std::string unit = to_lower_ascii({end, text.data() + text.size()});
  if (unit.empty()) unit = default_unit;
  const auto found = std::find_if(units.begin(), units.end(), [&](const Unit& known) { return unit == known.name; });
  if (found == units.end()) return std::nullopt;
  value *= static_cast<double>(found->factor);
  if (value < static_cast<double>(min) || value > static_cast<double>(max)) return std::nullopt;
  return static_cast<uint64_t>(value);
}

// Prints the value as a whole number of the largest possible unit.
template <size_t kCount>
std::string print_with_unit(uint64_t value, const std::array<Unit, kCount>& units) {
  for (const Unit& unit : units) {
    if (value != 0 && value % unit.factor == 0) return std::to_string(value / unit.factor) + unit.name;
  }
  return std::to_string(value) + units.back().name;
}

std::optional<uint64_t> parse_number(const std::string& text, uint64_t min, uint64_t max) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < min || value > max) return std::nullopt;
  return value;
}

std::optional<bool> parse_switch(const std::string& text) {
  const std::string lower = to_lower_ascii(text);
  for (const char* yes : {"on", "true", "yes", "1", "t", "y"}) {
    if (lower == yes) return true;
  }
  for (const char* no : {"off", "false", "no", "0", "f", "n"}) {
    if (lower == no) return false;
  }
  return std::nullopt;
}

std::string joined(const std::vector<std::string>& names, const char* between) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : between) + name;
  return all;
}

Setting parsed_number(Setting setting, const std::function<std::optional<uint64_t>(const std::string&)>& parse,
                      const std::function<void(uint64_t)>& set) {
  setting.set = [parse, set](const std::string& text) {
    const auto value = parse(text);
    if (value) set(*value);
    return value.has_value();
  };
  return setting;
}

}  // namespace

Setting named(const SettingName& name, std::string hint, std::string expected) {
  Setting setting;
  setting.key = name.key;
  setting.flag = name.flag;
  setting.description = name.description;
  setting.hint = std::move(hint);
  setting.expected = std::move(expected);
  return setting;
}

std::string Setting::variable() const {
  if (key == "RunMode") return "BEEGO_RUNMODE";  // as in Beego
  std::string name = "DUEL_" + key;
  std::transform(name.begin(), name.end(), name.begin(), http::grammar::to_upper_ascii);
  return name;
}

Setting text_setting(const SettingName& name, const char* hint, std::string& value) {
  Setting setting = named(name, hint, "a text");
  setting.set = [&value](const std::string& text) {
    value = text;
    return true;
  };
  setting.get = [&value] { return value; };
  return setting;
}

Setting address_setting(const SettingName& name, std::string& value) {
  Setting setting = text_setting(name, "ADDRESS", value);
  setting.expected =
      "a numeric IPv4 or IPv6 address such as 127.0.0.1 or ::1; link-local with its interface, such as fe80::1%eth0";
  setting.set = [&value](const std::string& text) {
    std::array<char, http::grammar::kAddressTextBytes> room{};
    const std::string_view address = http::grammar::respell_address(text, room.data());
    if (!address.empty()) value = address;
    return !address.empty();
  };
  return setting;
}

Setting switch_setting(const SettingName& name, bool& value) {
  Setting setting = named(name, "on|off", "on or off (or true, false)");
  setting.set = [&value](const std::string& text) {
    const auto parsed = parse_switch(text);
    if (parsed) value = *parsed;
    return parsed.has_value();
  };
  setting.get = [&value] { return value ? "on" : "off"; };
  return setting;
}

Setting choice_setting(const SettingName& name, const std::vector<std::string>& choices,
                       const std::function<void(size_t)>& set, const std::function<size_t()>& get) {
  Setting setting = named(name, joined(choices, "|"), joined(choices, " or "));
  setting.set = [choices, set](const std::string& text) {
    const auto found = std::find(choices.begin(), choices.end(), to_lower_ascii(text));
    if (found != choices.end()) set(static_cast<size_t>(found - choices.begin()));
    return found != choices.end();
  };
  setting.get = [choices, get] { return choices.at(get()); };
  return setting;
}

Setting choice_setting(const SettingName& name, const std::vector<std::string>& choices, std::string& value) {
  return choice_setting(
      name, choices, [choices, &value](size_t i) { value = choices[i]; },
      [choices, &value] {
        return static_cast<size_t>(std::find(choices.begin(), choices.end(), value) - choices.begin());
      });
}

Setting number_setting(const SettingName& name, const char* hint, uint64_t min, uint64_t max,
                       const std::function<void(uint64_t)>& set, const std::function<uint64_t()>& get) {
  const std::string expected = "a number from " + std::to_string(min) + " to " + std::to_string(max);
  Setting setting = parsed_number(
      named(name, hint, expected), [=](const std::string& text) { return parse_number(text, min, max); }, set);
  setting.get = [get] { return std::to_string(get()); };
  return setting;
}

Setting size_setting(const SettingName& name, uint64_t min, uint64_t max, const std::function<void(uint64_t)>& set,
                     const std::function<uint64_t()>& get) {
  const std::string expected = "a size from " + print_with_unit(min, kSizes) + " to " + print_with_unit(max, kSizes) +
                               " such as 512k or 1m; a number without a unit means bytes";
  Setting setting = parsed_number(
      named(name, "SIZE", expected),
      [=](const std::string& text) { return parse_with_unit(text, kSizes, "b", min, max); }, set);
  setting.get = [get] { return print_with_unit(get(), kSizes); };
  return setting;
}

Setting time_setting(const SettingName& name, std::chrono::milliseconds& value) {
  constexpr uint64_t kDayMs = 24 * 3'600'000ULL;
  Setting setting = parsed_number(
      named(name, "TIME", "a time from 1ms to 24h such as 30s or 500ms; a number without a unit means seconds"),
      [](const std::string& text) { return parse_with_unit(text, kTimes, "s", 1, kDayMs); },
      [&value](uint64_t ms) { value = std::chrono::milliseconds(ms); });
  setting.get = [&value] { return print_with_unit(static_cast<uint64_t>(value.count()), kTimes); };
  return setting;
}

}  // namespace duel::servers::config
