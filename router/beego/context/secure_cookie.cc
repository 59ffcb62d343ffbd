#include "router/beego/context/secure_cookie.h"

#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "http/grammar/ascii.h"
#include "router/beego/formats/base64.h"

namespace duel::beego::context {
namespace {

constexpr size_t kTimeDigits = 19;

const uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

std::string signature(std::string_view secret, std::string_view value, std::string_view time) {
  hmac_sha256_ctx state;
  hmac_sha256_set_key(&state, secret.size(), bytes_of(secret));
  hmac_sha256_update(&state, value.size(), bytes_of(value));
  hmac_sha256_update(&state, time.size(), bytes_of(time));
  std::array<uint8_t, SHA256_DIGEST_SIZE> digest;
  hmac_sha256_digest(&state, digest.size(), digest.data());
  std::string text;
  for (const uint8_t byte : digest) {
    text.push_back(http::grammar::kLowerHexDigits[byte >> 4]);
    text.push_back(http::grammar::kLowerHexDigits[byte & 0xF]);
  }
  return text;
}

bool is_time(std::string_view text) {
  return text.size() == kTimeDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string sign_value(std::string_view secret, std::string_view value, uint64_t now_ns) {
  const std::string encoded = formats::encode_base64url(value);
  const std::string time = std::to_string(now_ns);
  return encoded + "|" + time + "|" + signature(secret, encoded, time);
}

std::optional<std::string> verify_value(std::string_view secret, std::string_view text) {
  const size_t first = text.find('|');
  const size_t second = first == std::string_view::npos ? first : text.find('|', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const std::string_view value = text.substr(0, first);
  const std::string_view time = text.substr(first + 1, second - first - 1);
  if (!is_time(time) || !equal_in_constant_time(text.substr(second + 1), signature(secret, value, time))) {
    return std::nullopt;
  }
  return formats::decode_base64url(value);
}

std::string random_text(size_t size) {
  constexpr std::string_view kLetters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  // Larger bytes are not used: they would make the first letters of the alphabet more frequent.
  constexpr size_t kUsedBytes = 256 / kLetters.size() * kLetters.size();
  std::string text;
  while (text.size() < size) {
    std::array<uint8_t, 64> bytes;
    if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
      if (errno == EINTR) continue;
      throw std::system_error(errno, std::system_category(), "no random numbers from the kernel");
    }
    for (const uint8_t byte : bytes) {
      if (byte < kUsedBytes && text.size() < size) text.push_back(kLetters[byte % kLetters.size()]);
    }
  }
  return text;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && memeql_sec(a.data(), b.data(), a.size()) != 0;
}

}  // namespace duel::beego::context
