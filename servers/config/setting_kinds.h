#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "http/grammar/address.h"
#include "servers/config/admin_options.h"
#include "servers/config/profile_options.h"
#include "servers/config/setting.h"

namespace duel::servers::config {

// Kinds of settings that have a special form of value. Each binds to a variable like the kinds in setting.h.

// A list of methods as in Beego's includedMethods: "GET;POST".
Setting methods_setting(const SettingName& name, std::vector<std::string>& methods);
// Addresses and networks, separated by commas: "10.0.0.0/8,::1"; or "none".
Setting networks_setting(const SettingName& name, std::vector<http::grammar::Network>& networks);
// A text that --print-config does not show.
Setting secret_setting(const SettingName& name, const char* hint, std::string& value);
// A directory. Beego's form "/static:public", which maps a prefix to a directory, is accepted for the prefix /static.
Setting directory_setting(const SettingName& name, std::string& directory);
// A database of SQLite: memory, or the path of a file. The empty text is refused.
Setting database_setting(const SettingName& name, std::string& database);
// A time of at least 1 s, or 0 for never.
Setting interval_setting(const SettingName& name, std::chrono::milliseconds& value);
// A port, or "any". Setting it clears AdminOptions::port_is_default, because only the default port may be replaced by a
// free one.
Setting admin_port_setting(const SettingName& name, AdminOptions& admin);
// The mean number of bytes between two samples, or on or off.
Setting heap_profile_setting(const SettingName& name, ProfileOptions& profiles);

}  // namespace duel::servers::config
