#include "servers/config/options.h"

#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "servers/config/app_conf.h"
#include "servers/config/command_flags.h"
#include "servers/config/processors.h"
#include "servers/config/settings.h"

namespace duel::servers::config {
namespace {

constexpr int kUsageStatus = 2;

// The parsed command line: the settings, and the flags that are not settings.
struct CommandLine {
  Settings::Flags flags;  // of settings
  std::optional<std::string> config;
  bool no_config = false;
  bool print_config = false;
};

// Short forms for the parts that the article's trimmed Beego leaves out.
void add_trims(CLI::App& app, CommandLine& line) {
  const auto add = [&](const CommandFlag& flag, const std::vector<const char*>& settings) {
    CLI::Option* const option = app.add_flag_callback(
        flag.flag,
        [&line, settings] {
          for (const char* setting : settings) line.flags[setting] = "off";
        },
        flag.description);
    for (const char* setting : settings) option->excludes(std::string("--") + setting);
  };
  add(kNoOrmFlag, {"orm"});
  add(kNoSessionFlag, {"session"});
  add(kTrimFlag, {"orm", "session"});
}

void add_flags(CLI::App& app, const Settings& settings, CommandLine& line) {
  app.set_version_flag(kVersionFlag.flag, "duel " DUEL_VERSION, kVersionFlag.description);
  app.set_help_flag(std::string("-h,") + kHelpFlag.flag, kHelpFlag.description);
  app.add_option(kConfigFlag.flag, line.config, kConfigFlag.description)
      ->type_name(std::string("FILE [") + Settings::kDefaultFile + " if it exists]");
  app.add_flag(kNoConfigFlag.flag, line.no_config, kNoConfigFlag.description)->excludes(kConfigFlag.flag);
  app.add_flag(kPrintConfigFlag.flag, line.print_config, kPrintConfigFlag.description);
  for (const Setting& setting : settings.all()) {
    const std::string shown = setting.default_text.empty() ? setting.get() : setting.default_text;
    app.add_option_function<std::string>(
           "--" + setting.flag, [&line, &setting](const std::string& text) { line.flags[setting.flag] = text; },
           setting.description)
        ->type_name(setting.hint + (shown.empty() ? "" : " [" + shown + "]"))
        ->group(setting.group);
  }
  add_trims(app, line);
}

// CLI11 takes the next argument as the value of a flag without a value, even if the argument is a flag:
// `--db=$UNSET --trim` would create a database file with the name "--trim".
void refuse_missing_values(const CLI::App& app, int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    std::string_view flag = argv[i];
    const bool empty = flag.ends_with('=');
    if (empty) flag.remove_suffix(1);
    const CLI::Option* const option = app.get_option_no_throw(std::string(flag));
    if (option == nullptr || option->get_items_expected_min() == 0) continue;
    ++i;
    if (!empty && i < argc && !std::string_view(argv[i]).starts_with("--")) continue;
    const std::string hint = option->get_type_name();
    throw ConfigError(std::string(flag) + " has no value; expected " + hint.substr(0, hint.find(" [")));
  }
}

AppConf load_conf(const CommandLine& line) {
  struct stat status = {};
  // lstat(), so that a symbolic link to a missing file is an error and not an absent configuration.
  const bool absent = ::lstat(Settings::kDefaultFile, &status) != 0 && (errno == ENOENT || errno == ENOTDIR);
  if (line.no_config || (absent && !line.config)) return {};
  return AppConf::load(line.config.value_or(Settings::kDefaultFile), read_regular_file, process_environment);
}

// Prints one line, even if a message of CLI11 has several lines.
void print_error(std::string message, const char* cure) {
  std::replace(message.begin(), message.end(), '\n', ' ');
  std::fprintf(stderr, "server: %s%s\n", message.c_str(), cure);
}

}  // namespace

bool Options::pooled() const {
  switch (router) {
#define DUEL_STYLE(value, name, pooled) \
  case RouterStyle::value:              \
    return (pooled);
#include "servers/config/router_styles.inc"
#undef DUEL_STYLE
  }
  return false;
}

const char* Options::router_name() const {
  switch (router) {
#define DUEL_STYLE(value, name, pooled) \
  case RouterStyle::value:              \
    return #name;
#include "servers/config/router_styles.inc"
#undef DUEL_STYLE
  }
  return "";
}

ParsedOptions parse_options(int argc, char** argv) {
  ParsedOptions parsed;
  const Processors processors = usable_processors();
  parsed.options.server.threads = processors.count;
  Settings settings(parsed.options);
  if (!processors.quota.empty()) settings.explain_default("MaxProcs", "CPU quota in " + processors.quota);
  CommandLine line;
  CLI::App app("An HTTP server on io_uring with one demo application in several router styles.", "server");
  app.get_formatter()->column_width(40);
  app.footer(
      "Every setting has a key in the configuration file and an environment variable: DUEL_ and the key in capitals,\n"
      "BEEGO_RUNMODE for --runmode. A flag wins over the environment, the environment over the file, the file over "
      "the\n"
      "default. server --print-config shows the keys.");
  add_flags(app, settings, line);
  try {
    refuse_missing_values(app, argc, argv);
    app.parse(argc, argv);
    const AppConf conf = load_conf(line);
    settings.apply(conf, process_environment, line.flags);
    parsed.run = !line.print_config;
    if (line.print_config) std::fputs(settings.print(conf).c_str(), stdout);
  } catch (const CLI::Success& success) {
    parsed.exit_status = app.exit(success);
  } catch (const CLI::ArgumentMismatch& error) {
    // Each flag takes one value, and refuse_missing_values() has found the flags without one. The text begins with the
    // flag.
    const std::string text = error.what();
    print_error(text.substr(0, text.find(':')) + " is given more than once", "; give it once");
    parsed.exit_status = kUsageStatus;
  } catch (const CLI::ParseError& error) {
    print_error(error.what(), " (server --help shows every flag)");
    parsed.exit_status = kUsageStatus;
  } catch (const ConfigError& error) {
    print_error(error.what(), "");
    parsed.exit_status = kUsageStatus;
  }
  return parsed;
}

}  // namespace duel::servers::config
