#include "router/beego/values/text.h"

#include "http/grammar/clean_path.h"
#include "http/grammar/unicode_case.h"

namespace duel::beego::values {

std::string_view clean_path(std::string_view path, std::string& buffer) {
  if (http::grammar::is_clean_path(path)) return path;
  buffer.clear();
  http::grammar::append_clean_path(path, http::grammar::CleanPath::kAsGo, buffer);
  return buffer;
}

bool percent_decode(std::string_view encoded, http::grammar::Plus plus, std::string& decoded) {
  decoded.clear();
  decoded.resize(encoded.size());
  const auto size = http::grammar::percent_decode(encoded, plus, decoded.data());
  decoded.resize(size.value_or(0));
  return size.has_value();
}

std::string percent_encode(std::string_view text, const http::grammar::PercentEncoding& encoding) {
  std::string encoded;
  http::grammar::percent_encode(text, encoding, [&](std::string_view piece) { encoded.append(piece); });
  return encoded;
}

std::string to_lower_unicode(std::string_view text) {
  std::string lower;
  lower.reserve(text.size());
  http::grammar::to_lower_unicode(text, [&](std::string_view piece) { lower.append(piece); });
  return lower;
}

}  // namespace duel::beego::values
