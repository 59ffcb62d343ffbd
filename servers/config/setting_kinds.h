#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "servers/config/admin_options.h"
#include "servers/config/profile_options.h"
#include "servers/config/setting.h"

namespace duel::servers::config {

// Settings whose values have a form of their own; each binds as those of setting.h do.

// Beego's includedMethods: "GET;POST".
Setting methods_setting(const SettingName& name, std::vector<std::string>& methods);
// --print-config says only that there is one.
Setting secret_setting(const SettingName& name, const char* hint, std::string& value);
// Beego's form maps prefixes to folders, "/static:public"; here /static is the only prefix.
Setting directory_setting(const SettingName& name, std::string& directory);
// A time, or 0 for never.
Setting interval_setting(const SettingName& name, std::chrono::milliseconds& value);
// A port that is known to be asked for: only the default may give way to another.
Setting admin_port_setting(const SettingName& name, AdminOptions& admin);
// A mean distance of samples, or a switch.
Setting heap_profile_setting(const SettingName& name, ProfileOptions& profiles);

}  // namespace duel::servers::config
