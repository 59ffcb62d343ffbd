#include "bench/load/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "bench/load/report.h"
#include "tests/temporary_directory.h"

namespace duel::load {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int64_t kSecond = 1'000'000'000;
constexpr const char* kUrl = "http://127.0.0.1:8080/ping";

TEST(LoadOptions, HaveDefaults) {
  const Options options = parse_options({kUrl}).options;
  EXPECT_EQ(options.url.host, "127.0.0.1");
  EXPECT_EQ(options.url.port, 8080);
  ASSERT_EQ(options.kinds.size(), 1);
  EXPECT_EQ(options.kinds[0].method, "GET");
  EXPECT_EQ(options.kinds[0].target, "/ping");
  ASSERT_EQ(options.plan.steps.size(), 1);
  EXPECT_FALSE(options.plan.open_loop());
  EXPECT_EQ(options.plan.steps[0].duration_ns, 10 * kSecond);
  EXPECT_EQ(options.plan.connections, 64);
  EXPECT_EQ(options.plan.pipeline, 1);
}

TEST(LoadOptions, AreReadInBothForms) {
  for (const std::vector<std::string_view>& arguments :
       {std::vector<std::string_view>{"--rate=10000", "--duration=2.5s", "--warmup=500ms", "--share=2/3", kUrl},
        std::vector<std::string_view>{kUrl, "--rate", "10000", "--duration", "2500ms", "--warmup", "0.5s", "--share",
                                      "2/3"}}) {
    const ParsedOptions parsed = parse_options(arguments);
    EXPECT_EQ(parsed.error, "");
    ASSERT_EQ(parsed.options.plan.steps.size(), 2);
    EXPECT_TRUE(parsed.options.plan.steps[0].warmup);
    EXPECT_EQ(parsed.options.plan.steps[0].duration_ns, kSecond / 2);
    EXPECT_EQ(parsed.options.plan.steps[0].rate_milli, 10'000'000);
    EXPECT_FALSE(parsed.options.plan.steps[1].warmup);
    EXPECT_EQ(parsed.options.plan.steps[1].duration_ns, 5 * kSecond / 2);
    EXPECT_EQ(parsed.options.plan.share.index, 1);
    EXPECT_EQ(parsed.options.plan.share.count, 3);
  }
}

TEST(LoadOptions, AreRefusedIfTheyAreGivenTwiceWithDifferentValues) {
  for (const std::string_view name :
       {"--rate", "--duration", "--warmup", "--connections", "--threads", "--timeout", "--pipeline", "--spin"}) {
    const bool has_unit = name == "--duration" || name == "--warmup" || name == "--timeout" || name == "--spin";
    const std::string one = std::string(name) + (has_unit ? "=1ms" : "=1");
    const std::string other = std::string(name) + (has_unit ? "=2ms" : "=2");
    EXPECT_EQ(parse_options({one, one, kUrl}).error, "");
    EXPECT_THAT(parse_options({one, kUrl, other}).error, HasSubstr(std::string(name) + " is given twice, as 1"))
        << name;
  }
  EXPECT_THAT(parse_options({"--steps=1:1s", "--steps=2:1s", kUrl}).error, HasSubstr("give it once"));
  EXPECT_EQ(parse_options({"--header=A: b", "--header=C: d", kUrl}).options.kinds[0].headers.size(), 2);
}

TEST(LoadOptions, DescribeSteps) {
  const Options options = parse_options({"--steps=1000:10s,2500.5:20s", kUrl}).options;
  ASSERT_EQ(options.plan.steps.size(), 2);
  EXPECT_EQ(options.plan.steps[1].rate_milli, 2'500'500);
  EXPECT_EQ(options.plan.steps[1].duration_ns, 20 * kSecond);
}

TEST(LoadOptions, DescribeBodies) {
  const TemporaryDirectory folder;
  const std::string file = "--body=@" + folder.write("body", "from a file").string();
  EXPECT_EQ(parse_options({file, kUrl}).options.kinds[0].body, "from a file");
  EXPECT_EQ(parse_options({file, kUrl}).options.kinds[0].method, "POST");
  EXPECT_EQ(parse_options({"--body=size:2k", kUrl}).options.kinds[0].body, std::string(2048, 'x'));
  EXPECT_EQ(parse_options({"--body=some text", "--chunk=3", kUrl}).options.kinds[0].chunk_bytes, 3);
  const Options mixed = parse_options({"--mix=9 POST /echo body=size:200 header=Content-Type:text/plain",
                                       "--header=A: b", "--mix=1  PUT  /upload  body=size:512k  chunk=16k", kUrl})
                            .options;
  ASSERT_EQ(mixed.kinds.size(), 2);
  EXPECT_EQ(mixed.kinds[0].weight, 9);
  EXPECT_THAT(mixed.kinds[0].headers, ::testing::ElementsAre("A: b", "Content-Type:text/plain"));
  EXPECT_EQ(mixed.kinds[1].method, "PUT");
  EXPECT_EQ(mixed.kinds[1].target, "/upload");
  EXPECT_EQ(mixed.kinds[1].body.size(), 512 * 1024);
  EXPECT_EQ(mixed.kinds[1].chunk_bytes, 16 * 1024);
}

struct Wrong {
  std::vector<std::string_view> arguments;
  const char* sentence;  // a part of it
};

TEST(LoadOptions, AreCheckedBeforeTheStart) {
  const std::vector<Wrong> kWrong = {
      {{}, "no URL was given"},
      {{kUrl, kUrl}, "second URL"},
      {{"https://127.0.0.1/"}, "no URL of the form"},
      {{"http:///x"}, "no URL of the form"},
      {{"http://h:0/"}, "no URL of the form"},
      {{"http://h:65536/"}, "no URL of the form"},
      {{"http://h:80x/"}, "no URL of the form"},
      {{"http://h/a b"}, "no URL of the form"},
      {{"http://h/a#b"}, "no URL of the form"},
      {{"http://user@h/"}, "no URL of the form"},
      {{"http://[::1/"}, "no URL of the form"},
      {{"--nothing=1", kUrl}, "--nothing is no option"},
      {{"-c", "4", kUrl}, "-c is no option"},
      {{kUrl, "--rate"}, "--rate needs a value"},
      {{"--rate=0", kUrl}, "--rate=0: give requests per second"},
      {{"--rate=-1", kUrl}, "--rate=-1: give"},
      {{"--rate=1e4", kUrl}, "--rate=1e4: give"},
      {{"--rate=1.0001", kUrl}, "give"},
      {{"--rate=10000001", kUrl}, "give"},
      {{"--rate=", kUrl}, "give"},
      {{"--duration=10", kUrl}, "a number and a unit"},
      {{"--duration=0", kUrl}, "too short"},
      {{"--duration=1us", kUrl}, "too short"},
      {{"--duration=25h", kUrl}, "a number and a unit"},
      {{"--duration=99999999999999999999s", kUrl}, "a number and a unit"},
      {{"--duration=-1s", kUrl}, "a number and a unit"},
      {{"--timeout=2h", kUrl}, "a number and a unit"},
      {{"--steps=1000", kUrl}, "RATE:DURATION"},
      {{"--steps=1000:1s,", kUrl}, "RATE:DURATION"},
      {{"--steps=", kUrl}, "RATE:DURATION"},
      {{"--steps=1000:1s", "--rate=5", kUrl}, "exclude each other"},
      {{"--steps=1000:1s", "--duration=5s", kUrl}, "leave --duration out"},
      {{"--connections=0", kUrl}, "from 1 to"},
      {{"--connections=x", kUrl}, "from 1 to"},
      {{"--connections=99999999999999999999", kUrl}, "from 1 to"},
      {{"--pipeline=257", kUrl}, "from 1 to 256"},
      {{"--threads=65", "--connections=64", kUrl}, "every thread needs a connection"},
      {{"--pipeline=16", "--requests-per-connection=1", kUrl}, "must not exceed"},
      {{"--share=1/2", kUrl}, "add --rate or --steps"},
      {{"--share=3/2", "--rate=5", kUrl}, "K/N"},
      {{"--share=0/2", "--rate=5", kUrl}, "K/N"},
      {{"--share=1", "--rate=5", kUrl}, "K/N"},
      {{"--share=1/1000001", "--rate=5", kUrl}, "K/N"},
      {{"--share=1/18446744073709551615", "--rate=5", kUrl}, "K/N"},
      {{"--start-at=now", kUrl}, "seconds since 1970"},
      {{"--start-at=9000000000.001", kUrl}, "seconds since 1970"},
      {{"--start-at=999999999999", kUrl}, "seconds since 1970"},
      {{"--method=GE T", kUrl}, "give a method"},
      {{"--method=CONNECT", kUrl}, "another method"},
      {{"--header=no colon", kUrl}, "'Name: value'"},
      {{"--header=A B: c", kUrl}, "'Name: value'"},
      {{"--header=A: b\r\nC: d", kUrl}, "control characters"},
      {{"--header=content-length: 4", kUrl}, "leave it out"},
      {{"--header=Host: a", kUrl}, "leave it out"},
      {{"--header=x-trace-id: a", "--trace-id=b", kUrl}, "both set X-Trace-ID"},
      {{"--mix=1 GET / header=X-Trace-ID:a", "--trace-id=b", kUrl}, "both set X-Trace-ID"},
      {{"--trace-id=", kUrl}, "prefix"},
      {{"--trace-id=a\nb", kUrl}, "control characters"},
      {{"--body=@/nowhere/at/all", kUrl}, "/nowhere/at/all cannot be read"},
      {{"--body=@/", kUrl}, "cannot be read"},
      {{"--body=@/proc/self/mem", kUrl}, "cannot be read to its end"},
      {{"--body=size:2000m", kUrl}, "at most 1024m"},
      {{"--body=size:x", kUrl}, "at most 1024m"},
      {{"--chunk=4", kUrl}, "add --body"},
      {{"--chunk=0", "--body=a", kUrl}, "bytes of a chunk"},
      {{"--mix=GET /", kUrl}, "WEIGHT METHOD PATH"},
      {{"--mix=0 GET /", kUrl}, "from 1 to"},
      {{"--mix=1 G(T /", kUrl}, "give a method"},
      {{"--mix=1 GET ping", kUrl}, "must begin with /"},
      {{"--mix=1 GET / what=3", kUrl}, "what is unknown"},
      {{"--mix=1 GET / chunk=3", kUrl}, "add body="},
      {{"--mix=60000 GET /", "--mix=60000 GET /b", kUrl}, "common factor"},
      {{"--mix=1 GET /", "--method=PUT", kUrl}, "leave --method"},
      {{"--progress=maybe", kUrl}, "auto, on or off"},
      {{"--spin=2s", kUrl}, "a number and a unit"},
      {{"--output=/nowhere/file", kUrl}, "a folder that exists"},
      {{"--output=/", kUrl}, "cannot be written"},
      {{"--output=", kUrl}, "name of a file"},
  };
  for (const Wrong& wrong : kWrong) {
    const ParsedOptions parsed = parse_options(wrong.arguments);
    EXPECT_THAT(parsed.error, HasSubstr(wrong.sentence)) << ::testing::PrintToString(wrong.arguments);
    EXPECT_THAT(parsed.error, ::testing::Not(HasSubstr("\n\n")));
    EXPECT_EQ(parsed.text, "");
  }
}

TEST(LoadOptions, NeedAsManyOpenFilesAsConnections) {
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const std::string connections = "--connections=" + std::to_string(std::min<rlim_t>(before.rlim_max, 999'999) - 1);
  if (before.rlim_max < 1'000'000) {
    EXPECT_THAT(parse_options({connections, kUrl}).error, HasSubstr("ulimit -Hn"));
  }
  const rlimit low{64, before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &low);
  EXPECT_EQ(parse_options({"--connections=100", kUrl}).error, "");
  rlimit raised{};
  getrlimit(RLIMIT_NOFILE, &raised);
  EXPECT_GE(raised.rlim_cur, 100);
  setrlimit(RLIMIT_NOFILE, &before);
}

TEST(LoadOptions, AreInTheHelp) {
  const std::string help = parse_options({"--help", "--wrong"}).text;
  for (const char* name : {"--rate", "--steps", "--mix", "--trace-id", "--share", "--start-at", "--output"}) {
    EXPECT_THAT(help, HasSubstr(name));
  }
  EXPECT_THAT(parse_options({"--version"}).text, HasSubstr("duel-load "));
}

TEST(LoadOptions, ReadUrls) {
  struct Case {
    const char* text;
    const char* host;
    int port;
    const char* authority;
    const char* target;
  };
  for (const Case& each : {Case{"http://h", "h", 80, "h", "/"}, Case{"http://h:81?a=b", "h", 81, "h:81", "/?a=b"},
                           Case{"http://[::1]:82/x?y", "::1", 82, "[::1]:82", "/x?y"}}) {
    const std::optional<Url> url = parse_url(each.text);
    ASSERT_TRUE(url) << each.text;
    EXPECT_EQ(url->host, each.host);
    EXPECT_EQ(url->port, each.port);
    EXPECT_EQ(url->authority, each.authority);
    EXPECT_EQ(url->target, each.target);
  }
}

// Three ways in which a run says nothing about the server.
TEST(LoadReport, SaysWhyARunIsVoid) {
  const Options options = parse_options({"--rate=1000", "--warmup=1s", kUrl}).options;
  std::vector<Results> results(2);
  results[0].lateness.record(kSecond);  // of the warm-up
  results[1].answered = 1;
  results[1].lateness.record(options.max_lateness_ns / 2, 99);
  results[1].lateness.record(kSecond);
  EXPECT_THAT(void_reasons(options, results), IsEmpty());
  results[1].lateness.record(kSecond);
  EXPECT_THAT(void_reasons(options, results), ::testing::ElementsAre(HasSubstr("at 1000 requests/s the P99")));
  results[1].failures[static_cast<size_t>(Failure::kUnsent)] = 7;
  results[1].answered = 0;
  EXPECT_THAT(
      void_reasons(options, results),
      ::testing::ElementsAre(HasSubstr("lateness"), HasSubstr("7 requests found no free"), HasSubstr("no request")));
  EXPECT_THAT(report_text(options, {.results = results}, void_reasons(options, results)),
              HasSubstr("\"valid\": false"));
}

}  // namespace
}  // namespace duel::load
