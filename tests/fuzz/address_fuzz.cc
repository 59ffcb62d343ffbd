#include <arpa/inet.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/grammar/address.h"
#include "tests/fuzz/check.h"

// The input is the text of an address, such as a client or a proxy writes it.
//
// The target checks that
// - every address that is read is read by inet_pton(3) too, with the same bytes,
// - it has one spelling, which is read as the same address and never has the mapped form of IPv4,
// - it is in the network that consists of it alone.
namespace duel::http::grammar {
namespace {

using fuzz::check;

std::string spelled(const Address& address) {
  std::array<char, kAddressTextBytes> to;
  return std::string(write_address(address, to.data()));
}

void check_as_the_system_reads(const std::string& text, const Address& address) {
  std::array<uint8_t, 16> bytes{};
  if (text.find(':') != std::string::npos) {
    check(inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1, "inet_pton() refuses it", text);
  } else {
    bytes[10] = bytes[11] = 0xFF;
    check(inet_pton(AF_INET, text.c_str(), bytes.data() + 12) == 1, "inet_pton() refuses it", text);
  }
  check(bytes == address.bytes, "inet_pton() reads another address", text);
}

void run(const std::string& text) {
  if (const auto address = parse_address(text)) {
    check_as_the_system_reads(text, *address);
    const std::string spelling = spelled(*address);
    check(parse_address(spelling) == address, "its spelling is another address", spelling);
    check(!spelling.starts_with("::ffff:") || !address->is_v4(), "the mapped form", spelling);
    check(parse_network(text)->contains(*address), "it is not in its own network", text);
  }
  std::array<char, kAddressTextBytes> first;
  std::array<char, kAddressTextBytes> second;
  const std::string_view once = respell_address(text, first.data());
  check(respell_address(once, second.data()) == once, "the spelling has another spelling", once);
  const auto network = parse_network(text);
  check(!network || network->prefix_bits <= 128, "too long a prefix", text);
  check(!network || network->contains(network->address), "a network without its own address", text);
}

}  // namespace
}  // namespace duel::http::grammar

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  duel::http::grammar::run(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
