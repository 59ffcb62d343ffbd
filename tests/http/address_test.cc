#include "http/address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <netinet/in.h>

#include <string>
#include <string_view>

#include "http/grammar/address.h"

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

TEST(Address, IsTheSameSocketAddressInEachSpelling) {
  const auto mapped = make_socket_address("::FFFF:127.0.0.1", 80);
  ASSERT_TRUE(mapped);
  EXPECT_EQ(mapped->storage.ss_family, AF_INET) << "an IPv6 socket would show its clients in mapped form";
  const unsigned loopback = if_nametoindex("lo");
  for (const std::string& zone : {std::string("lo"), std::to_string(loopback)}) {
    const auto scoped = make_socket_address("fe80::1%" + zone, 80);
    ASSERT_TRUE(scoped) << zone;
    EXPECT_EQ(reinterpret_cast<const sockaddr_in6&>(scoped->storage).sin6_scope_id, loopback);
  }
  EXPECT_FALSE(make_socket_address("fe80::1%no-such-interface", 80));
}

TEST(Address, OfASocketHasOneSpelling) {
  const auto text = [](const sockaddr_storage& address, size_t size = grammar::kAddressTextBytes) {
    std::string room(size, '\0');
    return std::string(write_socket_address(address, room.data(), size));
  };
  sockaddr_storage storage{};
  auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
  v6.sin6_family = AF_INET6;
  inet_pton(AF_INET6, "::ffff:127.0.0.1", &v6.sin6_addr);
  EXPECT_EQ(text(storage), "127.0.0.1") << "a client of a dual-stack socket";
  inet_pton(AF_INET6, "::1.2.3.4", &v6.sin6_addr);
  EXPECT_EQ(text(storage), "::102:304");
  inet_pton(AF_INET6, "FE80::1", &v6.sin6_addr);
  EXPECT_EQ(text(storage), "fe80::1");
  v6.sin6_scope_id = if_nametoindex("lo");
  EXPECT_EQ(text(storage), "fe80::1%lo");
  v6.sin6_scope_id = 4'000'000'000;
  EXPECT_EQ(text(storage), "fe80::1%4000000000") << "an interface that has gone";
  inet_pton(AF_INET6, "fe80:1111:2222:3333:4444:5555:6666:7777", &v6.sin6_addr);
  EXPECT_EQ(text(storage, INET6_ADDRSTRLEN), "fe80:1111:2222:3333:4444:5555:6666:7777") << "no room for the zone";
  EXPECT_EQ(text(make_socket_address("10.1.2.3", 80)->storage), "10.1.2.3");
  storage.ss_family = AF_UNIX;
  EXPECT_EQ(text(storage), "");
}

TEST(Address, IsTheHostOfAUrl) {
  EXPECT_EQ(url_host("127.0.0.1"), "127.0.0.1");
  EXPECT_EQ(url_host("::1"), "[::1]");
  EXPECT_EQ(url_host("fe80::1%eth0"), "[fe80::1%25eth0]");
}

}  // namespace
}  // namespace duel::http
