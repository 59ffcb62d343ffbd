#include "http/grammar/multipart.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "tests/http/grammar/multipart_cases.h"

namespace duel::http::grammar {
namespace {

std::string plain(const HeadText& text) {
  std::string to(text.sent.size(), '\0');
  to.resize(static_cast<size_t>(write_plain(text, to.data()) - to.data()));
  return to;
}

TEST(MultipartReader, ReadsTheCommonCases) {
  for (const testing::MultipartCase& one : testing::multipart_cases()) {
    SCOPED_TRACE(one.what);
    std::map<std::string, std::vector<std::string>> values;
    std::vector<testing::MultipartFile> files;
    MultipartReader reader(one.body, one.content_type);
    while (const auto part = reader.next()) {
      if (part->is_file()) {
        files.push_back({plain(part->name), std::string(base_name(plain(part->filename))), plain(part->content_type),
                         std::string(part->bytes)});
      } else {
        values[plain(part->name)].emplace_back(part->bytes);
      }
    }
    EXPECT_EQ(reader.error(), one.error);
    EXPECT_EQ(reader.next().has_value(), false) << "it has ended";
    if (!one.error.empty()) continue;
    EXPECT_EQ(values, (std::map(one.values.begin(), one.values.end())));
    EXPECT_EQ(files, one.files);
  }
}

// In a memory block of the body's size, so that AddressSanitizer sees each byte read beyond it.
TEST(MultipartReader, RefusesEveryPrefix) {
  const std::string body =
      "--b\r\nContent-Disposition: form-data; name=\"a\\\"\";\r\n filename=\"f\"\r\n\r\nx\r\n--bX\r\n--b--";
  for (size_t size = 0; size <= body.size(); ++size) {
    const std::vector<char> exact(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(size));
    MultipartReader reader({exact.data(), size}, "multipart/form-data; boundary=b");
    while (reader.next()) continue;
    EXPECT_EQ(reader.error().empty(), size == body.size()) << size;
  }
}

TEST(MultipartReader, GivesViewsOfTheBody) {
  const std::string body = testing::value_part("a", "1") + testing::kLastLine;
  MultipartReader reader(body, "multipart/form-data; boundary=b");
  const auto part = reader.next();
  ASSERT_TRUE(part);
  EXPECT_TRUE(part->name.is_plain());
  EXPECT_EQ(part->name.sent.data(), body.data() + body.find("a\"\r\n"));
  EXPECT_EQ(part->bytes.data(), body.data() + body.find("1\r\n"));
}

}  // namespace
}  // namespace duel::http::grammar
