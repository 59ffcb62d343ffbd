#include "servers/config/options.h"

#include <sched.h>
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
#include "servers/config/settings.h"

namespace duel::servers::config {
namespace {

constexpr int kUsageStatus = 2;

// The processors that this process may use, as Go's GOMAXPROCS: taskset and cgroup cpusets count.
unsigned usable_processors() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
}

// What a command line says beside the settings.
struct CommandLine {
  Settings::Flags flags;
  std::optional<std::string> config;
  bool no_config = false;
  bool print_config = false;
};

// Short for what the article's trimmed Beego leaves out.
void add_trims(CLI::App& app, CommandLine& line) {
  const auto switch_off = [&line](const std::vector<const char*>& flags) {
    return [&line, flags] {
      for (const char* flag : flags) line.flags[flag] = "off";
    };
  };
  app.add_flag_callback("--no-orm", switch_off({"orm"}), "--orm=off")->excludes("--orm");
  app.add_flag_callback("--no-session", switch_off({"session"}), "--session=off")->excludes("--session");
  app.add_flag_callback("--trim", switch_off({"orm", "session"}), "Both")->excludes("--orm")->excludes("--session");
}

void add_flags(CLI::App& app, const Settings& settings, CommandLine& line) {
  app.set_version_flag("--version", "duel " DUEL_VERSION, "Print the version");
  app.set_help_flag("-h,--help", "Print this");
  app.add_option("--config", line.config, "Configuration in Beego's INI form")
      ->type_name(std::string("FILE [") + Settings::kDefaultFile + ", if it is there]");
  app.add_flag("--no-config", line.no_config, "Read none")->excludes("--config");
  app.add_flag("--print-config", line.print_config, "Print every setting, its value and where that came from, and end");
  for (const Setting& setting : settings.all()) {
    const std::string value = setting.get();
    app.add_option_function<std::string>(
           "--" + setting.flag, [&line, &setting](const std::string& text) { line.flags[setting.flag] = text; },
           setting.what)
        ->type_name(setting.hint + (value.empty() ? "" : " [" + value + "]"));
  }
  add_trims(app, line);
}

// CLI11 takes what follows for the value of a flag that has none, be it another flag: `--db=$UNSET --trim` would make a
// file of that name.
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
  // A link that leads nowhere is a mistake to be told of.
  const bool absent = ::lstat(Settings::kDefaultFile, &status) != 0 && (errno == ENOENT || errno == ENOTDIR);
  if (line.no_config || (absent && !line.config)) return {};
  return AppConf::load(line.config.value_or(Settings::kDefaultFile), read_regular_file, process_environment);
}

// CLI11's messages may have several lines.
void print_error(std::string message, const char* cure) {
  std::replace(message.begin(), message.end(), '\n', ' ');
  std::fprintf(stderr, "server: %s%s\n", message.c_str(), cure);
}

}  // namespace

ParsedOptions parse_options(int argc, char** argv) {
  ParsedOptions parsed;
  parsed.options.server.threads = usable_processors();
  Settings settings(parsed.options);
  CommandLine line;
  CLI::App app("One io_uring HTTP core under two router styles.", "server");
  app.get_formatter()->column_width(40);
  app.footer(
      "A flag wins over the environment (DUEL_ and the key, in capitals; BEEGO_RUNMODE), that over the\n"
      "configuration, that over the default. server --print-config shows the keys.");
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
