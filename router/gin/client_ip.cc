#include "router/gin/client_ip.h"

#include <array>

#include "http/grammar/ascii.h"
#include "http/grammar/token.h"
#include "http/limits.h"

namespace duel::gin {
namespace {

// Removes the last member from a comma-separated list and returns it.
std::string_view take_last(std::string_view& list) {
  const size_t comma = list.rfind(',');
  const std::string_view last = comma == std::string_view::npos ? list : list.substr(comma + 1);
  list = list.substr(0, comma == std::string_view::npos ? 0 : comma);
  return http::grammar::trim(last);
}

// Returns nothing if X-Forwarded-For is malformed or missing; `present` tells the two cases apart.
std::string_view walk_from_right(const http::Request& request, const Proxies& proxies, bool& present) {
  std::array<std::string_view, http::limits::kFieldCount> lines;
  size_t count = 0;
  for (const http::Field field : request.fields) {
    if (count < lines.size() && http::grammar::equal_fold_ascii(field.name, "X-Forwarded-For"))
      lines[count++] = field.value;
  }
  present = count > 0;
  std::string_view leftmost;
  while (count > 0) {
    std::string_view line = lines[--count];
    do {
      const std::string_view member = take_last(line);
      const auto address = http::grammar::parse_address(member);
      if (!address) return {};
      if (!proxies.trust(*address)) return member;
      leftmost = member;
    } while (!line.empty());
  }
  return leftmost;
}

}  // namespace

std::string_view find_client_ip(const http::Request& request, std::string_view remote, const Proxies& proxies) {
  if (!proxies.platform_field.empty()) {
    const std::string_view said = request.header(proxies.platform_field);
    if (http::grammar::parse_address(said)) return said;
  }
  if (proxies.trusted.empty()) return remote;
  const auto peer = http::grammar::parse_address(remote);
  if (!peer || !proxies.trust(*peer)) return remote;
  bool forwarded = false;
  if (const std::string_view client = walk_from_right(request, proxies, forwarded); !client.empty()) return client;
  const std::string_view real = request.header("X-Real-IP");
  return !forwarded && http::grammar::parse_address(real) ? real : remote;
}

}  // namespace duel::gin
