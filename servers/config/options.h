#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "http/server.h"
#include "servers/config/access_log_options.h"
#include "servers/config/admin_options.h"
#include "servers/config/data_options.h"
#include "servers/config/leak_options.h"
#include "servers/config/profile_options.h"
#include "servers/config/wrapper_options.h"

namespace duel::servers::config {

enum class RouterStyle : uint8_t {
#define DUEL_STYLE(value, name, pooled) value,
#include "servers/config/router_styles.inc"
#undef DUEL_STYLE
};

// The mux of the style of net/http.
enum class Mux : uint8_t { kOfGo121, kOfGo122 };

// All options of the program, from the command line, the environment and conf/app.conf. settings_table.cc binds each
// option to its setting.
struct Options {
  std::string app_name = "duel";
  std::string run_mode = "prod";  // the section of conf/app.conf that applies
  RouterStyle router = RouterStyle::kGin;
  http::ServerOptions server;
  bool enable_http = true;
  WrapperOptions wrappers;
  AccessLogOptions access_log;
  bool pool = true;           // Gin style: take contexts from a pool
  bool beego_pooled = false;  // Beego style: reuse contexts; false as in the article, which makes one per request
  Mux mux = Mux::kOfGo121;    // net/http style
  std::string static_dir = ".";
  std::string stats_file;                       // empty: no file
  std::chrono::milliseconds stats_interval{0};  // 0: lines of JSON, on SIGUSR1; otherwise lines of CSV
  bool count_allocations = false;
  bool account_phases = false;
  AdminOptions admin;
  DataOptions data;
  LeakOptions leak;
  ProfileOptions profiles;

  bool pooled() const;              // whether the router style reuses its request contexts
  const char* router_name() const;  // the value of --router
};

// If `run` is false, parse_options() has printed the help, the version, the configuration or an error, and the program
// ends with `exit_status`.
struct ParsedOptions {
  Options options;
  bool run = false;
  int exit_status = 0;
};

ParsedOptions parse_options(int argc, char** argv);

}  // namespace duel::servers::config
