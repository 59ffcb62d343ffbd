#include "servers/config/settings.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "servers/config/suggestion.h"

namespace duel::servers::config {
namespace {

std::string place(const AppConf::Value& value) {
  return value.file + ":" + std::to_string(value.line);
}

void set_from(Setting& setting, const AppConf::Value& value) {
  if (!setting.set(value.text)) {
    std::string sentence = setting.key + " = " + in_quotes(value.text);
    if (!value.variable.empty()) sentence += " (from the environment variable " + in_quotes(value.variable) + ")";
    sentence += ": expected " + setting.expected;
    if (value.text.find(" #") != std::string::npos || value.text.find(" ;") != std::string::npos) {
      sentence += "; a comment needs a line of its own";
    }
    throw ConfigError(value.file, value.line, sentence);
  }
  setting.source = place(value) + (value.variable.empty() ? "" : ", environment " + value.variable);
}

void set_variable(Setting& setting, const Environment& environment) {
  const std::string name = setting.variable();
  const auto text = environment(name);
  if (!text || text->empty()) return;
  if (!setting.set(*text)) {
    throw ConfigError("the environment variable " + name + " = " + in_quotes(*text) + ": expected " + setting.expected);
  }
  setting.source = "environment " + name;
}

void set_flag(Setting& setting, const Settings::Flags& flags) {
  const auto flag = flags.find(setting.flag);
  if (flag == flags.end()) return;
  if (!setting.set(flag->second)) {
    throw ConfigError("--" + setting.flag + " = " + in_quotes(flag->second) + ": expected " + setting.expected);
  }
  setting.source = "flag";
}

}  // namespace

void Settings::apply(const AppConf& conf, const Environment& environment, const Flags& flags) {
  check_file(conf);
  for (Setting& setting : settings_) {
    apply_file(setting, conf);
    set_variable(setting, environment);
    set_flag(setting, flags);
  }
  check_together();
}

void Settings::apply_file(Setting& setting, const AppConf& conf) const {
  const AppConf::Value* value = nullptr;
  if (&setting != settings_.data()) value = conf.find(options_.run_mode, setting.key);
  if (value == nullptr) value = conf.find(AppConf::kDefaultSection, setting.key);
  if (value != nullptr) set_from(setting, *value);
}

void Settings::check_together() {
  if (options_.stats_interval.count() > 0 && options_.stats_file.empty()) {
    throw ConfigError("StatsInterval is set (" + find("StatsInterval")->source +
                      ") but StatsFile is not: give --stats-file=FILE too");
  }
  const std::string& mux_source = find("Mux")->source;
  if (mux_source != Setting().source && options_.router != RouterStyle::kNetHttp) {
    throw ConfigError("Mux is set (" + mux_source + ") but Router is " + options_.router_name() +
                      ": only the net/http style has two muxes; remove Mux, or give --router=nethttp");
  }
  if (options_.enable_http) return;
  throw ConfigError("EnableHTTP is off (" + find("EnableHTTP")->source +
                    "), but this server has no HTTPS to listen for instead: set EnableHTTP to on");
}

void Settings::check_file(const AppConf& conf) {
  Options options;
  Settings settings(options);
  for (const auto& [name, section] : conf.sections()) {
    const bool is_mode = name != AppConf::kDefaultSection;
    if (is_mode && std::find(kRunModes.begin(), kRunModes.end(), name) == kRunModes.end()) {
      throw ConfigError(conf.section_place(name) + ": unknown section " + in_quotes(name) +
                        "; expected a run mode: dev, prod or test" + suggestion(name, kRunModes));
    }
    for (const auto& [key, value] : section) {
      Setting* const setting = settings.find(key);
      if (setting == nullptr) settings.refuse_key(value);
      if (is_mode && setting == settings.settings_.data()) {
        throw ConfigError(value.file, value.line, "RunMode chooses the section: set it before all sections");
      }
      if (!value.text.empty()) set_from(*setting, value);
    }
  }
}

Setting* Settings::find(std::string_view key) {
  const std::string lower = to_lower_ascii(key);
  const auto found = std::find_if(settings_.begin(), settings_.end(),
                                  [&](const Setting& setting) { return to_lower_ascii(setting.key) == lower; });
  return found == settings_.end() ? nullptr : &*found;
}

void Settings::refuse_key(const AppConf::Value& value) const {
  std::vector<std::string> keys;
  std::transform(settings_.begin(), settings_.end(), std::back_inserter(keys),
                 [](const Setting& setting) { return setting.key; });
  throw ConfigError(
      value.file, value.line,
      "unknown key " + in_quotes(value.key) + suggestion(value.key, keys) + "; server --print-config shows every key");
}

std::string Settings::print(const AppConf& conf) const {
  std::string text = "configuration: ";
  text += conf.path().empty() ? "no file" : conf.path();
  text += "\n\n";
  constexpr const char* kHeads[] = {"key", "flag", "value", "source"};
  std::vector<std::array<std::string, 4>> rows = {{kHeads[0], kHeads[1], kHeads[2], kHeads[3]}};
  for (const Setting& setting : settings_) {
    rows.push_back({setting.key, "--" + setting.flag, setting.get(), setting.source});
  }
  std::array<size_t, 4> widths{};
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) line += row[i] + std::string(widths[i] + 2 - row[i].size(), ' ');
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace duel::servers::config
