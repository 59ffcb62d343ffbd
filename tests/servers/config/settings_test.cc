#include "servers/config/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/servers/memory_files.h"

namespace duel::servers::config {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class SettingsTest : public ::testing::Test {
 protected:
  void apply(const std::string& text, const Variables& variables = {}, const Settings::Flags& flags = {}) {
    options_ = Options();
    settings_ = std::make_unique<Settings>(options_);
    settings_->apply(load_conf({{"conf/app.conf", text}}, variables), environment_of(variables), flags);
  }
  std::string error(const std::string& text, const Variables& variables = {}, const Settings::Flags& flags = {}) {
    try {
      apply(text, variables, flags);
    } catch (const ConfigError& failure) {
      return failure.what();
    }
    return "no error";
  }
  const Setting& find(const std::string& key) const {
    for (const Setting& setting : settings_->all()) {
      if (setting.key == key) return setting;
    }
    throw std::invalid_argument("no such key: " + key);
  }
  std::string source(const std::string& key) const { return find(key).source; }
  std::string value(const std::string& key) const { return find(key).get(); }

  Options options_;
  std::unique_ptr<Settings> settings_;
};

TEST_F(SettingsTest, AcceptsTheKeysOfTheArticle) {
  apply(
      "HTTPAddr = 127.0.0.1\nHTTPPort = 9090\nEnableHTTP = true\nMaxMemory = 67108864\nDisableKeepAlive = true\n"
      "ReadTimeout = 31\nWriteTimeout = 32\nIdleTimeout = 61\nMaxProcs = 3\nCopyRequestBody = true\n"
      "EnableGzip = true\n");
  EXPECT_EQ(options_.server.host, "127.0.0.1");
  EXPECT_EQ(options_.server.port, 9090);
  EXPECT_EQ(options_.server.max_body, 64U << 20);
  EXPECT_TRUE(options_.server.disable_keep_alive);
  EXPECT_EQ(options_.server.body_timeout, std::chrono::seconds(31));
  EXPECT_EQ(options_.server.write_timeout, std::chrono::seconds(32));
  EXPECT_EQ(options_.server.idle_timeout, std::chrono::seconds(61));
  EXPECT_EQ(options_.server.threads, 3U);
  EXPECT_TRUE(options_.wrappers.copy_request_body);
  EXPECT_TRUE(options_.wrappers.enable_gzip);
}

TEST_F(SettingsTest, AcceptsTheKeysThatTheArticleDoesNotUse) {
  apply(
      "AppName = shop\nRouter = BEEGO\nContextPool = off\nStaticDir = /static:public\nMaxConnections = 7\n"
      "ReadHeaderTimeout = 1500ms\nDrainTimeout = 2m\ngzipMinLength = 1k\ngzipCompressLevel = 9\n"
      "includedMethods = get; Post\nAccessLogs = Y\nAccessLogsAsync = 1\nAccessLogsFile = a.log\n"
      "AccessLogsQueue = 64k\nStatsFile = stats\nCountAllocations = yes\n");
  EXPECT_EQ(options_.app_name, "shop");
  EXPECT_EQ(options_.router, RouterStyle::kBeego);
  EXPECT_FALSE(options_.pool);
  EXPECT_EQ(options_.static_dir, "public");
  EXPECT_EQ(options_.server.max_connections, 7U);
  EXPECT_EQ(options_.server.header_timeout, std::chrono::milliseconds(1500));
  EXPECT_EQ(options_.server.drain_timeout, std::chrono::minutes(2));
  EXPECT_EQ(options_.wrappers.gzip.min_bytes, 1024U);
  EXPECT_EQ(options_.wrappers.gzip.level, 9);
  EXPECT_EQ(options_.wrappers.gzip_methods, (std::vector<std::string>{"GET", "POST"}));
  EXPECT_TRUE(options_.access_log.on);
  EXPECT_TRUE(options_.access_log.async);
  EXPECT_EQ(options_.access_log.file, "a.log");
  EXPECT_EQ(options_.access_log.queue_bytes, 64U * 1024);
  EXPECT_EQ(options_.stats_file, "stats");
  EXPECT_TRUE(options_.count_allocations);
}

TEST_F(SettingsTest, TheMuxIsOnlyForTheStyleOfNetHttp) {
  apply("Router = nethttp\nMux = 1.22\n");
  EXPECT_EQ(options_.mux, Mux::kOfGo122);
  EXPECT_STREQ(options_.router_name(), "nethttp");
  EXPECT_THAT(error("Router = nethttp\nMux = 1.23\n"), HasSubstr("1.21"));
  // The value does not matter: the mux of Go 1.21 would be ignored, too.
  EXPECT_THAT(error("Router = beego\nMux = 1.21\n"),
              AllOf(HasSubstr("Mux is set (conf/app.conf:2) but Router is beego"), HasSubstr("--router=nethttp")));
}

TEST_F(SettingsTest, EveryStyleHasANameAndAPoolThatItsOwnFlagDecides) {
  apply("Router = gin\nContextPool = off\n");
  EXPECT_FALSE(options_.pooled());
  apply("Router = beego\nContextPool = off\nBeegoContext = pooled\n");
  EXPECT_TRUE(options_.pooled());
  apply("Router = echo\nContextPool = off\n");
  EXPECT_TRUE(options_.pooled());
  apply("Router = nethttp\nContextPool = on\n");
  EXPECT_FALSE(options_.pooled());
}

TEST_F(SettingsTest, StoresOneSpellingPerAddress) {
  apply("HTTPAddr = ::FFFF:127.0.0.1\nAdminAddr = FE80:0::1%eth0\n");
  EXPECT_EQ(options_.server.host, "127.0.0.1");
  EXPECT_EQ(options_.admin.host, "fe80::1%eth0");
}

TEST_F(SettingsTest, AcceptsAddressesAndNetworksOfProxies) {
  apply("AccessLogsProxies = 10.1.2.3/8, ::FFFF:127.0.0.1,2001:DB8::/32\n");
  EXPECT_EQ(value("AccessLogsProxies"), "10.0.0.0/8,127.0.0.1/32,2001:db8::/32");
  apply("AccessLogsProxies = 10.0.0.0/8\n", {}, {{"access-logs-proxies", "None"}});
  EXPECT_TRUE(options_.access_log.proxies.empty());
  EXPECT_EQ(value("AccessLogsProxies"), "none");
  for (const char* list : {"10.0.0.0/33", "localhost", "10.0.0.1, x", "none,10.0.0.1", ",", "fe80::1%lo"}) {
    EXPECT_THAT(error("AccessLogsProxies = " + std::string(list) + "\n"), HasSubstr("separated by commas"));
  }
}

TEST_F(SettingsTest, PrefersFlagThenEnvironmentThenFileThenDefault) {
  const std::string file = "HTTPPort = 1\n";
  const Variables environment = {{"DUEL_HTTPPORT", "2"}};
  apply("");
  EXPECT_EQ(options_.server.port, 8080);
  EXPECT_EQ(source("HTTPPort"), "default");
  apply(file);
  EXPECT_EQ(options_.server.port, 1);
  EXPECT_EQ(source("HTTPPort"), "conf/app.conf:1");
  apply(file, environment);
  EXPECT_EQ(options_.server.port, 2);
  EXPECT_EQ(source("HTTPPort"), "environment DUEL_HTTPPORT");
  apply(file, environment, {{"port", "3"}});
  EXPECT_EQ(options_.server.port, 3);
  EXPECT_EQ(source("HTTPPort"), "flag");
}

TEST_F(SettingsTest, PrefersTheEnvironmentToAVariableInTheFile) {
  apply("HTTPPort = ${PORT||1}\n", {{"PORT", "5"}});
  EXPECT_EQ(options_.server.port, 5);
  EXPECT_EQ(source("HTTPPort"), "conf/app.conf:1, environment PORT");
  apply("HTTPPort = ${PORT||1}\n", {{"PORT", "5"}, {"DUEL_HTTPPORT", "6"}});
  EXPECT_EQ(options_.server.port, 6);
  apply("HTTPPort = ${PORT||1}\n");
  EXPECT_EQ(options_.server.port, 1);
  EXPECT_EQ(source("HTTPPort"), "conf/app.conf:1");
}

TEST_F(SettingsTest, TreatsAnEmptyValueAsAbsent) {
  apply("HTTPPort =\nHTTPAddr = ${HOST}\n", {{"DUEL_MAXPROCS", ""}});
  EXPECT_EQ(options_.server.port, 8080);
  EXPECT_EQ(options_.server.host, "0.0.0.0");
  apply("HTTPPort = 1\n[prod]\nHTTPPort =\n");
  EXPECT_EQ(options_.server.port, 1);
}

TEST_F(SettingsTest, AppliesTheSectionOfTheRunMode) {
  const std::string sections = "HTTPPort = 1\n[dev]\nHTTPPort = 2\n[prod]\nHTTPPort = 3\n[test]\nHTTPAddr = ::1\n";
  apply(sections);
  EXPECT_EQ(options_.server.port, 3) << "prod is the default, as in Beego";
  apply("runmode = dev\n" + sections);
  EXPECT_EQ(options_.server.port, 2);
  EXPECT_EQ(source("HTTPPort"), "conf/app.conf:4");
  apply("runmode = dev\n" + sections, {{"BEEGO_RUNMODE", "prod"}});
  EXPECT_EQ(options_.server.port, 3);
  apply("runmode = dev\n" + sections, {{"BEEGO_RUNMODE", "prod"}}, {{"runmode", "test"}});
  EXPECT_EQ(options_.server.port, 1) << "the section [test] has no HTTPPort";
  EXPECT_EQ(options_.server.host, "::1");
  EXPECT_EQ(options_.run_mode, "test");
}

TEST_F(SettingsTest, RefusesUnknownKeysAndSections) {
  EXPECT_EQ(error("\nHTTPProt = 1\n"),
            "conf/app.conf:2: unknown key 'HTTPProt' (did you mean HTTPPort?); server --print-config "
            "shows every key");
  EXPECT_THAT(error("enablegzp = 1\n"), HasSubstr("(did you mean EnableGzip?)"));
  EXPECT_THAT(error("mysqluser = me\n"), StartsWith("conf/app.conf:1: unknown key 'mysqluser'; server"));
  EXPECT_THAT(error("[dev]\nHTTPProt = 1\n"), StartsWith("conf/app.conf:2: ")) << "in a section of another run mode";
  EXPECT_EQ(error("k=\n[prodd]\n"), "conf/app.conf:1: unknown key 'k'; server --print-config shows every key");
  EXPECT_EQ(error("\n[prodd]\n"),
            "conf/app.conf:2: unknown section 'prodd'; expected a run mode: dev, prod or test (did you mean prod?)");
  EXPECT_THAT(error("[dev]\nrunmode = prod\n"), StartsWith("conf/app.conf:2: RunMode chooses the section"));
}

TEST_F(SettingsTest, RefusesBadValues) {
  EXPECT_EQ(error("HTTPPort = 70000\n"), "conf/app.conf:1: HTTPPort = '70000': expected a number from 0 to 65535");
  EXPECT_EQ(error("HTTPPort = 80 # ours\n"),
            "conf/app.conf:1: HTTPPort = '80 # ours': expected a number from 0 to 65535; a comment needs a line of its "
            "own");
  EXPECT_EQ(
      error("HTTPPort = ${PORT}\n", {{"PORT", "x"}}),
      "conf/app.conf:1: HTTPPort = 'x' (from the environment variable 'PORT'): expected a number from 0 to 65535");
  EXPECT_EQ(error("", {{"DUEL_HTTPPORT", "x"}}),
            "the environment variable DUEL_HTTPPORT = 'x': expected a number from 0 to 65535");
  EXPECT_EQ(error("", {}, {{"port", "x"}}), "--port = 'x': expected a number from 0 to 65535");
  EXPECT_THAT(error("HTTPPort = x\n", {}, {{"port", "1"}}), StartsWith("conf/app.conf:1: "))
      << "although the flag wins";
  EXPECT_THAT(error("[dev]\nHTTPPort = x\n"), StartsWith("conf/app.conf:2: ")) << "although the run mode is prod";
  EXPECT_THAT(error("runmode = staging\n"), HasSubstr("expected dev or prod or test"));
  EXPECT_THAT(error("Router = rails\n"), HasSubstr("expected gin or beego"));
  EXPECT_THAT(error("EnableGzip = maybe\n"), HasSubstr("expected on or off"));
  EXPECT_THAT(error("HTTPAddr = localhost\n"), HasSubstr("numeric"));
  EXPECT_THAT(error("includedMethods = GET POST\n"), HasSubstr("expected methods"));
  EXPECT_THAT(error("includedMethods = ;\n"), HasSubstr("expected methods"));
  EXPECT_THAT(error("StaticDir = static:\n"), HasSubstr("expected a directory"));
  EXPECT_EQ(
      error("EnableHTTP = false\n"),
      "EnableHTTP is off (conf/app.conf:1), but this server has no HTTPS to listen for instead: set EnableHTTP to on");
}

TEST_F(SettingsTest, ParsesTimesAndSizes) {
  for (const char* time : {"0", "0.5ms", "-1", "1d", "25h", "nan", "inf", "1e3", "s", "0x10", "1 s", "1s1"}) {
    EXPECT_NE(error("ReadTimeout = \"" + std::string(time) + "\"\n"), "no error") << time;
  }
  apply("ReadTimeout = 0.25\nIdleTimeout = 1.5M\nWriteTimeout = 24H\n");
  EXPECT_EQ(options_.server.body_timeout, std::chrono::milliseconds(250));
  EXPECT_EQ(options_.server.idle_timeout, std::chrono::seconds(90));
  EXPECT_EQ(options_.server.write_timeout, std::chrono::hours(24));
  for (const char* size : {"-1", "3g", "1q", "k", "1k1", "99999999999999999999"}) {
    EXPECT_NE(error("MaxMemory = " + std::string(size) + "\n"), "no error") << size;
  }
  for (const char* rate : {"-1", "2g", "fast"}) {
    EXPECT_NE(error("MinWriteRate = " + std::string(rate) + "\n"), "no error") << rate;
  }
  EXPECT_EQ(options_.server.min_write_rate, 100U);
  apply("MinWriteRate = 4k\n");
  EXPECT_EQ(options_.server.min_write_rate, 4096U);
  apply("MaxMemory = 2G\n");
  EXPECT_EQ(options_.server.max_body, 1ULL << 31);
  apply("MaxMemory = 0\n");
  EXPECT_EQ(options_.server.max_body, 0U);
}

TEST_F(SettingsTest, HasUniqueNames) {
  apply("");
  std::set<std::string> names;
  for (const Setting& setting : settings_->all()) {
    EXPECT_TRUE(names.insert(to_lower_ascii(setting.key)).second) << setting.key;
    EXPECT_TRUE(names.insert("--" + setting.flag).second) << setting.flag;
    EXPECT_TRUE(names.insert(setting.variable()).second) << setting.key;
    EXPECT_FALSE(setting.description.empty());
  }
}

// A value that --print-config prints may be copied into a configuration file.
TEST_F(SettingsTest, AcceptsEveryValueThatItShows) {
  apply("ReadTimeout = 1500ms\nMaxMemory = 1000\nAccessLogs = on\nincludedMethods = GET;PUT\n");
  for (const Setting& setting : settings_->all()) {
    const std::string shown = setting.get();
    if (shown.empty()) continue;
    EXPECT_TRUE(setting.set(shown)) << setting.key << " " << shown;
    EXPECT_EQ(setting.get(), shown);
  }
  EXPECT_EQ(options_.server.body_timeout, std::chrono::milliseconds(1500));
  EXPECT_EQ(options_.server.max_body, 1000U);
}

TEST_F(SettingsTest, PrintsEverySetting) {
  apply("HTTPPort = 1\n");
  const std::string text = settings_->print(load_conf({{"conf/app.conf", ""}}, {}));
  EXPECT_THAT(text, StartsWith("configuration: conf/app.conf\n"));
  EXPECT_THAT(text, ::testing::ContainsRegex("HTTPPort +--port +1 +conf/app.conf:1\n"));
  for (const Setting& setting : settings_->all()) EXPECT_THAT(text, HasSubstr("\n" + setting.key + " "));
}

TEST_F(SettingsTest, HidesTheXsrfKey) {
  apply("EnableXSRF = true\nXSRFExpire = 3600\n", {{"DUEL_XSRFKEY", "a secret"}});
  EXPECT_TRUE(options_.data.xsrf);
  EXPECT_EQ(options_.data.xsrf_key, "a secret");
  EXPECT_EQ(options_.data.xsrf_expire_s, 3600U);
  EXPECT_EQ(source("XSRFKey"), "environment DUEL_XSRFKEY");
  for (const Setting& setting : settings_->all()) EXPECT_NE(setting.get(), "a secret") << setting.key;
}

TEST_F(SettingsTest, AcceptsASwitchOrABytesValueForHeapProfiles) {
  apply("");
  EXPECT_EQ(options_.profiles.heap_sample_bytes, 0U);
  apply("HeapProfile = on");
  EXPECT_EQ(options_.profiles.heap_sample_bytes, 512U << 10);
  apply("HeapProfile = 64k\nProfileDir = profiles");
  EXPECT_EQ(options_.profiles.heap_sample_bytes, 64U << 10);
  EXPECT_EQ(options_.profiles.directory, "profiles");
  apply("HeapProfile = 64k", {}, {{"heap-profile", "on"}});
  EXPECT_EQ(options_.profiles.heap_sample_bytes, 512U << 10);
  for (const char* bad : {"HeapProfile = 0", "HeapProfile = 1000", "HeapProfile = maybe", "HeapProfile = -1"}) {
    EXPECT_THAT(error(bad), HasSubstr("a power of two such as 512k")) << bad;
  }
}

}  // namespace
}  // namespace duel::servers::config
