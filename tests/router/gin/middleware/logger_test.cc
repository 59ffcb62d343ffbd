#include "router/gin/middleware/logger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <thread>

#include "tests/router/gin/middleware/ask.h"

namespace duel::gin::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

middleware::RequestLog request_log;
constexpr auto kLogged = router(use(middleware::logger<request_log>), get("/probe", run_probe));

std::string read_all(int descriptor) {
  std::string text;
  char bytes[4096];
  for (ssize_t size = 0; (size = ::read(descriptor, bytes, sizeof bytes)) > 0;) {
    text.append(bytes, static_cast<size_t>(size));
  }
  return text;
}

TEST(Logger, WritesALineForEachRequest) {
  EXPECT_EQ(ask<kLogged>("GET", {}, answer_ok).body, "ok") << "the log is off until start()";
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  request_log.start(ends[1]);
  probe_body = [](Context& c) { c.string(201, "ok"); };
  Engine<kLogged> engine;
  exchange(engine, "GET", "/probe?a=\"\x1B[31m\xC3\xA9");
  exchange(engine, "PROPFIND", "/" + std::string(1000, 'x'));
  request_log.stop();
  ::close(ends[1]);
  const std::string text = read_all(ends[0]);
  ::close(ends[0]);
  EXPECT_THAT(text, MatchesRegex("\\[GIN\\] [0-9]{4}/[0-9]{2}/[0-9]{2} - [0-9:]{8} \\| 201 \\| +[0-9.]+us \\| +\\| "
                                 "GET     \"/probe\\?a=\\\\x22\\\\x1b\\[31m\\\\xc3\\\\xa9\"\n.*\n"));
  EXPECT_THAT(text, HasSubstr("| 404 |"));
  EXPECT_THAT(text, HasSubstr("PROPFIND \"/xxx"));
  EXPECT_EQ(request_log.dropped(), 0u);
}

TEST(Logger, DropsAndCountsLinesThatDoNotFit) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  middleware::RequestLog log;
  log.start(ends[1], 2);
  middleware::RequestLog::Entry entry{};
  entry.target_size = 256;
  entry.target.fill('x');
  // There is no reader yet. The pipe holds 64 KiB, the batch of the writer 64 lines and the ring two lines.
  constexpr uint64_t kLines = 2000;
  for (uint64_t i = 0; i < kLines; ++i) log.push(entry);
  const uint64_t min_dropped = kLines - 64 * 1024 / 256 - 2 - 64;
  EXPECT_GE(log.dropped(), min_dropped);
  EXPECT_LT(log.dropped(), kLines);
  std::string text;
  std::thread reader([&] { text = read_all(ends[0]); });
  const uint64_t dropped = log.dropped();
  log.stop();
  ::close(ends[1]);
  reader.join();
  ::close(ends[0]);
  EXPECT_EQ(static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n')), kLines - dropped);
}

}  // namespace
}  // namespace duel::gin::testing
