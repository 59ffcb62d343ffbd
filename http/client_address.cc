#include "http/client_address.h"

#include <algorithm>
#include <array>

#include "http/grammar/ascii.h"
#include "http/grammar/token.h"
#include "http/limits.h"

namespace duel::http {
namespace {

// Removes the last member from a comma-separated list and returns it.
std::string_view take_last(std::string_view& list) {
  const size_t comma = list.rfind(',');
  const std::string_view last = comma == std::string_view::npos ? list : list.substr(comma + 1);
  list = list.substr(0, comma == std::string_view::npos ? 0 : comma);
  return grammar::trim(last);
}

bool trusts(std::span<const grammar::Network> trusted, const grammar::Address& address) {
  return std::ranges::any_of(trusted, [&](const grammar::Network& network) { return network.contains(address); });
}

// Returns nothing if X-Forwarded-For is malformed.
std::optional<grammar::Address> walk_from_right(const Request& request, std::span<const grammar::Network> trusted) {
  std::array<std::string_view, limits::kFieldCount> lines;
  size_t count = 0;
  for (const Field field : request.fields) {
    if (count < lines.size() && grammar::equal_fold_ascii(field.name, "X-Forwarded-For")) lines[count++] = field.value;
  }
  std::optional<grammar::Address> leftmost;
  while (count > 0) {
    std::string_view line = lines[--count];
    do {
      const auto address = grammar::parse_address(take_last(line));
      if (!address || !trusts(trusted, *address)) return address;
      leftmost = address;
    } while (!line.empty());
  }
  return leftmost;
}

}  // namespace

std::optional<grammar::Address> forwarded_client(const Request& request, std::string_view peer,
                                                 std::span<const grammar::Network> trusted) {
  if (trusted.empty()) return std::nullopt;
  const auto address = grammar::parse_scoped_address(peer);
  if (!address || !trusts(trusted, address->address)) return std::nullopt;
  if (!request.has_header("X-Forwarded-For")) return grammar::parse_address(request.header("X-Real-IP"));
  return walk_from_right(request, trusted);
}

}  // namespace duel::http
