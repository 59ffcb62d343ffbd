#include "http/grammar/address.h"

#include <algorithm>

namespace duel::http::grammar {
namespace {

constexpr size_t kGroups = 8;

char* write_decimal(unsigned value, char* to) {
  if (value >= 100) *to++ = static_cast<char>('0' + value / 100);
  if (value >= 10) *to++ = static_cast<char>('0' + value / 10 % 10);
  *to++ = static_cast<char>('0' + value % 10);
  return to;
}

char* write_v4(const uint8_t* bytes, char* to) {
  for (int i = 0; i < 4; ++i) {
    if (i > 0) *to++ = '.';
    to = write_decimal(bytes[i], to);
  }
  return to;
}

char* write_group(unsigned group, char* to) {
  for (int shift = group > 0xFFF ? 12 : group > 0xFF ? 8 : group > 0xF ? 4 : 0; shift >= 0; shift -= 4) {
    *to++ = kLowerHexDigits[group >> shift & 0xF];
  }
  return to;
}

struct Run {
  size_t begin = kGroups;
  size_t size = 1;  // of a run that is too short to be shortened (RFC 5952 §4.2.2)
};

// The longest run of zero groups; of several, the first (RFC 5952 §4.2.3).
Run longest_zeros(const std::array<unsigned, kGroups>& groups) {
  Run longest;
  for (size_t i = 0; i < kGroups; ++i) {
    size_t end = i;
    while (end < kGroups && groups[end] == 0) ++end;
    if (end - i > longest.size) longest = {i, end - i};
  }
  return longest;
}

char* write_v6(const Address& address, char* to) {
  std::array<unsigned, kGroups> groups{};
  for (size_t i = 0; i < kGroups; ++i) groups[i] = unsigned{address.bytes[2 * i]} << 8 | address.bytes[2 * i + 1];
  const Run zeros = longest_zeros(groups);
  for (size_t i = 0; i < kGroups; ++i) {
    if (i == zeros.begin) {
      *to++ = ':';
      *to++ = ':';
      i += zeros.size;
      if (i >= kGroups) break;
    } else if (i > 0) {
      *to++ = ':';
    }
    to = write_group(groups[i], to);
  }
  return to;
}

}  // namespace

std::string_view write_address(const Address& address, char* to) {
  const char* const end = address.is_v4() ? write_v4(&address.bytes[12], to) : write_v6(address, to);
  return {to, static_cast<size_t>(end - to)};
}

std::string_view write_scoped_address(const ScopedAddress& from, char* to, size_t size) {
  const std::string_view address = write_address(from.address, to);
  if (from.zone.empty()) return address;
  const size_t whole = address.size() + 1 + from.zone.size();
  if (whole > size) return {};
  to[address.size()] = '%';
  std::ranges::copy(from.zone, to + address.size() + 1);
  return {to, whole};
}

std::string_view respell_address(std::string_view text, char* to) {
  const auto read = parse_scoped_address(text);
  return read ? write_scoped_address(*read, to, kAddressTextBytes) : std::string_view();
}

}  // namespace duel::http::grammar
