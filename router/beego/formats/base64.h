#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace duel::beego::formats {

// RFC 4648, with padding.
std::string encode_base64(std::string_view bytes);
std::string encode_base64url(std::string_view bytes);
// Nothing if `text` is not exactly what encode_base64url() gives for some bytes.
std::optional<std::string> decode_base64url(std::string_view text);

}  // namespace duel::beego::formats
