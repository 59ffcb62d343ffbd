#include "tests/context/dump.h"

#include <nettle/sha2.h>

#include <algorithm>
#include <bit>
#include <cstdio>

namespace duel::context {
namespace {

std::string hexadecimal(uint64_t value, int digits) {
  char text[17];
  return {text, static_cast<size_t>(
                    std::snprintf(text, sizeof text, "%0*llx", digits, static_cast<unsigned long long>(value)))};
}

bool is_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("-._/:@").find(c) != std::string_view::npos;
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string enc(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string to;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_plain(c)) {
      to += c;
    } else {
      to.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
    }
  }
  return to;
}

std::string sha(std::string_view bytes) {
  sha256_ctx state;
  sha256_init(&state);
  sha256_update(&state, bytes.size(), reinterpret_cast<const uint8_t*>(bytes.data()));
  uint8_t digest[SHA256_DIGEST_SIZE];
  sha256_digest(&state, sizeof digest, digest);
  std::string to;
  for (const uint8_t byte : digest) to += hexadecimal(byte, 2);
  return to;
}

std::string f64(double number) {
  return hexadecimal(std::bit_cast<uint64_t>(number), 16);
}

std::string f32(float number) {
  return hexadecimal(std::bit_cast<uint32_t>(number), 8);
}

std::string moment(int64_t seconds, int64_t nanoseconds) {
  const std::string digits = std::to_string(nanoseconds);
  return std::to_string(seconds) + "." + std::string(9 - std::min<size_t>(9, digits.size()), '0') + digits;
}

std::string dict(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::vector<std::string> texts;
  for (const auto& [name, value] : entries) texts.push_back(name + "=" + value);
  std::ranges::sort(texts);
  std::string to = "{";
  for (const std::string& text : texts) {
    if (to.size() > 1) to += ',';
    to += text;
  }
  return to + "}";
}

std::string decoded(std::string_view text) {
  std::string to;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      to += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? digit_of(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? digit_of(text[i + 2]) : -1;
    if (high < 0 || low < 0) return std::string(text);
    to += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return to;
}

std::string name_asked_for(const http::Request& request) {
  if (!request.has_header("X-Name")) return "a";
  return decoded(request.header("X-Name"));
}

}  // namespace duel::context
