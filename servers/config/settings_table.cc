// The table of all settings. It is the one definition behind the command line, --help, the environment, conf/app.conf,
// --print-config and docs/flags.md. To add a flag, add a line here and a member to the options that it sets, then run
// tools/docs.

#include <utility>

#include "http/gzip.h"
#include "http/limits.h"
#include "servers/config/processors.h"
#include "servers/config/setting_kinds.h"
#include "servers/config/settings.h"

namespace duel::servers::config {
namespace {

// Each list stands in the order of the values of an enum or bool.
const std::vector<std::string> kRouters = {
#define DUEL_STYLE(value, name, pooled) #name,
#include "servers/config/router_styles.inc"
#undef DUEL_STYLE
};
const std::vector<std::string> kMuxes = {"1.21", "1.22"};                    // Mux
const std::vector<std::string> kProviders = {"memory", "sqlite"};            // DataOptions::session_in_database
const std::vector<std::string> kContexts = {"fresh", "pooled"};              // Options::beego_pooled
const std::vector<std::string> kHeadScans = {"vector", "portable", "off"};   // http::HeadScan
const std::vector<std::string> kScenarios = {"none", "leak", "leak-fixed"};  // Scenario

Setting with_default(std::string text, Setting setting) {
  setting.default_text = std::move(text);
  return setting;
}

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

void Settings::add(Setting setting) {
  setting.group = group_;
  settings_.push_back(std::move(setting));
}

// The run mode must be the first setting, because the values of the others depend on it.
void Settings::add_application() {
  group_ = "Application";
  add(choice_setting({"RunMode", "runmode", "The section of conf/app.conf that applies"}, kRunModes,
                     options_.run_mode));
  add(text_setting({"AppName", "app-name", "The name of the application, printed at the start"}, "NAME",
                   options_.app_name));
  add(choice_setting(
      {"Router", "router", "The router style"}, kRouters,
      [this](size_t i) { options_.router = static_cast<RouterStyle>(i); },
      [this] { return static_cast<size_t>(options_.router); }));
  add(switch_setting({"ContextPool", "pool", "Gin style: take request contexts from a pool; off: make one per request"},
                     options_.pool));
  add(choice_setting(
      {"BeegoContext", "beego-context",
       "Beego style: make a context per request, or reuse contexts as Beego itself does"},
      kContexts, [this](size_t i) { options_.beego_pooled = i == 1; },
      [this] { return static_cast<size_t>(options_.beego_pooled); }));
  add(choice_setting(
      {"Mux", "mux", "net/http style: the mux of Go 1.21, or that of Go 1.22 with methods and wildcards"}, kMuxes,
      [this](size_t i) { options_.mux = static_cast<Mux>(i); }, [this] { return static_cast<size_t>(options_.mux); }));
  add(directory_setting({"StaticDir", "static-dir", "The directory behind GET /static/*"}, options_.static_dir));
}

void Settings::add_server() {
  constexpr uint64_t kMaxPort = 65535;
  constexpr uint64_t kMaxConnections = 1'000'000;
  group_ = "Server";
  http::ServerOptions& server = options_.server;
  add(switch_setting({"EnableHTTP", "enable-http", "Listen for HTTP; off is refused because there is no HTTPS"},
                     options_.enable_http));
  add(address_setting({"HTTPAddr", "host", "The numeric address to listen on"}, server.host));
  add(count_setting({"HTTPPort", "port", "The TCP port; 0 takes a free port; the first line of the output names it"},
                    "PORT", 0, kMaxPort, server.port));
  add(with_default("usable processors, or the CPU quota if that is lower",
                   count_setting({"MaxProcs", "threads", "The number of workers; each has its own ring and listener"},
                                 "N", 1, kMaxProcessors, server.threads)));
  add(count_setting(
      {"MaxConnections", "max-connections", "The maximum number of open connections; further clients get 503"}, "N", 1,
      kMaxConnections, server.max_connections));
  add(bytes_setting({"MaxMemory", "max-body", "The maximum size of a request body; larger bodies get 413"}, 0,
                    http::limits::kMaxBodyLimitBytes, server.max_body));
  add(choice_setting(
      {"HeadScan", "head-scan",
       "How heads of usual requests are read: by a scanner, with vector instructions or byte by byte, or by llhttp "
       "(off)"},
      kHeadScans, [&server](size_t i) { server.head_scan = static_cast<http::HeadScan>(i); },
      [&server] { return static_cast<size_t>(server.head_scan); }));
  add(switch_setting({"DisableKeepAlive", "disable-keep-alive", "Close each connection after one answer"},
                     server.disable_keep_alive));
}

void Settings::add_timeouts() {
  constexpr uint64_t kMaxMinWriteRate = 1ULL << 30;
  group_ = "Timeouts";
  http::ServerOptions& server = options_.server;
  add(time_setting(
      {"ReadHeaderTimeout", "header-timeout", "From the first byte of a request to the end of its head; then 408"},
      server.header_timeout));
  add(time_setting({"ReadTimeout", "body-timeout", "From the end of the head to the end of the body; then 408"},
                   server.body_timeout));
  add(time_setting(
      {"IdleTimeout", "idle-timeout", "Between two requests and before the first; then the connection is closed"},
      server.idle_timeout));
  add(time_setting({"WriteTimeout", "write-timeout",
                    "While the client reads less of an answer than --min-write-rate; then the connection is reset"},
                   server.write_timeout));
  add(bytes_setting(
      {"MinWriteRate", "min-write-rate", "Per second, the minimum that a client must read of an answer; 0: anything"},
      0, kMaxMinWriteRate, server.min_write_rate));
  add(time_setting({"DrainTimeout", "drain-timeout", "After SIGTERM, for the requests in flight"},
                   server.drain_timeout));
}

void Settings::add_requests() {
  group_ = "Requests and answers";
  WrapperOptions& wrappers = options_.wrappers;
  add(switch_setting({"CopyRequestBody", "copy-request-body", "Give handlers a copy of each body, as Beego does"},
                     wrappers.copy_request_body));
  add(switch_setting({"EnableGzip", "gzip", "Compress answers for clients that accept gzip"}, wrappers.enable_gzip));
  add(bytes_setting({"gzipMinLength", "gzip-min-length", "The minimum size of an answer that is compressed"}, 0,
                    http::limits::kMaxBodyLimitBytes, wrappers.gzip.min_bytes));
  add(count_setting(
      {"gzipCompressLevel", "gzip-level", "The compression level; a higher level is slower and makes smaller bodies"},
      "N", http::kMinGzipLevel, http::kMaxGzipLevel, wrappers.gzip.level));
  add(methods_setting({"includedMethods", "gzip-methods",
                       "The methods whose answers are compressed, separated by commas; GET includes HEAD"},
                      wrappers.gzip_methods));
}

void Settings::add_data() {
  group_ = "Database, sessions, XSRF";
  DataOptions& data = options_.data;
  add(database_setting(
      {"Database", "db", "The SQLite database of /sql and /orm: memory (or :memory:), or the path of a file"},
      data.database));
  add(switch_setting({"EnableORM", "orm", "Beego style: enable the ORM and GET /orm/user/:id"}, data.orm));
  add(switch_setting({"SessionOn", "session", "Beego style: enable sessions and /session"}, data.session));
  add(choice_setting(
      {"SessionProvider", "session-provider", "Beego style: where sessions are stored"}, kProviders,
      [&data](size_t i) { data.session_in_database = i == 1; },
      [&data] { return static_cast<size_t>(data.session_in_database); }));
  constexpr uint64_t kMaxExpireSeconds = 400ULL * 24 * 3600;  // browsers shorten the life of a cookie to 400 days
  add(switch_setting(
      {"EnableXSRF", "xsrf", "Beego style: POST, PUT and DELETE require a token, whose cookie needs https"},
      data.xsrf));
  add(with_default(
      "random", secret_setting(
                    {"XSRFKey", "xsrf-key", "Signs the token's cookie. Other users can see flags: prefer DUEL_XSRFKEY"},
                    "KEY", data.xsrf_key)));
  add(count_setting({"XSRFExpire", "xsrf-expire", "The life of the token's cookie; 0: until the browser closes"},
                    "SECONDS", 0, kMaxExpireSeconds, data.xsrf_expire_s));
}

void Settings::add_access_log() {
  constexpr uint64_t kMinQueueBytes = 4096;  // one line
  constexpr uint64_t kMaxQueueBytes = 1ULL << 30;
  group_ = "Access log";
  AccessLogOptions& log = options_.access_log;
  add(switch_setting({"AccessLogs", "access-logs", "Write one line per request"}, log.on));
  add(switch_setting({"AccessLogsAsync", "access-logs-async",
                      "Write lines on a separate thread; when its queue is full, lines are dropped"},
                     log.async));
  add(with_default(
      "standard output",
      text_setting({"AccessLogsFile", "access-logs-file", "The file that lines are appended to"}, "FILE", log.file)));
  add(networks_setting({"AccessLogsProxies", "access-logs-proxies",
                        "The proxies whose X-Forwarded-For or X-Real-IP tells the client's address; a line has the "
                        "peer's address otherwise"},
                       log.proxies));
  add(bytes_setting({"AccessLogsQueue", "access-logs-queue", "The size of the queue of --access-logs-async"},
                    kMinQueueBytes, kMaxQueueBytes, log.queue_bytes));
}

void Settings::add_measuring() {
  group_ = "Measuring";
  add(with_default("none", text_setting({"StatsFile", "stats-file",
                                         "Append all counters as a line of JSON, on SIGUSR1 and at the end"},
                                        "FILE", options_.stats_file)));
  add(interval_setting({"StatsInterval", "stats-interval",
                        "Append a line of CSV to --stats-file at this interval, instead of JSON; 0: never"},
                       options_.stats_interval));
  add(switch_setting({"CountAllocations", "count-allocations", "Count calls of the allocator, which slows them down"},
                     options_.count_allocations));
  add(switch_setting({"AccountPhases", "account-phases",
                      "Report the cost of each phase of a request in /debug/routes; not for timing"},
                     options_.account_phases));
  add(heap_profile_setting(
      {"HeapProfile", "heap-profile",
       "Sample one allocation every BYTES bytes, a power of two, for heap profiles; on means 512k"},
      options_.profiles));
  add(with_default("none", text_setting({"ProfileDir", "profile-dir",
                                         "The directory in which POST /debug/save of the admin port saves profiles"},
                                        "DIRECTORY", options_.profiles.directory)));
}

void Settings::add_admin() {
  group_ = "Admin port";
  AdminOptions& admin = options_.admin;
  add(switch_setting({"EnableAdmin", "admin", "Open a port for operators: metrics, profiles, health"}, admin.on));
  add(address_setting({"AdminAddr", "admin-host", "The numeric address of the admin port"}, admin.host));
  add(with_default("6060, or a free port",
                   admin_port_setting({"AdminPort", "admin-port", "The TCP port; 0: none; any: a free port"}, admin)));
}

void Settings::add_leak() {
  constexpr uint64_t kMaxItems = 100'000'000;
  group_ = "Leaks";
  LeakOptions& leak = options_.leak;
  add(choice_setting(
      {"Scenario", "scenario", "Add GET /api/item/:id, which keeps a buffer per id; leak-fixed limits their number"},
      kScenarios, [&leak](size_t i) { leak.scenario = static_cast<Scenario>(i); },
      [&leak] { return static_cast<size_t>(leak.scenario); }));
  add(time_setting({"LeakDelay", "leak-delay", "--scenario=leak: a background task deletes an item after this time"},
                   leak.delay));
  add(count_setting({"ItemCapacity", "item-capacity", "--scenario=leak-fixed: the maximum number of items"}, "N", 1,
                    kMaxItems, leak.item_capacity));
  add(time_setting({"ItemTTL", "item-ttl", "--scenario=leak-fixed: how long an item is kept"}, leak.item_ttl));
  add(switch_setting({"LeakDetector", "leak-detector", "Warn if the live bytes of a route only grow"}, leak.detector));
  add(time_setting({"LeakWindow", "leak-window", "How long the live bytes must grow before the warning"}, leak.window));
}

}  // namespace duel::servers::config
