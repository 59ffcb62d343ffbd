#include "router/gin/middleware/gzip.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/router/gin/middleware/ask.h"

namespace duel::gin::testing {
namespace {

constexpr auto kGzipApp = router(use(middleware::gzip<>), get("/probe", run_probe), head("/probe", run_probe));

TEST(Gzip, CompressesBodiesOfTheMinimumSize) {
  const std::string text(5000, 'x');
  const Answer answer = ask<kGzipApp>("GET", kTakesGzip, [&](Context& c) {
    c.set_header("ETag", "\"1\"");
    c.string(200, text);
  });
  EXPECT_EQ(answer.field("Content-Encoding"), "gzip");
  EXPECT_EQ(answer.field("Vary"), "Accept-Encoding");
  EXPECT_EQ(answer.field("ETag"), "W/\"1\"");
  EXPECT_EQ(answer.field("Content-Length"), std::to_string(answer.body.size()));
  EXPECT_LT(answer.body.size(), 100u);
  EXPECT_EQ(unzip(answer.body), text);
  const Answer not_modified = ask<kGzipApp>("GET", kTakesGzip, [&](Context& c) {
    c.set_header("ETag", "\"1\"");
    c.status(304);
  });
  EXPECT_EQ(not_modified.field("Vary"), "Accept-Encoding") << "304 has the fields of 200 (RFC 9110 §15.4.5)";
  EXPECT_EQ(not_modified.field("ETag"), "W/\"1\"");
  const Answer small = ask<kGzipApp>("GET", kTakesGzip, [](Context& c) { c.string(200, std::string(1023, 'x')); });
  EXPECT_EQ(small.field("Content-Encoding"), "");
  EXPECT_EQ(small.field("Vary"), "");
}

TEST(Gzip, LeavesUnsuitableBodiesUncompressed) {
  const auto encoding = [](const std::vector<FieldText>& fields, std::function<void(Context&)> body) {
    return ask<kGzipApp>("GET", fields, std::move(body)).field("Content-Encoding");
  };
  const std::string text(5000, 'x');
  EXPECT_EQ(encoding(kTakesGzip, [&](Context& c) { c.data(200, "image/png", text); }), "");
  EXPECT_EQ(encoding(kTakesGzip, [&](Context& c) { c.data(200, "image/svg+xml", text); }), "gzip");
  EXPECT_EQ(encoding(kTakesGzip, [&](Context& c) { c.string(206, text); }), "");
  EXPECT_EQ(encoding(kTakesGzip, [&](Context& c) { c.write(text); }), "");
  EXPECT_EQ(encoding(kTakesGzip,
                     [&](Context& c) {
                       c.set_header("Content-Encoding", "br");
                       c.string(200, text);
                     }),
            "br")
      << "the body is encoded already";
  std::string noise;
  for (uint32_t i = 0, x = 1; i < 5000; ++i) noise += static_cast<char>((x = x * 1664525 + 1013904223) >> 24);
  EXPECT_EQ(encoding(kTakesGzip, [&](Context& c) { c.string(200, noise); }), "") << "the body would grow";
  const Answer plain = ask<kGzipApp>("GET", {}, [&](Context& c) { c.string(200, text); });
  EXPECT_EQ(plain.body, text);
  EXPECT_EQ(plain.field("Vary"), "Accept-Encoding") << "caches must know that there are two variants";
}

TEST(Gzip, HeadHasTheFieldsOfGet) {
  const std::string text(5000, 'x');
  const auto write = [&](Context& c) { c.string(200, text); };
  const Answer get = ask<kGzipApp>("GET", kTakesGzip, write);
  const Answer head = ask<kGzipApp>("HEAD", kTakesGzip, write);
  EXPECT_EQ(head.head, get.head);
  EXPECT_EQ(head.body, "");
  EXPECT_LT(std::stoul(head.field("Content-Length")), 100u);
}

constexpr http::GzipOptions kEverything{.min_bytes = 0, .level = http::kMaxGzipLevel};
constexpr auto kGzipTwice = router(use(middleware::gzip<>, middleware::gzip<kEverything>), get("/probe", run_probe));

TEST(Gzip, IsNotAppliedTwice) {
  const std::string text(100'000, 'x');
  const Answer answer = ask<kGzipTwice>("GET", kTakesGzip, [&](Context& c) { c.string(200, text); });
  EXPECT_EQ(answer.field("Content-Encoding"), "gzip");
  EXPECT_EQ(answer.field("Vary"), "Accept-Encoding");
  EXPECT_EQ(unzip(answer.body), text);
  EXPECT_EQ(ask<kGzipTwice>("GET", kTakesGzip, [](Context& c) { c.status(200); }).body, "")
      << "there is nothing to compress";
  const Answer vary = ask<kGzipTwice>("GET", kTakesGzip, [&](Context& c) {
    c.set_header("Vary", "Origin, accept-encoding");
    c.string(200, text);
  });
  EXPECT_EQ(vary.field("Vary"), "Origin, accept-encoding") << "Vary has the field already";
}

}  // namespace
}  // namespace duel::gin::testing
