// For the proxies that applications trust, and for the addresses that clients and proxies send.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "http/grammar/ascii.h"

namespace duel::http::grammar {

// An IP address of either family. IPv4 addresses have the prefix ::ffff: (RFC 4291 §2.5.5.2), as in Go.
struct Address {
  std::array<uint8_t, 16> bytes{};

  constexpr bool operator==(const Address&) const = default;
  constexpr bool is_v4() const {
    for (size_t i = 0; i < 10; ++i) {
      if (bytes[i] != 0) return false;
    }
    return bytes[10] == 0xFF && bytes[11] == 0xFF;
  }
};

// Reads dotted decimal without leading zeros, or IPv6 (RFC 4291 §2.2) without a zone (Go's net.ParseIP). Returns
// nothing for any other text, such as an address with a port. Declared addresses are read at compile time, addresses
// from clients and proxies at run time.
constexpr std::optional<Address> parse_address(std::string_view text);

// Room for an address with its zone: 39 bytes, '%', and the name of a network interface (15 bytes).
inline constexpr size_t kAddressTextBytes = 64;

// Writes the one spelling of an address: dotted decimal for IPv4, also for the mapped form ::ffff:127.0.0.1, and
// RFC 5952 for IPv6 (lower case, the longest run of zero groups shortened). Go prints the same texts. `to` has room for
// kAddressTextBytes. Returns a view of it.
std::string_view write_address(const Address& address, char* to);

// An address as the operating system names it. Link-local addresses (RFC 4291 §2.5.6) are unique only together with
// their zone, the network interface: "fe80::1%eth0" (RFC 4007 §11).
struct ScopedAddress {
  Address address;
  std::string_view zone{};  // a view into the parsed text; empty if there is none
};

// The same as parse_address(), and a zone is allowed behind an IPv6 address. IPv4 has no zones.
constexpr std::optional<ScopedAddress> parse_scoped_address(std::string_view text);

// Writes an address and its zone, as write_address() does. `size` is that of `to` in bytes. Empty if the zone does not
// fit.
std::string_view write_scoped_address(const ScopedAddress& from, char* to, size_t size);

// The one spelling of an address that may have a zone. Empty if `text` is not such an address. `to` has room for
// kAddressTextBytes. A zone that does not fit is malformed.
std::string_view respell_address(std::string_view text, char* to);

// All addresses that begin with the same `prefix_bits` bits.
struct Network {
  Address address;
  uint8_t prefix_bits = 128;  // for IPv4, 96 plus the number in the text

  constexpr bool contains(const Address& other) const {
    // ::/0 contains every IPv6 address and no IPv4 address.
    if (address.is_v4() != other.is_v4()) return false;
    for (size_t bit = 0; bit < prefix_bits; bit += 8) {
      const unsigned kept = prefix_bits - bit < 8 ? 0xFF00U >> (prefix_bits - bit) & 0xFFU : 0xFFU;
      if (((address.bytes[bit / 8] ^ other.bytes[bit / 8]) & kept) != 0) return false;
    }
    return true;
  }
};

// Reads "10.0.0.0/8", "2001:db8::/32" or one address. IPv4 may be written in the mapped form: ::ffff:10.0.0.0/104 is
// 10.0.0.0/8. Returns nothing for any other text.
constexpr std::optional<Network> parse_network(std::string_view text);

// The same for literals: a malformed text does not compile.
consteval Network network(std::string_view text) {
  return parse_network(text).value();
}

namespace internal {

// The index of the first `c`, or text.size(). Not string_view::find, which g++ refuses in a constant expression under
// UndefinedBehaviorSanitizer.
constexpr size_t index_of(std::string_view text, char c) {
  size_t at = 0;
  while (at < text.size() && text[at] != c) ++at;
  return at;
}
constexpr bool holds(std::string_view text, char c) {
  return index_of(text, c) < text.size();
}
constexpr size_t index_of_gap(std::string_view text) {
  size_t at = 0;
  while (at < text.size() && !text.substr(at).starts_with("::")) ++at;
  return at;
}

constexpr bool parse_v4(std::string_view text, uint8_t* to) {
  for (int part = 0; part < 4; ++part) {
    unsigned value = 0;
    size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9' && digits < 4) {
      value = value * 10 + static_cast<unsigned>(text[digits++] - '0');
    }
    if (digits == 0 || value > 255 || (digits > 1 && text[0] == '0')) return false;
    to[part] = static_cast<uint8_t>(value);
    text.remove_prefix(digits);
    if (part < 3 && (text.empty() || text[0] != '.')) return false;
    if (part < 3) text.remove_prefix(1);
  }
  return text.empty();
}

// Writes groups such as "a:b:c" to `to`, which has room for `room` bytes. The last group may be dotted decimal. Returns
// the number of bytes, or -1 if the text is malformed or too long.
constexpr int parse_groups(std::string_view text, uint8_t* to, int room) {
  int size = 0;
  while (!text.empty()) {
    if (!holds(text, ':') && holds(text, '.')) {
      return size + 4 <= room && parse_v4(text, to + size) ? size + 4 : -1;
    }
    unsigned value = 0;
    size_t digits = 0;
    for (; digits < text.size() && digits < 5 && hex_value(text[digits]) >= 0; ++digits) {
      value = value << 4 | static_cast<unsigned>(hex_value(text[digits]));
    }
    if (digits == 0 || digits > 4 || size + 2 > room) return -1;
    to[size++] = static_cast<uint8_t>(value >> 8);
    to[size++] = static_cast<uint8_t>(value & 0xFF);
    text.remove_prefix(digits);
    if (text.empty()) break;
    if (text[0] != ':' || text.size() == 1) return -1;
    text.remove_prefix(1);
  }
  return size;
}

}  // namespace internal

constexpr std::optional<Address> parse_address(std::string_view text) {
  Address address;
  if (!internal::holds(text, ':')) {
    address.bytes[10] = address.bytes[11] = 0xFF;
    if (!internal::parse_v4(text, &address.bytes[12])) return std::nullopt;
    return address;
  }
  const size_t gap = internal::index_of_gap(text);
  if (gap == text.size()) {
    if (internal::parse_groups(text, address.bytes.data(), 16) != 16) return std::nullopt;
    return address;
  }
  // "::" stands for at least one group.
  std::array<uint8_t, 16> tail{};
  const std::string_view front = text.substr(0, gap);
  if (internal::holds(front, '.')) return std::nullopt;
  const int before = internal::parse_groups(front, address.bytes.data(), 14);
  const int behind = before < 0 ? -1 : internal::parse_groups(text.substr(gap + 2), tail.data(), 14 - before);
  if (behind < 0) return std::nullopt;
  const auto size = static_cast<size_t>(behind);
  for (size_t i = 0; i < size; ++i) address.bytes[16 - size + i] = tail[i];
  return address;
}

constexpr std::optional<ScopedAddress> parse_scoped_address(std::string_view text) {
  const size_t percent = internal::index_of(text, '%');
  const auto address = parse_address(text.substr(0, percent));
  if (!address) return std::nullopt;
  if (percent == text.size()) return ScopedAddress{*address};
  const std::string_view zone = text.substr(percent + 1);
  if (address->is_v4() || zone.empty()) return std::nullopt;
  return ScopedAddress{*address, zone};
}

constexpr std::optional<Network> parse_network(std::string_view text) {
  const size_t slash = internal::index_of(text, '/');
  auto address = parse_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  if (slash == text.size()) return Network{*address, 128};
  const std::string_view digits = text.substr(slash + 1);
  unsigned bits = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9' || bits > 128) return std::nullopt;
    bits = bits * 10 + static_cast<unsigned>(c - '0');
  }
  const bool dotted = !internal::holds(text, ':');
  if (digits.empty() || bits > (dotted ? 32U : 128U)) return std::nullopt;
  if (dotted) bits += 96;
  // Without the bits behind the prefix: ::ffff:0:0/95 is a network of IPv6, as in Go.
  for (size_t bit = bits; bit < 128; ++bit) {
    address->bytes[bit / 8] &= static_cast<uint8_t>(~(0x80U >> bit % 8));
  }
  return Network{*address, static_cast<uint8_t>(bits)};
}

}  // namespace duel::http::grammar
