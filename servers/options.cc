#include "servers/options.h"

#include <sched.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <map>

#include "http/limits.h"

namespace duel::servers {
namespace {

constexpr int kUsageStatus = 2;

// Names of a flag's values, and what CLI11 reads in their place.
const std::map<std::string, std::string> kRouters = {{"gin", std::to_string(static_cast<int>(RouterStyle::kGin))},
                                                     {"beego", std::to_string(static_cast<int>(RouterStyle::kBeego))}};
const std::map<std::string, std::string> kSwitch = {{"on", "true"}, {"off", "false"}};
const std::map<std::string, double> kMilliseconds = {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}};
const std::map<std::string, double> kBytes = {{"b", 1},        {"k", 1024},       {"kb", 1024},      {"m", 1048576},
                                              {"mb", 1048576}, {"g", 1073741824}, {"gb", 1073741824}};

// The processors that this process may use, as Go's GOMAXPROCS: taskset and cgroup cpusets count.
unsigned usable_processors() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
}

CLI::Validator one_of(const std::map<std::string, std::string>& choices) {
  return {[&choices](std::string& text) -> std::string {
            if (const auto found = choices.find(text); found != choices.end()) {
              text = found->second;
              return {};
            }
            std::string names;
            for (const auto& [name, value] : choices) names += (names.empty() ? "" : " or ") + name;
            return "'" + text + "' must be " + names;
          },
          "", "choice"};
}

CLI::Validator from_to(uint64_t least, uint64_t most) {
  return {[=](std::string& text) -> std::string {
            uint64_t value = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
            const bool number = error == std::errc() && end == text.data() + text.size();
            if (number && value >= least && value <= most) return {};
            return "'" + text + "' is no number from " + std::to_string(least) + " to " + std::to_string(most);
          },
          "", "range"};
}

// "1.5s" with the unit s -> 1500. A number alone is taken in `default_unit`.
CLI::Validator with_unit(const std::map<std::string, double>& units, const std::string& default_unit, double least,
                         double most) {
  std::string names;
  for (const auto& [name, factor] : units) names += (names.empty() ? "" : ", ") + name;
  return {[=, &units](std::string& text) -> std::string {
            size_t digits = 0;
            double value = 0;
            try {
              value = std::stod(text, &digits);
            } catch (const std::exception&) {
              return "'" + text + "' is no number with a unit of " + names;
            }
            std::string unit = text.substr(digits);
            std::transform(unit.begin(), unit.end(), unit.begin(), [](unsigned char c) { return std::tolower(c); });
            const auto found = units.find(unit.empty() ? default_unit : unit);
            if (found == units.end()) return "'" + text + "' has none of the units " + names;
            value *= found->second;
            if (!(value >= least && value <= most))
              return "'" + text + "' is out of range: the most is " +
                     std::to_string(static_cast<int64_t>(most / units.at(default_unit))) + default_unit;
            text = std::to_string(static_cast<int64_t>(value));
            return {};
          },
          "", "unit"};
}

void add_timeout(CLI::App& app, const char* flag, std::chrono::milliseconds& timeout, const char* what) {
  constexpr double kDayMs = 24 * 3'600'000.0;
  const std::string shown = std::to_string(timeout.count() / 1000) + "s";
  app.add_option_function<int64_t>(
         flag, [&timeout](int64_t value) { timeout = std::chrono::milliseconds(value); }, what)
      ->transform(with_unit(kMilliseconds, "s", 1, kDayMs))
      ->type_name("TIME [" + shown + "]");
}

void add_switch(CLI::App& app, const char* flag, bool& value, const char* what) {
  app.add_option(flag, value, what)->transform(one_of(kSwitch))->type_name(value ? "on|off [on]" : "on|off [off]");
}

void add_server_flags(CLI::App& app, http::ServerOptions& server) {
  constexpr uint64_t kMaxThreads = 256;
  constexpr uint64_t kMaxConnections = 1'000'000;
  app.add_option("--host", server.host, "Numeric address to listen on")->type_name("ADDRESS [" + server.host + "]");
  app.add_option("--port", server.port, "TCP port; 0 takes a free one and says which")
      ->check(from_to(0, 65535))
      ->type_name("PORT [8080]");
  app.add_option("--threads", server.threads, "Workers, each with a ring and a listener; default: usable processors")
      ->check(from_to(1, kMaxThreads))
      ->type_name("N [" + std::to_string(server.threads) + "]");
  app.add_option("--max-connections", server.max_connections, "Beyond it a client is answered with 503")
      ->check(from_to(1, kMaxConnections))
      ->type_name("N [" + std::to_string(server.max_connections) + "]");
  app.add_option("--max-body", server.max_body, "Largest request body; beyond it 413")
      ->transform(with_unit(kBytes, "b", 0, static_cast<double>(http::limits::kMaxBodyBytesMost)))
      ->type_name("SIZE [1M]");
  add_timeout(app, "--header-timeout", server.header_timeout, "From a request's first byte to the end of its head");
  add_timeout(app, "--body-timeout", server.body_timeout, "From the end of the head to the end of the body");
  add_timeout(app, "--idle-timeout", server.idle_timeout, "Between two requests, and before the first");
  add_timeout(app, "--write-timeout", server.write_timeout, "An answer of which the client takes nothing");
  add_timeout(app, "--drain-timeout", server.drain_timeout, "After SIGTERM, for requests in flight");
}

// What the article's Beego sets up by default and the trimmed one leaves out.
void add_data_flags(CLI::App& app, DataOptions& data) {
  app.add_option("--db", data.database, "SQLite database of /sql and /orm: in memory, or a file")
      ->type_name("memory|FILE [memory]");
  app.add_flag_callback(
      "--no-orm", [&data] { data.orm = false; }, "Beego style: without the ORM");
  app.add_flag_callback(
      "--no-session", [&data] { data.session = false; }, "Beego style: without sessions");
  app.add_flag_callback(
      "--trim", [&data] { data.orm = data.session = false; }, "Both: what the article's trimmed Beego leaves out");
  app.add_option_function<std::string>(
         "--session-provider",
         [&data](const std::string& provider) { data.session_in_database = provider == "sqlite"; },
         "Beego style: where sessions are kept")
      ->check(CLI::IsMember({"memory", "sqlite"}))
      ->type_name("memory|sqlite [memory]");
}

// CLI11's message, which may have several lines, as one sentence.
void print_error(const CLI::ParseError& error) {
  std::string message = error.what();
  std::replace(message.begin(), message.end(), '\n', ' ');
  std::fprintf(stderr, "server: %s (server --help shows every flag)\n", message.c_str());
}

}  // namespace

ParsedOptions parse_options(int argc, char** argv) {
  ParsedOptions parsed;
  Options& options = parsed.options;
  options.server.threads = usable_processors();

  CLI::App app("One io_uring HTTP core under two router styles.", "server");
  app.set_version_flag("--version", "duel " DUEL_VERSION, "Print the version");
  app.set_help_flag("-h,--help", "Print this");
  app.get_formatter()->column_width(40);
  app.add_option("--router", options.router, "Router style")->transform(one_of(kRouters))->type_name("gin|beego [gin]");
  add_server_flags(app, options.server);
  add_switch(app, "--pool", options.pool, "Take request contexts from a pool, or make one for each request");
  app.add_option("--static-dir", options.static_dir, "What GET /static/... answers with")->type_name("DIRECTORY [.]");
  app.add_option("--stats-file", options.stats_file, "Append counters as a line of JSON, on SIGUSR1 and at the end")
      ->type_name("FILE");
  add_switch(app, "--count-allocations", options.count_allocations,
             "Count calls of the allocator; slows every one down");
  add_data_flags(app, options.data);
  try {
    app.parse(argc, argv);
    parsed.run = true;
  } catch (const CLI::Success& success) {
    parsed.exit_status = app.exit(success);
  } catch (const CLI::ParseError& error) {
    print_error(error);
    parsed.exit_status = kUsageStatus;
  }
  return parsed;
}

}  // namespace duel::servers
