#include "router/gin/middleware/basic_auth.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>

#include "http/grammar/ascii.h"
#include "http/grammar/token.h"

namespace duel::gin::middleware {
namespace {

// Maximum size of user and password together. Longer credentials are refused.
constexpr size_t kMaxCredentialBytes = 512;

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

// Decodes base64 (RFC 4648 §4), with or without padding. Returns nothing if the text is malformed or too long.
std::optional<std::string_view> decode_base64(std::string_view text, std::array<char, kMaxCredentialBytes>& to) {
  if (text.ends_with('=') && text.size() % 4 != 0) return std::nullopt;
  if (text.ends_with('=')) text.remove_suffix(text.ends_with("==") ? 2 : 1);
  if (text.size() % 4 == 1 || text.size() / 4 * 3 + 2 > to.size()) return std::nullopt;
  size_t size = 0;
  uint32_t bits = 0;
  int pending = 0;
  for (const char c : text) {
    const int value = base64_value(c);
    if (value < 0) return std::nullopt;
    bits = (bits << 6 | static_cast<uint32_t>(value)) & 0xFFFF;
    pending += 6;
    if (pending < 8) continue;
    pending -= 8;
    to[size++] = static_cast<char>(bits >> pending & 0xFF);
  }
  if ((bits & ((1U << pending) - 1)) != 0) return std::nullopt;  // unused bits must be 0
  return std::string_view(to.data(), size);
}

std::optional<std::string_view> credentials_in(std::string_view field, std::array<char, kMaxCredentialBytes>& to) {
  constexpr std::string_view kScheme = "Basic ";
  if (!http::grammar::equal_fold_ascii(field.substr(0, kScheme.size()), kScheme)) return std::nullopt;
  return decode_base64(http::grammar::trim(field.substr(kScheme.size())), to);
}

}  // namespace

bool equal_in_constant_time(std::string_view given, std::string_view secret) {
  size_t difference = given.size() ^ secret.size();
  // If the lengths differ, compares `given` with itself, so that the loop takes the same time.
  const std::string_view other = difference == 0 ? secret : given;
  for (size_t i = 0; i < given.size(); ++i) difference |= static_cast<uint8_t>(given[i] ^ other[i]);
  return difference == 0;
}

void internal::authenticate(Context& c, const BasicAuthOptions& options) {
  std::array<char, kMaxCredentialBytes> bytes;  // NOLINT: written before it is read
  const auto given = credentials_in(c.header("Authorization"), bytes);
  const size_t colon = given ? given->find(':') : std::string_view::npos;
  const Account* found = nullptr;
  if (colon != std::string_view::npos) {
    for (const Account& account :
         options.accounts) {  // all accounts, so that the time does not reveal which one matched
      const bool user = equal_in_constant_time(given->substr(0, colon), account.user);
      const bool password = equal_in_constant_time(given->substr(colon + 1), account.password);
      if (static_cast<int>(user) & static_cast<int>(password)) found = &account;
    }
  }
  std::memset(bytes.data(), 0, bytes.size());
  if (found != nullptr) return c.set(kAuthUser, found->user);
  constexpr std::string_view kBefore = "Basic realm=\"";
  c.set_header("WWW-Authenticate", c.arena().write(kBefore.size() + 2 * options.realm.size() + 1, [&](char* to) {
    to = std::copy(kBefore.begin(), kBefore.end(), to);
    for (const char byte : options.realm) {  // a quoted string (RFC 9110 §5.6.4)
      if (byte == '"' || byte == '\\') *to++ = '\\';
      *to++ = byte;
    }
    *to++ = '"';
    return to;
  }));
  c.abort_with_status(401);
}

}  // namespace duel::gin::middleware
