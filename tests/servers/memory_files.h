#pragma once

#include <map>
#include <optional>
#include <string>

#include "servers/config/app_conf.h"

// Configuration files and environments that exist in memory only.
namespace duel::servers {

using Files = std::map<std::string, std::string>;
using Variables = std::map<std::string, std::string>;

inline config::Environment environment_of(const Variables& variables) {
  return [&variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

inline config::ReadFile reader_of(const Files& files) {
  return [&files](const std::string& path) {
    const auto found = files.find(path);
    if (found == files.end()) throw config::ConfigError("there is no such file");
    return found->second;
  };
}

inline config::AppConf load_conf(const Files& files, const Variables& variables) {
  return config::AppConf::load("conf/app.conf", reader_of(files), environment_of(variables));
}

}  // namespace duel::servers
