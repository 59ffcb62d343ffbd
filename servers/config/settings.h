#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "servers/config/app_conf.h"
#include "servers/config/options.h"
#include "servers/config/setting.h"

namespace duel::servers::config {

// Every setting of the server, bound to one Options, and where each value came from.
class Settings {
 public:
  using Flags = std::map<std::string, std::string>;  // without "--"

  static constexpr const char* kDefaultFile = "conf/app.conf";

  explicit Settings(Options& options);  // which outlives this
  Settings(const Settings&) = delete;
  Settings& operator=(const Settings&) = delete;

  // A flag wins over the environment, that over the file's section of the run mode, that over what stands before all
  // sections, that over the default. Throws ConfigError for the first value that is not as expected, and for keys and
  // sections that nobody knows; all of the file is checked, so that a mistake shows before the day it matters.
  void apply(const AppConf& conf, const Environment& environment, const Flags& flags);

  const std::vector<Setting>& all() const { return settings_; }
  // A line for each: key, flag, value and source.
  std::string print(const AppConf& conf) const;

 private:
  static const std::vector<std::string> kRunModes;

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
  std::vector<Setting> settings_;
};

}  // namespace duel::servers::config
