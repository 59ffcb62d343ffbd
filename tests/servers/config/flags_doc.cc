#include "tests/servers/config/flags_doc.h"

#include <string_view>

#include "servers/config/command_flags.h"
#include "servers/config/options.h"
#include "servers/config/settings.h"

namespace duel::servers::config {
namespace {

constexpr std::string_view kIntroduction = R"(# Flags

<!-- Made from servers/config/settings_table.cc by tools/docs. Do not edit. -->

Every setting of `server` has a flag, a key in `conf/app.conf` and an environment variable. The variable is `DUEL_` and the
key in capitals, such as `DUEL_HTTPPORT`; the variable of `--runmode` is `BEEGO_RUNMODE`. [Configuration](configuration.md)
tells which of them wins. `server --help` prints the flags, and `server --print-config` prints the values that apply.

A switch accepts `on`, `off` and the other spellings of Beego (`true`, `yes`, `1`, ...). A time is a number of seconds, or a
number with `ms`, `s`, `m` or `h`. A size is a number of bytes, or a number with `k`, `m` or `g`.
)";

// A `|` would end the cell of a table.
std::string cell(std::string_view text) {
  std::string escaped;
  for (const char c : text) escaped += c == '|' ? std::string("\\|") : std::string(1, c);
  return escaped;
}

std::string code(std::string_view text) {
  return "`" + cell(text) + "`";
}

std::string row(const Setting& setting) {
  const std::string value = setting.get();
  const std::string shown = setting.default_text.empty() ? (value.empty() ? "" : code(value)) : setting.default_text;
  return "| " + code("--" + setting.flag + "=" + setting.hint) + " | " + shown + " | " + code(setting.key) + " | " +
         cell(setting.description) + " |\n";
}

}  // namespace

std::string flags_doc() {
  Options options;
  const Settings settings(options);
  std::string text(kIntroduction);
  std::string group;
  for (const Setting& setting : settings.all()) {
    if (setting.group != group) {
      group = setting.group;
      text += "\n## " + group + "\n\n| flag | default | key | |\n|---|---|---|---|\n";
    }
    text += row(setting);
  }
  text += "\n## Flags that are not settings\n\n| flag | |\n|---|---|\n";
  for (const CommandFlag& flag : kCommandFlags) {
    text += "| " + code(flag.flag) + " | " + cell(flag.description) + " |\n";
  }
  return text;
}

}  // namespace duel::servers::config
