#include "router/gin/client_ip.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/router/gin/exchange.h"

namespace duel::gin::testing {
namespace {

constexpr Network kTrusted[] = {network("10.0.0.0/8"), network("192.168.1.7"), network("2001:db8::/33")};
constexpr Proxies kProxies{.trusted = kTrusted};

std::string client(std::string_view remote, const std::vector<FieldText>& fields, const Proxies& proxies = kProxies) {
  const TestRequest request("GET", "/", fields);
  memory::Arena arena;
  return std::string(find_client_ip(request.get(), remote, proxies, arena));
}

TEST(ClientIp, IsThePeerUnlessAProxyIsTrusted) {
  EXPECT_EQ(client("1.2.3.4", {{"X-Forwarded-For", "9.9.9.9"}, {"X-Real-IP", "9.9.9.9"}}), "1.2.3.4");
  EXPECT_EQ(client("10.0.0.1", {{"X-Forwarded-For", "9.9.9.9"}}, Proxies{}), "10.0.0.1")
      << "no proxy is trusted by default";
  EXPECT_EQ(client("10.0.0.1", {}), "10.0.0.1");
  EXPECT_EQ(client("", {{"X-Forwarded-For", "9.9.9.9"}}), "");
}

TEST(ClientIp, WalksFromTheRightThroughTrustedProxies) {
  EXPECT_EQ(client("10.0.0.1", {{"X-Forwarded-For", "6.6.6.6, 5.5.5.5, 192.168.1.7,10.9.9.9"}}), "5.5.5.5");
  EXPECT_EQ(client("10.0.0.1", {{"X-Forwarded-For", "10.1.1.1, 10.2.2.2"}}), "10.1.1.1") << "all are trusted";
  EXPECT_EQ(client("::ffff:10.0.0.1", {{"X-Forwarded-For", "2001:db8::1"}}), "2001:db8::1");
  EXPECT_EQ(client("2001:db8:7fff::1", {{"X-Forwarded-For", "7::8"}}), "7::8");
  EXPECT_EQ(client("2001:db8:8000::1", {{"X-Forwarded-For", "7::8"}}), "2001:db8:8000::1");
}

TEST(ClientIp, HasOneSpellingPerAddress) {
  constexpr Proxies kPlatform{.trusted = kTrusted, .platform_field = "CF-Connecting-IP"};
  constexpr std::string_view kSpellings[][2] = {{"::FFFF:5.5.5.5", "5.5.5.5"},
                                                {"::ffff:505:505", "5.5.5.5"},
                                                {"2001:DB8:8000:0:0:0:0:1", "2001:db8:8000::1"},
                                                {"::5.5.5.5", "::505:505"}};
  for (const auto& [sent, spelling] : kSpellings) {
    const std::string text(sent);
    EXPECT_EQ(client("10.0.0.1", {{"X-Forwarded-For", text}}), spelling);
    EXPECT_EQ(client("10.0.0.1", {{"X-Forwarded-For", text + ", 10.2.2.2"}}), spelling);
    EXPECT_EQ(client("10.0.0.1", {{"X-Forwarded-For", text + ", ::ffff:10.2.2.2"}}), spelling);
    EXPECT_EQ(client("10.0.0.1", {{"X-Real-IP", text}}), spelling);
    EXPECT_EQ(client("1.2.3.4", {{"CF-Connecting-IP", text}}, kPlatform), spelling);
  }
  EXPECT_EQ(client("10.0.0.1", {{"X-Forwarded-For", "::FFFF:10.1.1.1"}}), "10.1.1.1") << "all are trusted";
}

TEST(ClientIp, AnEntryMatchesBothFormsOfIpv4) {
  static constexpr Network kMapped[] = {network("::ffff:10.0.0.0/104"), network("::ffff:127.0.0.1")};
  for (const std::string_view peer : {"10.0.0.1", "::ffff:10.0.0.1", "127.0.0.1", "::FFFF:7F00:1"}) {
    EXPECT_EQ(client(peer, {{"X-Forwarded-For", "5.5.5.5"}}, {.trusted = kMapped}), "5.5.5.5") << peer;
  }
}

TEST(ClientIp, AZoneOfThePeerDoesNotMatter) {
  static constexpr Network kLinkLocal[] = {network("fe80::/10")};
  EXPECT_EQ(client("fe80::1%eth0", {{"X-Forwarded-For", "5.5.5.5"}}, {.trusted = kLinkLocal}), "5.5.5.5");
  EXPECT_EQ(client("fe80::1%eth0", {}, {.trusted = kLinkLocal}), "fe80::1%eth0");
}

TEST(ClientIp, ReadsAllLinesAsOneList) {
  EXPECT_EQ(client("10.0.0.1", {{"X-Forwarded-For", "6.6.6.6"}, {"x-forwarded-for", "5.5.5.5, 10.2.2.2"}}), "5.5.5.5");
  EXPECT_EQ(client("10.0.0.1", {{"X-Forwarded-For", "6.6.6.6"}, {"X-Forwarded-For", "10.2.2.2"}}), "6.6.6.6");
}

TEST(ClientIp, AMalformedListMakesThePeerTheClient) {
  for (const char* list : {"garbage", "5.5.5.5, garbage", "5.5.5.5,", "5.5.5.5:80", "fe80::1%eth0", "[::1]", "unknown",
                           "garbage, 10.2.2.2"}) {
    EXPECT_EQ(client("10.0.0.1", {{"X-Forwarded-For", list}, {"X-Real-IP", "6.6.6.6"}}), "10.0.0.1") << list;
  }
  EXPECT_EQ(client("10.0.0.1", {{"X-Forwarded-For", "garbage, 5.5.5.5"}}), "5.5.5.5")
      << "the malformed part is to the left of the client";
}

// The client may send any value. The trusted proxy appends the address from which the client connected to its right.
TEST(ClientIp, CannotBeChosenByTheClient) {
  std::string flood;
  for (int i = 0; i < 1000; ++i) flood += "10.0.0." + std::to_string(i % 256) + ", ";
  for (const std::string& sent :
       {std::string("127.0.0.1"), std::string("10.0.0.1"), std::string("garbage"), std::string(""), std::string(",,,"),
        std::string("\"1.1.1.1\", 10.0.0.1"), flood + "9.9.9.9", flood}) {
    const std::string appended = sent + ", 5.5.5.5";
    EXPECT_EQ(client("10.0.0.1", {{"X-Forwarded-For", appended}}), "5.5.5.5") << sent;
    EXPECT_EQ(client("10.0.0.1", {{"X-Forwarded-For", sent}, {"X-Forwarded-For", "5.5.5.5"}}), "5.5.5.5") << sent;
    EXPECT_EQ(client("5.5.5.5", {{"X-Forwarded-For", sent}}), "5.5.5.5") << sent;
  }
  const std::vector<FieldText> lines(200, {"X-Forwarded-For", "10.0.0.2"});
  EXPECT_EQ(client("10.0.0.1", lines), "10.0.0.2");
}

TEST(ClientIp, UsesRealIpIfThereIsNoList) {
  EXPECT_EQ(client("10.0.0.1", {{"X-Real-IP", "6.6.6.6"}}), "6.6.6.6");
  EXPECT_EQ(client("10.0.0.1", {{"X-Real-IP", "6.6.6"}}), "10.0.0.1");
}

TEST(ClientIp, TrustsTheFieldOfThePlatform) {
  constexpr Proxies kPlatform{.platform_field = "CF-Connecting-IP"};
  EXPECT_EQ(client("1.2.3.4", {{"CF-Connecting-IP", "6.6.6.6"}}, kPlatform), "6.6.6.6");
  EXPECT_EQ(client("1.2.3.4", {{"CF-Connecting-IP", "x"}}, kPlatform), "1.2.3.4");
}

// Compares with inet_pton for each text, its prefixes and suffixes, and the text with one byte inserted.
TEST(Address, AgreesWithInetPton) {
  constexpr std::string_view kTexts[] = {"0.0.0.0",
                                         "255.255.255.255",
                                         "1.2.3.4",
                                         "256.1.1.1",
                                         "01.2.3.4",
                                         "1.2.3",
                                         "::",
                                         "::1",
                                         "1::",
                                         "1:2:3:4:5:6:7:8",
                                         "1:2:3:4:5:6:7::",
                                         "::2:3:4:5:6:7:8",
                                         "1:2:3::5:6:7:8",
                                         "1::2::3",
                                         "::ffff:1.2.3.4",
                                         "1:2:3:4:5:6:1.2.3.4",
                                         "::1.2.3.4:5",
                                         "1.2.3.4::",
                                         "12345::",
                                         "g::",
                                         ":1",
                                         "1:",
                                         ":::",
                                         "1:2:3:4:5:6:7:8:9",
                                         "1:2:3:4:5:6:7:1.2.3.4",
                                         "fe80::ABCD:ef01"};
  const auto check = [](const std::string& text) {
    in6_addr v6{};
    in_addr v4{};
    const bool known = inet_pton(AF_INET, text.c_str(), &v4) == 1 || inet_pton(AF_INET6, text.c_str(), &v6) == 1;
    const auto read = http::grammar::parse_address(text);
    ASSERT_EQ(read.has_value(), known) << text;
    if (inet_pton(AF_INET6, text.c_str(), &v6) == 1) {
      EXPECT_TRUE(std::equal(read->bytes.begin(), read->bytes.end(), v6.s6_addr)) << text;
    }
  };
  for (const std::string_view text : kTexts) {
    for (size_t i = 0; i <= text.size(); ++i) {
      check(std::string(text.substr(0, i)));
      check(std::string(text.substr(i)));
      for (const char c : {':', '.', '0', 'f', ' '}) {
        std::string changed(text);
        changed.insert(i, 1, c);
        check(changed);
      }
    }
  }
}

TEST(Network, RefusesMalformedNetworks) {
  for (const char* text :
       {"", "/", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/8x", "x/8", "::/999999999999"}) {
    EXPECT_FALSE(http::grammar::parse_network(text)) << text;
  }
  EXPECT_TRUE(network("0.0.0.0/0").contains(*http::grammar::parse_address("::ffff:8.8.8.8")));
  EXPECT_FALSE(network("::/0").contains(*http::grammar::parse_address("8.8.8.8")));
}

}  // namespace
}  // namespace duel::gin::testing
