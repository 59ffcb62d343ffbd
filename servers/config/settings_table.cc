// Every setting: its key, its flag, what it means, and the option that it binds to.

#include "http/gzip.h"
#include "http/limits.h"
#include "servers/config/setting_kinds.h"
#include "servers/config/settings.h"

namespace duel::servers::config {
namespace {

const std::vector<std::string> kRouters = {"gin", "beego"};                  // as RouterStyle
const std::vector<std::string> kProviders = {"memory", "sqlite"};            // as DataOptions::session_in_database
const std::vector<std::string> kContexts = {"fresh", "pooled"};              // as Options::beego_pooled
const std::vector<std::string> kScenarios = {"none", "leak", "leak-fixed"};  // as Scenario

}  // namespace

const std::vector<std::string> Settings::kRunModes = {"dev", "prod", "test"};

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
  constexpr uint64_t kMaxPort = 65535;
  constexpr uint64_t kMaxThreads = 256;
  constexpr uint64_t kMaxConnections = 1'000'000;
  http::ServerOptions& server = options_.server;
  settings_.push_back(
      switch_setting({"EnableHTTP", "enable-http", "Listen at all; there is no HTTPS"}, options_.enable_http));
  settings_.push_back(address_setting({"HTTPAddr", "host", "Numeric address to listen on"}, server.host));
  settings_.push_back(count_setting({"HTTPPort", "port", "TCP port; 0 takes a free one and says which"}, "PORT", 0,
                                    kMaxPort, server.port));
  settings_.push_back(
      count_setting({"MaxProcs", "threads", "Workers, each with a ring and a listener; default: usable processors"},
                    "N", 1, kMaxThreads, server.threads));
  settings_.push_back(count_setting({"MaxConnections", "max-connections", "Beyond it a client is answered with 503"},
                                    "N", 1, kMaxConnections, server.max_connections));
  settings_.push_back(bytes_setting({"MaxMemory", "max-body", "Largest request body; beyond it 413"}, 0,
                                    http::limits::kMaxBodyLimitBytes, server.max_body));
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
                     options_.wrappers.copy_request_body));
  settings_.push_back(switch_setting({"EnableGzip", "gzip", "Compress answers for clients that take gzip"},
                                     options_.wrappers.enable_gzip));
  settings_.push_back(bytes_setting({"gzipMinLength", "gzip-min-length", "Shorter answers stay plain"}, 0,
                                    http::limits::kMaxBodyLimitBytes, options_.wrappers.gzip.min_bytes));
  settings_.push_back(count_setting({"gzipCompressLevel", "gzip-level", "From fast to small"}, "N", http::kMinGzipLevel,
                                    http::kMaxGzipLevel, options_.wrappers.gzip.level));
  settings_.push_back(
      methods_setting({"includedMethods", "gzip-methods", "Whose answers are compressed; GET counts for HEAD"},
                      options_.wrappers.gzip_methods));
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
  constexpr uint64_t kMaxExpireSeconds = 400ULL * 24 * 3600;  // what browsers cut a cookie's life to
  settings_.push_back(
      switch_setting({"EnableXSRF", "xsrf", "Beego style: POST, PUT and DELETE need a token"}, data.xsrf));
  settings_.push_back(secret_setting(
      {"XSRFKey", "xsrf-key", "Signs the token's cookie; default: a random one, new with each start. Others see flags"},
      "KEY", data.xsrf_key));
  settings_.push_back(
      count_setting({"XSRFExpire", "xsrf-expire", "Seconds the token's cookie lives; 0: with the browser"}, "SECONDS",
                    0, kMaxExpireSeconds, data.xsrf_expire_s));
}

void Settings::add_access_log() {
  constexpr uint64_t kMinQueueBytes = 4096;  // a line
  constexpr uint64_t kMaxQueueBytes = 1ULL << 30;
  AccessLogOptions& log = options_.access_log;
  settings_.push_back(switch_setting({"AccessLogs", "access-logs", "Write a line for each request"}, log.on));
  settings_.push_back(switch_setting(
      {"AccessLogsAsync", "access-logs-async", "Write them on a thread of its own; drops lines rather than wait"},
      log.async));
  settings_.push_back(text_setting(
      {"AccessLogsFile", "access-logs-file", "Append them to this; default: standard output"}, "FILE", log.file));
  settings_.push_back(
      bytes_setting({"AccessLogsQueue", "access-logs-queue", "Lines that wait to be written by that thread"},
                    kMinQueueBytes, kMaxQueueBytes, log.queue_bytes));
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
  constexpr uint64_t kMaxItems = 100'000'000;
  LeakOptions& leak = options_.leak;
  settings_.push_back(choice_setting(
      {"Scenario", "scenario", "Mount GET /api/item/:id, which keeps a buffer for each: for ever, or a bounded number"},
      kScenarios, [&leak](size_t i) { leak.scenario = static_cast<Scenario>(i); },
      [&leak] { return static_cast<size_t>(leak.scenario); }));
  settings_.push_back(time_setting(
      {"LeakDelay", "leak-delay", "When the background task of an item of --scenario=leak deletes it"}, leak.delay));
  settings_.push_back(count_setting({"ItemCapacity", "item-capacity", "How many items --scenario=leak-fixed keeps"},
                                    "N", 1, kMaxItems, leak.item_capacity));
  settings_.push_back(time_setting({"ItemTTL", "item-ttl", "How long it keeps one"}, leak.item_ttl));
  settings_.push_back(
      switch_setting({"LeakDetector", "leak-detector", "Warn of a route whose live bytes only grow"}, leak.detector));
  settings_.push_back(
      time_setting({"LeakWindow", "leak-window", "For how long they have to grow before it does"}, leak.window));
}

}  // namespace duel::servers::config
