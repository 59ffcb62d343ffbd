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

enum class RouterStyle : uint8_t { kGin, kBeego };

// What the command line, the environment and conf/app.conf say. The defaults are those that --help shows;
// settings_table.cc names every one.
struct Options {
  std::string app_name = "duel";
  std::string run_mode = "prod";  // which section of app.conf counts
  RouterStyle router = RouterStyle::kGin;
  http::ServerOptions server;
  bool enable_http = true;
  WrapperOptions wrappers;
  AccessLogOptions access_log;
  bool pool = true;           // the Gin style's contexts
  bool beego_pooled = false;  // the Beego style's: the article has one made for each request
  std::string static_dir = ".";
  std::string stats_file;                       // empty: none
  std::chrono::milliseconds stats_interval{0};  // 0: lines of JSON when asked; else lines of CSV
  bool count_allocations = false;
  bool account_phases = false;
  AdminOptions admin;
  DataOptions data;
  LeakOptions leak;
  ProfileOptions profiles;

  bool pooled() const { return router == RouterStyle::kGin ? pool : beego_pooled; }
  const char* router_name() const { return router == RouterStyle::kGin ? "gin" : "beego"; }
};

// Either options to run with, or the exit status of a program that has printed what there is to say (help, version,
// configuration, an error in one sentence).
struct ParsedOptions {
  Options options;
  bool run = false;
  int exit_status = 0;
};

ParsedOptions parse_options(int argc, char** argv);

}  // namespace duel::servers::config
