// For secure cookies and YAML.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace duel::beego::formats {

// Base64 of RFC 4648, with padding.
std::string encode_base64(std::string_view bytes);
std::string encode_base64url(std::string_view bytes);
// Decodes base64url text. Returns nothing unless `text` is the exact encoding of the decoded bytes.
std::optional<std::string> decode_base64url(std::string_view text);

}  // namespace duel::beego::formats
