#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "servers/config/app_conf.h"
#include "servers/config/options.h"
#include "servers/config/setting.h"

namespace duel::servers::config {

// All settings of the server, bound to one Options object. Each setting knows the source of its value.
class Settings {
 public:
  using Flags = std::map<std::string, std::string>;  // name without "--" -> value

  static constexpr const char* kDefaultFile = "conf/app.conf";

  explicit Settings(Options& options);  // `options` must outlive this object
  Settings(const Settings&) = delete;
  Settings& operator=(const Settings&) = delete;

  // Sets every option from its first source in this order: flag, environment, section of the run mode in the file,
  // lines before all sections in the file, default. Throws ConfigError for the first unexpected value, unknown key or
  // unknown section. The whole file is checked, also the sections of other run modes, so that a mistake shows early.
  void apply(const AppConf& conf, const Environment& environment, const Flags& flags);

  const std::vector<Setting>& all() const { return settings_; }
  // Where the default of a setting came from, for print().
  void explain_default(std::string_view key, const std::string& source) { find(key)->source = "default, " + source; }
  // A table with one line per setting: key, flag, value and source.
  std::string print(const AppConf& conf) const;

 private:
  static const std::vector<std::string> kRunModes;

  void add(Setting setting);
  void add_application();
  void add_server();
  void add_timeouts();
  void add_requests();
  void add_data();
  void add_access_log();
  void add_measuring();
  void add_admin();
  void add_leak();

  Setting* find(std::string_view key);
  void apply_file(Setting& setting, const AppConf& conf) const;
  void check_together();
  static void check_file(const AppConf& conf);
  [[noreturn]] void refuse_key(const AppConf::Value& value) const;

  Options& options_;
  std::string group_;  // of the settings that add() adds
  std::vector<Setting> settings_;
};

}  // namespace duel::servers::config
