#pragma once

#include <array>

namespace duel::servers::config {

// A flag of the command line that is not a setting: it has no key in conf/app.conf and no environment variable.
struct CommandFlag {
  const char* flag;
  const char* description;
};

inline constexpr CommandFlag kConfigFlag{"--config", "The configuration file, in Beego's INI form"};
inline constexpr CommandFlag kNoConfigFlag{"--no-config", "Read no configuration file"};
inline constexpr CommandFlag kPrintConfigFlag{
    "--print-config", "Print every setting with its value and the source of the value, and end"};
inline constexpr CommandFlag kNoOrmFlag{"--no-orm", "Short for --orm=off"};
inline constexpr CommandFlag kNoSessionFlag{"--no-session", "Short for --session=off"};
inline constexpr CommandFlag kTrimFlag{"--trim", "Short for --orm=off --session=off"};
inline constexpr CommandFlag kVersionFlag{"--version", "Print the version and end"};
inline constexpr CommandFlag kHelpFlag{"--help", "Print all flags and end"};

inline constexpr std::array kCommandFlags = {kConfigFlag,    kNoConfigFlag, kPrintConfigFlag, kNoOrmFlag,
                                             kNoSessionFlag, kTrimFlag,     kVersionFlag,     kHelpFlag};

}  // namespace duel::servers::config
