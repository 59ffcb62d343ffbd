#include "router/beego/context/multipart.h"

#include <gtest/gtest.h>

namespace duel::beego::context {
namespace {

constexpr std::string_view kType = "multipart/form-data; boundary=b";

std::string part(const std::string& head, const std::string& body) {
  return "--b\r\n" + head + "\r\n\r\n" + body + "\r\n";
}
std::string value(const std::string& name, const std::string& text) {
  return part("Content-Disposition: form-data; name=\"" + name + "\"", text);
}

TEST(MultipartTest, TakesValuesAndFilesApart) {
  const std::string body =
      "preamble\r\n" + value("v", "1") + value("v", "") +
      part("content-type: text/plain\r\nContent-Disposition: form-data; name=f; filename=\"x\\\"y.txt\"",
           "line\r\n--bb\r\n") +
      "--b--\r\nepilogue";
  const auto form = parse_multipart(body, kType);
  ASSERT_TRUE(form);
  using Pair = std::pair<std::string, std::string>;
  EXPECT_EQ(form->values, (std::vector<Pair>{{"v", "1"}, {"v", ""}}));
  ASSERT_EQ(form->files.size(), 1);
  EXPECT_EQ(form->files[0].field, "f");
  EXPECT_EQ(form->files[0].filename, "x\"y.txt");
  EXPECT_EQ(form->files[0].content_type, "text/plain");
  EXPECT_EQ(form->files[0].bytes, "line\r\n--bb\r\n");
}

TEST(MultipartTest, AFilenameHasNoFolders) {
  for (const auto& [sent, kept] : std::vector<std::pair<std::string, std::string>>{
           {"../../etc/passwd", "passwd"}, {"C:\\a\\b.txt", "b.txt"}, {"..", ""}, {"a/..", ""}, {"/", ""}}) {
    const auto form = parse_multipart(
        part("Content-Disposition: form-data; name=f; filename=\"" + sent + "\"", "x") + "--b--", kType);
    ASSERT_TRUE(form && form->files.size() == 1) << sent;
    EXPECT_EQ(form->files[0].filename, kept);
  }
}

TEST(MultipartTest, PassesOverPartsOfNoField) {
  const auto form = parse_multipart(part("X: y", "a") + part("Content-Disposition: form-data", "b") +
                                        part("Content-Disposition: attachment; name=c", "c") + "--b--",
                                    kType);
  ASSERT_TRUE(form);
  EXPECT_TRUE(form->values.empty());
}

TEST(MultipartTest, EveryBrokenOffBodyIsRefused) {
  const std::string body = value("a", "1") + value("b", "2") + "--b--";
  ASSERT_TRUE(parse_multipart(body, kType));
  for (size_t size = 0; size < body.size(); ++size) {
    EXPECT_FALSE(parse_multipart(std::string_view(body).substr(0, size), kType)) << size;
  }
}

TEST(MultipartTest, RefusesWhatIsNoForm) {
  const std::string body = value("a", "1") + "--b--";
  for (const char* type : {"multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"b",
                           "multipart/form-data; boundary=c"}) {
    EXPECT_FALSE(parse_multipart(body, type)) << type;
  }
  EXPECT_FALSE(parse_multipart(body, "multipart/form-data; boundary=" + std::string(71, 'b')));
  EXPECT_FALSE(parse_multipart("--b\r\n--b\r\n", kType));
  EXPECT_TRUE(parse_multipart("--b--", kType));
}

TEST(MultipartTest, HasBounds) {
  std::string many;
  for (size_t i = 0; i < kFormPartsMost; ++i) many += value("v", "");
  EXPECT_TRUE(parse_multipart(many + "--b--", kType));
  EXPECT_FALSE(parse_multipart(many + value("v", "") + "--b--", kType));
  EXPECT_FALSE(parse_multipart(part("X: " + std::string(kPartHeadBytesMost, 'x'), "") + "--b--", kType));
}

}  // namespace
}  // namespace duel::beego::context
