#include "router/beego/formats/base64.h"

#include <nettle/base64.h>

#include <cstdint>

namespace duel::beego::formats {
namespace {

std::string encode(base64_encode_ctx& state, std::string_view bytes) {
  std::string text(BASE64_ENCODE_LENGTH(bytes.size()) + BASE64_ENCODE_FINAL_LENGTH, '\0');
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  size_t size = base64_encode_update(&state, text.data(), bytes.size(), data);
  size += base64_encode_final(&state, text.data() + size);
  text.resize(size);
  return text;
}

}  // namespace

std::string encode_base64(std::string_view bytes) {
  base64_encode_ctx state;
  base64_encode_init(&state);
  return encode(state, bytes);
}

std::string encode_base64url(std::string_view bytes) {
  base64_encode_ctx state;
  base64url_encode_init(&state);
  return encode(state, bytes);
}

std::optional<std::string> decode_base64url(std::string_view text) {
  base64_decode_ctx state;
  base64url_decode_init(&state);
  std::string bytes(BASE64_DECODE_LENGTH(text.size()), '\0');
  size_t size = bytes.size();
  if (base64_decode_update(&state, &size, reinterpret_cast<uint8_t*>(bytes.data()), text.size(), text.data()) != 1 ||
      base64_decode_final(&state) != 1) {
    return std::nullopt;
  }
  bytes.resize(size);
  if (encode_base64url(bytes) != text) return std::nullopt;  // spaces, or unused bits that are set
  return bytes;
}

}  // namespace duel::beego::formats
