#include "servers/settings.h"

#include <algorithm>
#include <array>
#include <bit>
#include <iterator>

#include "alloc/profile/heap_sampler.h"
#include "http/limits.h"
#include "http/token.h"

namespace duel::servers {
namespace {

const std::vector<std::string> kRunModes = {"dev", "prod", "test"};
const std::vector<std::string> kRouters = {"gin", "beego"};        // as RouterStyle
const std::vector<std::string> kProviders = {"memory", "sqlite"};  // as DataOptions::session_in_database
const std::vector<std::string> kContexts = {"fresh", "pooled"};    // as Options::beego_pooled

const std::vector<std::string> kScenarios = {"none", "leak", "leak-fixed"};  // as Scenario

// A number setting of any integer type.
template <class Number>
Setting count_setting(const SettingName& name, const char* hint, uint64_t least, uint64_t most, Number& value) {
  return number_setting(
      name, hint, least, most, [&value](uint64_t number) { value = static_cast<Number>(number); },
      [&value] { return static_cast<uint64_t>(value); });
}

template <class Number>
Setting bytes_setting(const SettingName& name, uint64_t least, uint64_t most, Number& value) {
  return size_setting(
      name, least, most, [&value](uint64_t number) { value = static_cast<Number>(number); },
      [&value] { return static_cast<uint64_t>(value); });
}

// Beego's includedMethods: "GET;POST".
Setting methods_setting(const SettingName& name, std::vector<std::string>& methods) {
  Setting setting = named(name, "METHODS", "methods such as GET;POST");
  setting.set = [&methods](const std::string& list) {
    std::vector<std::string> given;
    std::string rest = list;
    std::replace(rest.begin(), rest.end(), ';', ',');
    http::for_each_member(rest, [&](std::string_view method) { given.emplace_back(method); });
    if (given.empty() || !std::all_of(given.begin(), given.end(), http::is_token)) return false;
    for (std::string& method : given) {
      std::transform(method.begin(), method.end(), method.begin(),
                     [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    }
    methods = given;
    return true;
  };
  setting.get = [&methods] {
    std::string all;
    for (const std::string& method : methods) all += (all.empty() ? "" : ";") + method;
    return all;
  };
  return setting;
}

// --print-config says only that there is one.
Setting secret_setting(const SettingName& name, const char* hint, std::string& value) {
  Setting setting = text_setting(name, hint, value);
  setting.get = [&value] { return value.empty() ? "" : "(not shown)"; };
  return setting;
}

// Beego's form maps prefixes to folders, "/static:public"; here /static is the only prefix.
Setting directory_setting(const SettingName& name, std::string& directory) {
  Setting setting = text_setting(name, "DIRECTORY", directory);
  setting.expected = "a directory, or /static:DIRECTORY";
  setting.set = [&directory](const std::string& text) {
    std::string_view path = text;
    for (const std::string_view prefix : {"/static:", "static:"}) {
      if (path.starts_with(prefix)) path.remove_prefix(prefix.size());
    }
    if (path.empty()) return false;
    directory = path;
    return true;
  };
  return setting;
}

// A time, or 0 for never.
Setting interval_setting(const SettingName& name, std::chrono::milliseconds& value) {
  Setting setting = time_setting(name, value);
  const auto set_time = setting.set;
  const auto get_time = setting.get;
  setting.expected += "; at least 1s, or 0 for never";
  setting.set = [&value, set_time](const std::string& text) {
    const std::chrono::milliseconds before = value;
    if (text == "0") {
      value = std::chrono::milliseconds(0);
      return true;
    }
    if (set_time(text) && value >= std::chrono::seconds(1)) return true;
    value = before;
    return false;
  };
  setting.get = [&value, get_time] { return value.count() == 0 ? "0" : get_time(); };
  return setting;
}

// A port that is known to be asked for: only the default may give way to another.
Setting admin_port_setting(const SettingName& name, AdminOptions& admin) {
  constexpr uint64_t kMostPort = 65535;
  Setting setting = count_setting(name, "PORT|any", 0, kMostPort, admin.port);
  const auto set_number = setting.set;
  const auto get_number = setting.get;
  setting.expected = "a number from 0 to 65535, or any";
  setting.set = [&admin, set_number](const std::string& text) {
    const bool any = text == "any";
    if (!any && !set_number(text)) return false;
    admin.any_port = any;
    admin.port_is_default = false;
    return true;
  };
  setting.get = [&admin, get_number] { return admin.any_port ? "any" : get_number(); };
  return setting;
}

// A mean distance of samples, or a switch.
Setting heap_profile_setting(const SettingName& name, ProfileOptions& profiles) {
  constexpr uint64_t kLeast = 1;
  constexpr uint64_t kMost = uint64_t{1} << 40;
  Setting setting = bytes_setting(name, kLeast, kMost, profiles.heap_sample_bytes);
  const auto set_bytes = setting.set;
  const auto get_bytes = setting.get;
  setting.hint = "on|off|BYTES";
  setting.expected = "on, off, or the mean bytes between two samples, a power of two such as 512k";
  setting.set = [&profiles, set_bytes](const std::string& text) {
    const std::string word = lower_case(text);
    const uint64_t before = profiles.heap_sample_bytes;
    if (word == "on" || word == "true") {
      profiles.heap_sample_bytes = profile::kHeapSampleBytes;
    } else if (word == "off" || word == "false") {
      profiles.heap_sample_bytes = 0;
    } else if (!set_bytes(text) || !std::has_single_bit(profiles.heap_sample_bytes)) {
      profiles.heap_sample_bytes = before;
      return false;
    }
    return true;
  };
  setting.get = [&profiles, get_bytes] {
    if (profiles.heap_sample_bytes == 0) return std::string("off");
    return profiles.heap_sample_bytes == profile::kHeapSampleBytes ? std::string("on") : get_bytes();
  };
  return setting;
}

// How many letters have to be put in, taken out or changed.
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

// Of `names` the one that was meant, as " (did you mean X?)"; empty if none is near.
std::string suggestion(std::string_view name, const std::vector<std::string>& names) {
  constexpr size_t kLongest = 64;  // the distance costs time by both lengths
  if (name.size() > kLongest) return {};
  const std::string lower = lower_case(name);
  size_t nearest = std::max<size_t>(2, name.size() / 3) + 1;
  std::string meant;
  for (const std::string& known : names) {
    const size_t far = distance(lower, lower_case(known));
    if (far >= nearest) continue;
    nearest = far;
    meant = known;
  }
  return meant.empty() ? "" : " (did you mean " + meant + "?)";
}

std::string place(const AppConf::Value& value) {
  return value.file + ":" + std::to_string(value.line);
}

void set_from(Setting& setting, const AppConf::Value& value) {
  if (!setting.set(value.text)) {
    std::string what = setting.key + " = " + in_quotes(value.text);
    if (!value.variable.empty()) what += " (by the environment's " + in_quotes(value.variable) + ")";
    what += ": expected " + setting.expected;
    if (value.text.find(" #") != std::string::npos || value.text.find(" ;") != std::string::npos) {
      what += "; a comment needs a line of its own";
    }
    throw ConfigError(value.file, value.line, what);
  }
  setting.source = place(value) + (value.variable.empty() ? "" : ", environment " + value.variable);
}

void set_variable(Setting& setting, const Environment& environment) {
  const std::string name = setting.variable();
  const auto text = environment(name);
  if (!text || text->empty()) return;
  if (!setting.set(*text)) {
    throw ConfigError("the environment's " + name + " = " + in_quotes(*text) + ": expected " + setting.expected);
  }
  setting.source = "environment " + name;
}

void set_flag(Setting& setting, const Settings::Flags& flags) {
  const auto flag = flags.find(setting.flag);
  if (flag == flags.end()) return;
  if (!setting.set(flag->second)) {
    throw ConfigError("--" + setting.flag + " = " + in_quotes(flag->second) + ": expected " + setting.expected);
  }
  setting.source = "flag";
}

}  // namespace

Settings::Settings(Options& options) : options_(options) {
  add_application();
  add_server();
  add_timeouts();
  add_requests();
  add_data();
  add_access_log();
  add_measuring();
  add_admin();
  add_leak();
}

// The run mode is the first: the others depend on it.
void Settings::add_application() {
  settings_.push_back(choice_setting({"RunMode", "runmode", "Which section of the configuration counts"}, kRunModes,
                                     options_.run_mode));
  settings_.push_back(text_setting({"AppName", "app-name", "Name of the application, for the first line printed"},
                                   "NAME", options_.app_name));
  settings_.push_back(choice_setting(
      {"Router", "router", "Router style"}, kRouters,
      [this](size_t i) { options_.router = static_cast<RouterStyle>(i); },
      [this] { return static_cast<size_t>(options_.router); }));
  settings_.push_back(switch_setting(
      {"ContextPool", "pool", "Gin style: take request contexts from a pool, or make one for each request"},
      options_.pool));
  settings_.push_back(choice_setting(
      {"BeegoContext", "beego-context",
       "Beego style: a context made for each request, or used again as the original does"},
      kContexts, [this](size_t i) { options_.beego_pooled = i == 1; },
      [this] { return static_cast<size_t>(options_.beego_pooled); }));
  settings_.push_back(
      directory_setting({"StaticDir", "static-dir", "What GET /static/... answers with"}, options_.static_dir));
}

void Settings::add_server() {
  constexpr uint64_t kMostPort = 65535;
  constexpr uint64_t kMostThreads = 256;
  constexpr uint64_t kMostConnections = 1'000'000;
  http::ServerOptions& server = options_.server;
  settings_.push_back(
      switch_setting({"EnableHTTP", "enable-http", "Listen at all; there is no HTTPS"}, options_.enable_http));
  settings_.push_back(address_setting({"HTTPAddr", "host", "Numeric address to listen on"}, server.host));
  settings_.push_back(count_setting({"HTTPPort", "port", "TCP port; 0 takes a free one and says which"}, "PORT", 0,
                                    kMostPort, server.port));
  settings_.push_back(
      count_setting({"MaxProcs", "threads", "Workers, each with a ring and a listener; default: usable processors"},
                    "N", 1, kMostThreads, server.threads));
  settings_.push_back(count_setting({"MaxConnections", "max-connections", "Beyond it a client is answered with 503"},
                                    "N", 1, kMostConnections, server.max_connections));
  settings_.push_back(bytes_setting({"MaxMemory", "max-body", "Largest request body; beyond it 413"}, 0,
                                    http::limits::kMaxBodyBytesMost, server.max_body));
  settings_.push_back(switch_setting(
      {"DisableKeepAlive", "disable-keep-alive", "Close each connection after one answer"}, server.disable_keep_alive));
}

void Settings::add_timeouts() {
  http::ServerOptions& server = options_.server;
  settings_.push_back(
      time_setting({"ReadHeaderTimeout", "header-timeout", "From a request's first byte to the end of its head"},
                   server.header_timeout));
  settings_.push_back(time_setting({"ReadTimeout", "body-timeout", "From the end of the head to the end of the body"},
                                   server.body_timeout));
  settings_.push_back(
      time_setting({"IdleTimeout", "idle-timeout", "Between two requests, and before the first"}, server.idle_timeout));
  settings_.push_back(time_setting({"WriteTimeout", "write-timeout", "An answer of which the client takes nothing"},
                                   server.write_timeout));
  settings_.push_back(
      time_setting({"DrainTimeout", "drain-timeout", "After SIGTERM, for requests in flight"}, server.drain_timeout));
}

void Settings::add_requests() {
  settings_.push_back(
      switch_setting({"CopyRequestBody", "copy-request-body", "Give handlers a copy of each body, as Beego does"},
                     options_.copy_request_body));
  settings_.push_back(
      switch_setting({"EnableGzip", "gzip", "Compress answers for clients that take gzip"}, options_.enable_gzip));
  settings_.push_back(bytes_setting({"gzipMinLength", "gzip-min-length", "Shorter answers stay plain"}, 0,
                                    http::limits::kMaxBodyBytesMost, options_.gzip.least_bytes));
  settings_.push_back(count_setting({"gzipCompressLevel", "gzip-level", "From fast to small"}, "N",
                                    http::kLeastGzipLevel, http::kMostGzipLevel, options_.gzip.level));
  settings_.push_back(methods_setting(
      {"includedMethods", "gzip-methods", "Whose answers are compressed; GET counts for HEAD"}, options_.gzip_methods));
}

void Settings::add_data() {
  DataOptions& data = options_.data;
  settings_.push_back(text_setting({"Database", "db", "SQLite database of /sql and /orm: in memory, or a file"},
                                   "memory|FILE", data.database));
  settings_.push_back(switch_setting({"EnableORM", "orm", "Beego style: with the ORM"}, data.orm));
  settings_.push_back(switch_setting({"SessionOn", "session", "Beego style: with sessions"}, data.session));
  settings_.push_back(choice_setting(
      {"SessionProvider", "session-provider", "Beego style: where sessions are kept"}, kProviders,
      [&data](size_t i) { data.session_in_database = i == 1; },
      [&data] { return static_cast<size_t>(data.session_in_database); }));
  constexpr uint64_t kMostExpireSeconds = 400ULL * 24 * 3600;  // what browsers cut a cookie's life to
  settings_.push_back(
      switch_setting({"EnableXSRF", "xsrf", "Beego style: POST, PUT and DELETE need a token"}, data.xsrf));
  settings_.push_back(secret_setting(
      {"XSRFKey", "xsrf-key", "Signs the token's cookie; default: a random one, new with each start. Others see flags"},
      "KEY", data.xsrf_key));
  settings_.push_back(
      count_setting({"XSRFExpire", "xsrf-expire", "Seconds the token's cookie lives; 0: with the browser"}, "SECONDS",
                    0, kMostExpireSeconds, data.xsrf_expire_s));
}

void Settings::add_access_log() {
  constexpr uint64_t kLeastQueueBytes = 4096;  // a line
  constexpr uint64_t kMostQueueBytes = 1ULL << 30;
  AccessLogOptions& log = options_.access_log;
  settings_.push_back(switch_setting({"AccessLogs", "access-logs", "Write a line for each request"}, log.on));
  settings_.push_back(switch_setting(
      {"AccessLogsAsync", "access-logs-async", "Write them on a thread of its own; drops lines rather than wait"},
      log.async));
  settings_.push_back(text_setting(
      {"AccessLogsFile", "access-logs-file", "Append them to this; default: standard output"}, "FILE", log.file));
  settings_.push_back(
      bytes_setting({"AccessLogsQueue", "access-logs-queue", "Lines that wait to be written by that thread"},
                    kLeastQueueBytes, kMostQueueBytes, log.queue_bytes));
}

void Settings::add_measuring() {
  settings_.push_back(
      text_setting({"StatsFile", "stats-file", "Append counters as a line of JSON, on SIGUSR1 and at the end"}, "FILE",
                   options_.stats_file));
  settings_.push_back(interval_setting(
      {"StatsInterval", "stats-interval", "Append them as a line of CSV so often instead, with memory and its growth"},
      options_.stats_interval));
  settings_.push_back(
      switch_setting({"CountAllocations", "count-allocations", "Count calls of the allocator; slows every one down"},
                     options_.count_allocations));
  settings_.push_back(switch_setting({"AccountPhases", "account-phases",
                                      "Tell what each part of a request costs; reads a clock at each, not for timing"},
                                     options_.account_phases));
  settings_.push_back(heap_profile_setting(
      {"HeapProfile", "heap-profile", "Sample allocations for heap profiles: one of so many bytes, on: of 512k"},
      options_.profiles));
  settings_.push_back(text_setting(
      {"ProfileDir", "profile-dir", "Where POST /debug/save of the admin port puts profiles; default: nowhere"},
      "DIRECTORY", options_.profiles.directory));
}

void Settings::add_admin() {
  AdminOptions& admin = options_.admin;
  settings_.push_back(
      switch_setting({"EnableAdmin", "admin", "Answer on a port for operators: metrics, profiles, health"}, admin.on));
  settings_.push_back(address_setting({"AdminAddr", "admin-host", "Numeric address of that port"}, admin.host));
  settings_.push_back(admin_port_setting(
      {"AdminPort", "admin-port",
       "Its number: 0 is none, any takes a free one; the default gives way to a free one if it is in use"},
      admin));
}

void Settings::add_leak() {
  constexpr uint64_t kMostItems = 100'000'000;
  LeakOptions& leak = options_.leak;
  settings_.push_back(choice_setting(
      {"Scenario", "scenario", "Mount GET /api/item/:id, which keeps a buffer for each: for ever, or a bounded number"},
      kScenarios, [&leak](size_t i) { leak.scenario = static_cast<Scenario>(i); },
      [&leak] { return static_cast<size_t>(leak.scenario); }));
  settings_.push_back(time_setting(
      {"LeakDelay", "leak-delay", "When the background task of an item of --scenario=leak deletes it"}, leak.delay));
  settings_.push_back(count_setting({"ItemCapacity", "item-capacity", "How many items --scenario=leak-fixed keeps"},
                                    "N", 1, kMostItems, leak.item_capacity));
  settings_.push_back(time_setting({"ItemTTL", "item-ttl", "How long it keeps one"}, leak.item_ttl));
  settings_.push_back(
      switch_setting({"LeakDetector", "leak-detector", "Warn of a route whose live bytes only grow"}, leak.detector));
  settings_.push_back(
      time_setting({"LeakWindow", "leak-window", "For how long they have to grow before it does"}, leak.window));
}

void Settings::apply(const AppConf& conf, const Environment& environment, const Flags& flags) {
  check_file(conf);
  for (Setting& setting : settings_) {
    apply_file(setting, conf);
    set_variable(setting, environment);
    set_flag(setting, flags);
  }
  check_together();
}

void Settings::apply_file(Setting& setting, const AppConf& conf) const {
  const AppConf::Value* value = nullptr;
  if (&setting != settings_.data()) value = conf.find(options_.run_mode, setting.key);
  if (value == nullptr) value = conf.find(AppConf::kDefaultSection, setting.key);
  if (value != nullptr) set_from(setting, *value);
}

void Settings::check_together() {
  if (options_.stats_interval.count() > 0 && options_.stats_file.empty()) {
    throw ConfigError("StatsInterval is set (" + find("StatsInterval")->source +
                      ") and StatsFile is not: give --stats-file=FILE too");
  }
  if (options_.enable_http) return;
  throw ConfigError("EnableHTTP is off (" + find("EnableHTTP")->source +
                    "), which leaves nothing to listen on: this server has no HTTPS");
}

void Settings::check_file(const AppConf& conf) {
  Options options;
  Settings settings(options);
  for (const auto& [name, section] : conf.sections()) {
    const bool in_mode = name != AppConf::kDefaultSection;
    if (in_mode && std::find(kRunModes.begin(), kRunModes.end(), name) == kRunModes.end()) {
      throw ConfigError(conf.section_place(name) + ": unknown section " + in_quotes(name) +
                        "; expected a run mode: dev, prod or test" + suggestion(name, kRunModes));
    }
    for (const auto& [key, value] : section) {
      Setting* const setting = settings.find(key);
      if (setting == nullptr) settings.refuse_key(value);
      if (in_mode && setting == settings.settings_.data()) {
        throw ConfigError(value.file, value.line, "RunMode chooses the section; expected it before all sections");
      }
      if (!value.text.empty()) set_from(*setting, value);
    }
  }
}

Setting* Settings::find(std::string_view key) {
  const std::string lower = lower_case(key);
  const auto found = std::find_if(settings_.begin(), settings_.end(),
                                  [&](const Setting& setting) { return lower_case(setting.key) == lower; });
  return found == settings_.end() ? nullptr : &*found;
}

void Settings::refuse_key(const AppConf::Value& value) const {
  std::vector<std::string> keys;
  std::transform(settings_.begin(), settings_.end(), std::back_inserter(keys),
                 [](const Setting& setting) { return setting.key; });
  throw ConfigError(value.file, value.line,
                    "unknown key " + in_quotes(value.key) + suggestion(value.key, keys) +
                        "; expected one of those that server --print-config shows");
}

std::string Settings::print(const AppConf& conf) const {
  std::string text = "configuration: ";
  text += conf.path().empty() ? "no file" : conf.path();
  text += "\n\n";
  constexpr const char* kHeads[] = {"key", "flag", "value", "source"};
  std::vector<std::array<std::string, 4>> rows = {{kHeads[0], kHeads[1], kHeads[2], kHeads[3]}};
  for (const Setting& setting : settings_) {
    rows.push_back({setting.key, "--" + setting.flag, setting.get(), setting.source});
  }
  std::array<size_t, 4> widths{};
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) line += row[i] + std::string(widths[i] + 2 - row[i].size(), ' ');
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace duel::servers
