#include "http/gzip.h"

#include <libdeflate.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/http/response_fixture.h"

namespace duel::http {
namespace {

// The result of accepts_gzip() for a request with these Accept-Encoding lines.
bool accepts(const std::vector<std::string_view>& lines) {
  constexpr std::string_view kName = "Accept-Encoding";
  std::string head;
  std::vector<FieldSpan> spans;
  for (const std::string_view line : lines) {
    const size_t at = head.size();
    head.append(kName).append(line);
    spans.push_back({.name_at = static_cast<uint32_t>(at),
                     .value_at = static_cast<uint32_t>(at + kName.size()),
                     .name_size = kName.size(),
                     .value_size = static_cast<decltype(FieldSpan::value_size)>(line.size())});
  }
  return accepts_gzip(FieldList(head.data(), spans.data(), spans.size()));
}

TEST(AcceptEncoding, AcceptsGzip) {
  for (const char* list : {"gzip", "GZIP", "x-gzip", "deflate, gzip", "gzip;q=0.5", "gzip; q=1.000", "*", "br, *;q=0.1",
                           " , gzip ,", "identity, gzip", "gzip;Q=1"}) {
    EXPECT_TRUE(accepts({list})) << list;
  }
}

TEST(AcceptEncoding, DoesNotAcceptGzip) {
  for (const char* list :
       {"", "identity", "deflate, br", "gzip;q=0", "gzip;q=0.000", "*;q=0", "gzip;q=0, *", "gzip;q=0.5, identity",
        "gzipped", "gzip;q=2", "gzip;q=.5", "gzip;q=x", "gzip;level=1", "gzip;q=0.1234", "gzip;q=", "gzip;"}) {
    EXPECT_FALSE(accepts({list})) << list;
  }
}

TEST(AcceptEncoding, MayComeInSeveralLines) {
  EXPECT_TRUE(accepts({"br", "gzip"}));
  EXPECT_TRUE(accepts({"", "br, gzip"}));
  EXPECT_FALSE(accepts({"gzip;q=0.5", "identity"}));
  EXPECT_FALSE(accepts({"*", "gzip;q=0"}));
  EXPECT_FALSE(accepts({}));
}

class GzipTest : public testing::ResponseTest {
 protected:
  // The answer with `text` as its body to a client that accepts `accepted`.
  void answer(std::string_view text, std::string_view type = "text/plain", bool accepted = true) {
    Request request;
    const std::string line = "Accept-Encoding: gzip";
    const FieldSpan span{.name_at = 0, .value_at = 17, .name_size = 15, .value_size = 4};
    if (accepted) request.fields = FieldList(line.data(), &span, 1);
    Response& response = start();
    gzip_.start(request);
    response.code_body(gzip_);
    response.set("Content-Type", type);
    prepare_(response);
    response.end(text);
  }

  std::string plain() {
    std::string text(100'000, '\0');
    size_t size = 0;
    libdeflate_decompressor* const decompressor = libdeflate_alloc_decompressor();
    const auto result =
        libdeflate_gzip_decompress(decompressor, body().data(), body().size(), text.data(), text.size(), &size);
    libdeflate_free_decompressor(decompressor);
    EXPECT_EQ(result, LIBDEFLATE_SUCCESS);
    return text.substr(0, size);
  }

  void expect_plain(std::string_view text) {
    EXPECT_EQ(head().count("Content-Encoding"), 0U);
    EXPECT_EQ(body(), text);
  }

  const std::string text_ = std::string(1'000, 'a') + std::string(1'000, 'b');
  Gzip gzip_{GzipOptions{}};
  std::function<void(Response&)> prepare_ = [](Response&) {};
};

TEST_F(GzipTest, CompressesABody) {
  answer(text_);
  EXPECT_EQ(head().value("Content-Encoding"), "gzip");
  EXPECT_EQ(head().value("Vary"), "Accept-Encoding");
  EXPECT_EQ(head().value("Content-Length"), std::to_string(body().size()));
  EXPECT_LT(body().size(), text_.size() / 4);
  EXPECT_EQ(plain(), text_);
}

TEST_F(GzipTest, CompressesBodiesOfDifferentSizes) {
  for (const size_t size : {size_t{90'000}, size_t{300}, size_t{70'000}, size_t{65'536}, size_t{200}}) {
    output().clear();
    const std::string text(size, 'x');
    answer(text);
    EXPECT_EQ(plain(), text);
  }
}

TEST_F(GzipTest, SetsVary) {
  answer(text_, "text/plain", false);
  expect_plain(text_);
  EXPECT_EQ(head().value("Vary"), "Accept-Encoding");
}

TEST_F(GzipTest, AddsToAnExistingVary) {
  prepare_ = [](Response& response) { response.set("Vary", "Origin"); };
  answer(text_);
  EXPECT_EQ(head().count("Vary"), 2U);
  output().clear();
  prepare_ = [](Response& response) { response.set("Vary", "origin, accept-encoding"); };
  answer(text_);
  EXPECT_EQ(head().count("Vary"), 1U);
}

TEST_F(GzipTest, DoesNotCompressShortBodies) {
  answer("pong");
  expect_plain("pong");
  EXPECT_EQ(head().count("Vary"), 0U);
  output().clear();
  answer("");
  expect_plain("");
}

TEST_F(GzipTest, DoesNotCompressIncompressibleBodies) {
  answer(text_, "image/png");
  expect_plain(text_);
  output().clear();
  const std::string noise =
      "0a9f8e7d6c5b4a39281f0e";  // 22 bytes; gzip adds a frame of 18 bytes, so its result is larger
  answer(noise);
  expect_plain(noise);
}

TEST_F(GzipTest, DoesNotCompressEncodedAndPartialBodies) {
  prepare_ = [](Response& response) { response.set("Content-Encoding", "br"); };
  answer(text_);
  EXPECT_EQ(head().value("Content-Encoding"), "br");
  EXPECT_EQ(body(), text_);
  output().clear();
  prepare_ = [](Response& response) { response.status(206); };
  answer(text_);
  expect_plain(text_);
}

TEST_F(GzipTest, WeakensTheTag) {
  prepare_ = [](Response& response) { response.set("ETag", "\"v1\""); };
  answer(text_);
  EXPECT_EQ(head().value("ETag"), "W/\"v1\"");
  output().clear();
  prepare_ = [](Response& response) { response.set("ETag", "W/\"v1\""); };
  answer(text_);
  EXPECT_EQ(head().value("ETag"), "W/\"v1\"");
  output().clear();
  prepare_ = [](Response& response) { response.set("ETag", "\"" + std::string(300, 'v') + "\""); };
  answer(text_);
  EXPECT_EQ(head().count("ETag"), 0U);
}

// The fields that the coder adds may exceed limits::kResponseFieldBytes. A body without its Content-Encoding is
// garbage.
TEST_F(GzipTest, FieldsThatDoNotFitAreAnError) {
  for (const int status : {200, 304}) {
    bool fitted = false;
    bool refused = false;
    for (size_t left = 0; left < 100; ++left) {
      output().clear();
      prepare_ = [&](Response& response) {
        response.status(status);
        response.set("ETag", "\"v1\"");
        const size_t used = std::string_view("Content-Type: text/plain\r\nETag: \"v1\"\r\nX: \r\n").size();
        EXPECT_TRUE(response.set("X", std::string(limits::kResponseFieldBytes - used - left, 'v')));
      };
      answer(text_);
      const bool coded = head().count("Vary") == 1 && head().value("ETag") == "W/\"v1\"" &&
                         (status == 304 || (head().value("Content-Encoding") == "gzip" && plain() == text_));
      EXPECT_EQ(head().status, coded ? status : 500) << left;
      (coded ? fitted : refused) = true;
    }
    EXPECT_TRUE(fitted);
    EXPECT_TRUE(refused);
  }
}

TEST_F(GzipTest, TheNextResponseIsNotCoded) {
  answer(text_);
  output().clear();
  start().end(text_);
  expect_plain(text_);
}

}  // namespace
}  // namespace duel::http
