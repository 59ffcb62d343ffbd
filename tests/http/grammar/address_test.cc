#include "http/grammar/address.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

namespace duel::http::grammar {
namespace {

std::string respelled(std::string_view text) {
  std::array<char, kAddressTextBytes> room{};
  return std::string(respell_address(text, room.data()));
}

// What Go's net.IP.String prints for the address that net.ParseIP reads.
TEST(AddressText, HasOneSpellingPerAddress) {
  constexpr std::string_view kCases[][2] = {
      {"127.0.0.1", "127.0.0.1"},
      {"::ffff:127.0.0.1", "127.0.0.1"},
      {"::FFFF:7F00:1", "127.0.0.1"},
      {"0:0:0:0:0:ffff:102:304", "1.2.3.4"},
      {"::ffff:0:0", "0.0.0.0"},
      {"::", "::"},
      {"0:0:0:0:0:0:0:0", "::"},
      {"0:0:0:0:0:0:0:1", "::1"},
      {"0000:0000:0000:0000:0000:0000:0000:0001", "::1"},
      {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
      {"2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
      {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
      {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
      {"1:0:2:0:3:0:4:0", "1:0:2:0:3:0:4:0"},
      {"::1.2.3.4", "::102:304"},
      {"64:ff9b::1.2.3.4", "64:ff9b::102:304"},
      {"::fffe:1.2.3.4", "::fffe:102:304"},
      {"::ffff:0:1.2.3.4", "::ffff:0:102:304"},
      {"fe80::00AB", "fe80::ab"},
      {"0:0:1::", "0:0:1::"},
      {"1::", "1::"},
      {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
      {"1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"},
      {"0:0:3:4:5:6:7:8", "::3:4:5:6:7:8"},
      {"FFFF:ffff:FFFF:ffff:FFFF:ffff:FFFF:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
      {"0:1:2:3:4:5:6:7", "0:1:2:3:4:5:6:7"},
      {"1:2:3:4:5:6:7:0", "1:2:3:4:5:6:7:0"},
      {"255.255.255.255", "255.255.255.255"},
      {"10.20.3.100", "10.20.3.100"},
      {"1:0:0:2:3:4:5:6", "1::2:3:4:5:6"},
      {"::2:0:0:0:0:1", "0:0:2::1"},
      {"FE80::1%eth0", "fe80::1%eth0"},
      {"fe80:0::1%3", "fe80::1%3"},
  };
  for (const auto& [text, spelling] : kCases) {
    EXPECT_EQ(respelled(text), spelling) << text;
    EXPECT_EQ(respelled(spelling), spelling);
  }
}

TEST(AddressText, IsEmptyForOtherTexts) {
  for (const std::string_view text : {"", "localhost", "1.2.3", "127.0.0.1:80", "[::1]", "::1 ", "fe80::1%",
                                      "127.0.0.1%lo", "::ffff:127.0.0.1%lo", "%lo", "::g%lo"}) {
    EXPECT_EQ(respelled(text), "") << text;
  }
  EXPECT_EQ(respelled("fe80::1%" + std::string(kAddressTextBytes, 'x')), "") << "a zone that does not fit";
}

// The same networks and answers as those of Go's net.ParseCIDR and IPNet.Contains.
TEST(NetworkText, TakesIpv4InBothForms) {
  struct Case {
    const char* network;
    const char* inside;
    const char* outside;
  };
  constexpr Case kCases[] = {
      {"10.0.0.0/8", "::ffff:10.9.9.9", "::ffff:11.0.0.1"},
      {"::ffff:10.0.0.0/104", "10.9.9.9", "11.0.0.1"},
      {"::FFFF:A00:1", "10.0.0.1", "10.0.0.2"},
      {"10.0.0.1", "::ffff:a00:1", "::a00:1"},
      {"10.1.2.3/8", "10.9.9.9", "11.1.2.3"},
      {"::ffff:10.0.0.0/96", "8.8.8.8", "::1"},
      {"0.0.0.0/0", "::ffff:8.8.8.8", "::1"},
      {"::/0", "::1", "8.8.8.8"},
      {"::ffff:1.2.3.4/0", "::1", "1.2.3.4"},
      {"::ffff:10.0.0.0/90", "::fffe:10.9.9.9", "10.0.0.0"},
      {"2001:DB8::/32", "2001:db8:0::1", "2001:db9::1"},
  };
  for (const Case& one : kCases) {
    const auto network = parse_network(one.network);
    ASSERT_TRUE(network) << one.network;
    EXPECT_TRUE(network->contains(parse_address(one.inside).value())) << one.network << " " << one.inside;
    EXPECT_FALSE(network->contains(parse_address(one.outside).value())) << one.network << " " << one.outside;
  }
}

}  // namespace
}  // namespace duel::http::grammar
