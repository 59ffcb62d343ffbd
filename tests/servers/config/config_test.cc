#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "tests/e2e/client.h"
#include "tests/servers/run_server.h"

// How the program finds and reads conf/app.conf, and what it reports.
namespace duel::e2e {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class Config : public ::testing::Test {
 protected:
  std::string write(const std::string& text, const std::string& name = "app.conf") const {
    return directory_.write(name, text).string();
  }
  // Runs server --print-config in the directory of the test.
  Ended print(const std::vector<std::string>& arguments = {}, const std::function<void()>& also_in_child = {}) const {
    std::vector<std::string> all = {"--print-config"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return run(all, [&] {
      if (::chdir(directory_.path().c_str()) != 0) ::_exit(126);
      if (also_in_child) also_in_child();
    });
  }

  TemporaryDirectory directory_;
};

TEST_F(Config, UsesDefaultsWithoutAFile) {
  const Ended ended = print();
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.output, StartsWith("configuration: no file\n"));
  EXPECT_THAT(ended.output, ContainsRegex("HTTPPort +--port +8080 +default\n"));
  EXPECT_EQ(ended.error, "");
}

TEST_F(Config, ReadsTheFileInTheWorkingDirectory) {
  write("HTTPPort = 9090\n", "conf/app.conf");
  const Ended ended = print();
  EXPECT_EQ(ended.status, 0);
  EXPECT_THAT(ended.output, StartsWith("configuration: conf/app.conf\n"));
  EXPECT_THAT(ended.output, ContainsRegex("HTTPPort +--port +9090 +conf/app.conf:1\n"));
  EXPECT_THAT(print({"--no-config"}).output, ContainsRegex("HTTPPort +--port +8080 +default\n"));
}

TEST_F(Config, PrintsTheSourceOfEachValue) {
  const std::string path = write(
      "HTTPPort = 9090\nHTTPAddr = 127.0.0.1\nMaxProcs = ${PROCS||1}\nruNmode = dev\n"
      "MaxMemory = ${MEMORY||2m}\n[dev]\nReadTimeout = 5\ninclude \"more.conf\"\n");
  write("[dev]\n\nWriteTimeout = 6\n", "more.conf");
  const auto environment = [] {
    ::setenv("DUEL_HTTPADDR", "::1", 1);
    ::setenv("MEMORY", "3m", 1);
  };
  const std::string output = print({"--config=app.conf", "--port=7070"}, environment).output;
  EXPECT_THAT(output, ContainsRegex("HTTPPort +--port +7070 +flag\n"));
  EXPECT_THAT(output, ContainsRegex("HTTPAddr +--host +::1 +environment DUEL_HTTPADDR\n"));
  EXPECT_THAT(output, ContainsRegex("MaxProcs +--threads +1 +app.conf:3\n"));
  EXPECT_THAT(output, ContainsRegex("MaxMemory +--max-body +3m +app.conf:5, environment MEMORY\n"));
  EXPECT_THAT(output, ContainsRegex("ReadTimeout +--body-timeout +5s +app.conf:7\n"));
  EXPECT_THAT(output, ContainsRegex("WriteTimeout +--write-timeout +6s +more.conf:3\n"));
  EXPECT_THAT(output, ContainsRegex("IdleTimeout +--idle-timeout +1m +default\n"));
}

TEST_F(Config, TakesTheRunModeFromFlagAndEnvironment) {
  write("runmode = dev\n[dev]\nHTTPPort = 1\n[prod]\nHTTPPort = 2\n[test]\nHTTPPort = 3\n", "conf/app.conf");
  const auto prod = [] { ::setenv("BEEGO_RUNMODE", "prod", 1); };
  EXPECT_THAT(print().output, ContainsRegex("HTTPPort +--port +1 "));
  EXPECT_THAT(print({}, prod).output, ContainsRegex("HTTPPort +--port +2 "));
  EXPECT_THAT(print({"--runmode=test"}, prod).output, ContainsRegex("HTTPPort +--port +3 "));
  EXPECT_THAT(print({"--runmode=test"}, prod).output, ContainsRegex("RunMode +--runmode +test +flag\n"));
  expect_refusal(print({"--runmode=staging"}), "--runmode = 'staging': expected dev or prod or test");
}

TEST_F(Config, TheSampleFileHasTheDefaults) {
  const Ended sample = run({"--print-config", std::string("--config=") + DUEL_SAMPLE_CONF});
  ASSERT_EQ(sample.status, 0) << sample.error;
  const auto values = [](const std::string& text) {
    std::vector<std::string> rows;
    std::istringstream lines(text.substr(text.find("RunMode")));
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::string key;
      std::string flag;
      std::string value;
      words >> key >> flag >> value;
      if (value != "default" && key != "RunMode") rows.push_back(key + " " + value);
    }
    return rows;
  };
  const auto of_sample = values(sample.output);
  const auto defaults = values(run({"--print-config", "--no-config"}).output);
  EXPECT_GT(of_sample.size(), 10U);
  EXPECT_EQ(of_sample, defaults) << "a server that is started in the source tree must run with the defaults";
}

TEST_F(Config, RefusesBadFilesWithFileAndLine) {
  const std::string path = write("HTTPPort = 9090\nEnabelGzip = on\n");
  const Ended ended = run({"--config=" + path});
  expect_refusal(ended, "server: " + path + ":2: unknown key 'EnabelGzip' (did you mean EnableGzip?)");
  EXPECT_EQ(ended.status, 2);
  expect_refusal(run({"--config=" + write("HTTPPort = http\n")}), path + ":1: HTTPPort = 'http': expected a number");
  expect_refusal(run({"--config=" + write("HTTPPort\n")}), path + ":1: 'HTTPPort': expected key = value");
  expect_refusal(run({"--config=" + write("HTTPPort = http\n"), "--print-config"}), path + ":1: ");
  expect_refusal(run({"--config=" + write("EnableHTTP = false\n")}), path + ":1");
}

TEST_F(Config, RefusesEndlessIncludes) {
  const std::string path = write("\ninclude \"b.conf\"\n");
  write("include \"app.conf\"\n", "b.conf");
  expect_refusal(run({"--config=" + path}), "b.conf:1: include 'app.conf': the file includes itself");
  // A cycle through another name for the same file.
  write("include \"c.conf\"\n", "d.conf");
  ASSERT_EQ(::symlink("d.conf", (directory_.path() / "c.conf").c_str()), 0);
  expect_refusal(run({"--config=" + (directory_.path() / "d.conf").string()}), "the file includes itself");
}

TEST_F(Config, RefusesEverythingButRegularFiles) {
  const std::string folder = directory_.path().string();
  expect_refusal(run({"--config=" + folder + "/missing"}), "cannot be read: No such file");
  expect_refusal(run({"--config=" + folder}), "it is a directory");
  expect_refusal(run({"--config=/dev/zero"}), "it is not a regular file");
  const std::string pipe = folder + "/pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  expect_refusal(run({"--config=" + pipe}), "it is not a regular file");
  const std::string path = write("k = 1\ninclude \"missing.conf\"\n");
  expect_refusal(run({"--config=" + path}), path + ":2: include 'missing.conf': No such file");
  expect_refusal(run({"--config=" + write("include \".\"\n")}), "it is a directory");
  write("", "conf/app.conf/file");
  expect_refusal(print(), "conf/app.conf");
}

TEST_F(Config, RefusesADanglingLink) {
  write("", "conf/other");
  ASSERT_EQ(::symlink("missing", (directory_.path() / "conf/app.conf").c_str()), 0);
  expect_refusal(print(), "'conf/app.conf' cannot be read: No such file");
}

TEST_F(Config, DoesNotTakeTheNextFlagAsAValue) {
  expect_refusal(run({"--db=", "--no-session"}), "--db has no value; expected memory|FILE\n");
  expect_refusal(run({"--db", "--no-session"}), "--db has no value");
  expect_refusal(run({"--db", ""}), "expected memory, or a file\n");
  expect_refusal(run({"--port=", "80"}), "--port has no value; expected PORT\n");
  expect_refusal(run({"--port"}), "--port has no value");
  expect_refusal(run({"--xsrf", "--xsrf-key=--x"}), "--xsrf has no value; expected on|off\n");
  expect_refusal(run({"--config"}), "--config has no value; expected FILE\n");
  EXPECT_EQ(print({"--xsrf-key=--x", "--port", "80", "--no-orm", "--no-session"}).status, 0);
}

TEST_F(Config, RefusesAFlagThatIsGivenTwice) {
  for (const char* flag : {"--port=1", "--db=memory", "--gzip=on", "--config=/nowhere"}) {
    const std::string name(flag, std::string_view(flag).find('='));
    expect_refusal(run({flag, flag}), "server: " + name + " is given more than once; give it once\n");
  }
}

TEST_F(Config, RefusesContradictoryTrimFlags) {
  expect_refusal(run({"--trim", "--session=on"}), " excludes --");  // the order of the two names is not fixed
  expect_refusal(run({"--orm=on", "--no-orm"}), " excludes --");
  EXPECT_EQ(print({"--trim", "--no-orm", "--no-session"}).status, 0);
}

TEST_F(Config, HandlesOddBytes) {
  const std::string path = write("\xEF\xBB\xBFHTTPPort = 9090\r\n\r\n[prod]\r\nMaxProcs = 2\r\n");
  const Ended ended = print({"--config=app.conf"});
  EXPECT_EQ(ended.status, 0) << ended.error;
  EXPECT_THAT(ended.output, ContainsRegex("HTTPPort +--port +9090 +app.conf:1\n"));
  EXPECT_THAT(ended.output, ContainsRegex("MaxProcs +--threads +2 +app.conf:4\n"));
  expect_refusal(run({"--config=" + write(std::string("HTTPPort = 1\nHTTP\0Port = 1\n", 27))}),
                 path + ":2: the line has a NUL");
  expect_refusal(run({"--config=" + write("\n" + std::string(100'000, 'k') + " = 1\n")}),
                 path + ":2: the line is longer than 8192 bytes");
  expect_refusal(run({"--config=" + write(std::string(2'000'000, '\n'))}), "it is larger than 1024 KiB");
}

TEST_F(Config, AppliesTheFileToTheServer) {
  const std::string path = write("Router = beego\nMaxMemory = 10\nDisableKeepAlive = true\nAppName = shop\n");
  for (const char* router : {"gin", "beego"}) {
    ServerProcess server(router, {"--config=" + path});
    EXPECT_THAT(server.ready_line(), HasSubstr(std::string("router=") + router)) << "the flag wins";
    EXPECT_THAT(server.ready_line(), HasSubstr("app=shop, runmode=prod"));
    EXPECT_EQ(Client(server.port()).roundtrip(post_request("/echo", std::string(10, 'x'))).status(), 200);
    EXPECT_EQ(Client(server.port()).roundtrip(post_request("/echo", std::string(11, 'x'))).status(), 413);
    EXPECT_EQ(Client(server.port()).get("/ping").field("Connection"), "close");
    EXPECT_EQ(server.stop(), 0);
  }
}

}  // namespace
}  // namespace duel::e2e
