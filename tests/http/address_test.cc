#include "http/address.h"

#include <gtest/gtest.h>
#include <netinet/in.h>

#include <string>
#include <string_view>

namespace duel::http {
namespace {

using namespace std::string_view_literals;

TEST(Address, IsNumeric) {
  for (const std::string_view address : {"127.0.0.1", "0.0.0.0", "255.255.255.255", "::", "::1", "fe80::1",
                                         "1111:2222:3333:4444:5555:6666:123.123.123.123"}) {
    EXPECT_TRUE(is_address(address)) << address;
  }
  for (const std::string_view text : {""sv, "localhost"sv, "1.2.3"sv, "256.1.1.1"sv, "::g"sv, "[::1]"sv,
                                      "127.0.0.1:80"sv, "127.0.0.1 "sv, "127.0.0.1\0"sv, "::1\0.example.org"sv}) {
    EXPECT_FALSE(is_address(text)) << text;
  }
  EXPECT_FALSE(is_address(std::string(10'000, ':')));
}

TEST(Address, OnlyIpv6IsIpv6) {
  EXPECT_TRUE(is_ipv6_address("::1"));
  EXPECT_FALSE(is_ipv6_address("127.0.0.1"));
}

TEST(Address, IsWhatBindTakes) {
  const auto v4 = make_socket_address("127.0.0.1", 8080);
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->size, sizeof(sockaddr_in));
  const auto& in4 = reinterpret_cast<const sockaddr_in&>(v4->storage);
  EXPECT_EQ(in4.sin_family, AF_INET);
  EXPECT_EQ(in4.sin_port, htons(8080));
  EXPECT_EQ(in4.sin_addr.s_addr, htonl(INADDR_LOOPBACK));

  const auto v6 = make_socket_address("::1", 443);
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->size, sizeof(sockaddr_in6));
  const auto& in6 = reinterpret_cast<const sockaddr_in6&>(v6->storage);
  EXPECT_EQ(in6.sin6_family, AF_INET6);
  EXPECT_EQ(in6.sin6_port, htons(443));
  EXPECT_TRUE(IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr));
}

}  // namespace
}  // namespace duel::http
