#include "router/gin/middleware/request_id.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <system_error>

#include "http/grammar/ascii.h"

namespace duel::gin::middleware {
namespace {

constexpr size_t kUuidBytes = 16;
constexpr size_t kUuidText = 36;

// Gets random bytes for 16 requests per system call. Each byte is used once.
void fill_random(std::array<uint8_t, kUuidBytes>& to) {
  thread_local std::array<uint8_t, 16 * kUuidBytes> pool;
  thread_local size_t used = pool.size();
  if (used == pool.size()) {
    while (getrandom(pool.data(), pool.size(), 0) != static_cast<ssize_t>(pool.size())) {
      if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "getrandom");
    }
    used = 0;
  }
  std::memcpy(to.data(), pool.data() + used, to.size());
  used += to.size();
}

std::string_view make_uuid(Arena& arena) {
  std::array<uint8_t, kUuidBytes> bytes;  // NOLINT: filled next
  fill_random(bytes);
  bytes[6] = static_cast<uint8_t>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<uint8_t>((bytes[8] & 0x3F) | 0x80);
  char* const text = arena.take(kUuidText);
  char* to = text;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *to++ = '-';
    *to++ = http::grammar::kLowerHexDigits[bytes[i] >> 4];
    *to++ = http::grammar::kLowerHexDigits[bytes[i] & 15];
  }
  return {text, kUuidText};
}

}  // namespace

bool is_sane_request_id(std::string_view id) {
  constexpr size_t kMaxBytes = 128;
  return !id.empty() && id.size() <= kMaxBytes && std::ranges::all_of(id, [](char c) {
    return http::grammar::is_letter_or_digit(c) || (c != 0 && std::strchr("-_.:+/=@", c) != nullptr);
  });
}

void request_id(Context& c) {
  const std::string_view sent = c.header("X-Request-ID");
  const std::string_view id = is_sane_request_id(sent) ? sent : make_uuid(c.arena());
  c.set(kRequestId, id);
  c.set_header("X-Request-ID", id);
}

}  // namespace duel::gin::middleware
