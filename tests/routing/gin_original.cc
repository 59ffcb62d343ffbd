#include "tests/routing/gin_original.h"

#include <algorithm>
#include <cctype>

#include "http/grammar/unicode_case.h"
#include "http/grammar/utf8.h"
#include "tests/router/gin/routing/naive.h"

namespace duel::gin::routing {
namespace {

using Json = nlohmann::json;

std::string decode_base64(std::string_view text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text.substr(0, text.find('='))) {
    bits = bits << 6 | static_cast<unsigned>(kDigits.find(c));
    count += 6;
    if (count >= 8) bytes.push_back(static_cast<char>(bits >> (count -= 8)));
  }
  return bytes;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back().push_back(c);
    }
  }
  return parts;
}

// The elements of the cleaned path: "/a/./b" gives {"a", "b"}.
std::vector<std::string> clean_elements(std::string_view path) {
  std::vector<std::string> elements;
  for (const std::string& part : split(path, '/')) {
    if (part == ".." && !elements.empty()) elements.pop_back();
    if (!part.empty() && part != "." && part != "..") elements.push_back(part);
  }
  return elements;
}

std::string rooted(const std::vector<std::string>& elements, bool trailing_slash) {
  std::string path;
  for (const std::string& element : elements) path += "/" + element;
  if (path.empty() || trailing_slash) path += "/";
  return path;
}

std::string join(const std::string& prefix, const std::string& path) {
  if (path.empty()) return prefix;
  return rooted(clean_elements(prefix + "/" + path), path.ends_with('/'));
}

// The standard encoding of a decoded path (tests/data/routing/FORMAT.md).
std::string standard_encoding(std::string_view path) {
  constexpr std::string_view kStays = "-_.~$&+,/:;=@";
  std::string encoded;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && (std::isalnum(byte) != 0 || (c != 0 && kStays.find(c) != std::string_view::npos))) {
      encoded.push_back(c);
    } else {
      constexpr std::string_view kDigits = "0123456789ABCDEF";
      encoded += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return encoded;
}

}  // namespace

std::string clean(std::string_view path) {
  return rooted(clean_elements(path), path.ends_with('/') || path.ends_with("/.") || path == ".");
}

std::string percent_decode(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      decoded.push_back(static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16)));
      i += 2;
    } else {
      decoded.push_back(text[i]);
    }
  }
  return decoded;
}

std::string with_other_end(std::string_view path) {
  if (path.size() > 1 && path.ends_with('/')) return std::string(path.substr(0, path.size() - 1));
  return std::string(path) + "/";
}

std::string in_small_letters(std::string_view text) {
  std::string small;
  while (!text.empty()) {
    const http::grammar::Rune rune = http::grammar::decode_rune(text);
    char bytes[4];
    if (rune.code == http::grammar::kReplacementRune) {
      small.append(text.substr(0, rune.size));
    } else {
      small.append(bytes, http::grammar::encode_rune(http::grammar::to_lower_unicode(rune.code), bytes));
    }
    text.remove_prefix(rune.size);
  }
  return small;
}

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : decode_base64(value.at("b64").get<std::string>());
}

Original::Original(const Json& recorded) : options_(recorded.value("opts", Json::object())) {
  const std::vector<std::string> any = {"GET", "POST", "PUT", "PATCH", "HEAD", "OPTIONS", "DELETE", "CONNECT", "TRACE"};
  int index = -1;
  for (const Json& route : recorded.at("routes")) {
    ++index;
    if (route.contains("panic")) continue;
    std::string prefix = "/";
    if (route.contains("g")) {
      for (const std::string& group : split(text_of(route.at("g")), '|')) prefix = join(prefix, group);
    }
    const std::string method = text_of(route.at("m"));
    for (const std::string& name : method == "ANY" ? any : std::vector<std::string>{method}) {
      methods_[name].patterns.push_back(join(prefix, text_of(route.at("p"))));
      methods_[name].routes.push_back(index);
    }
  }
}

std::string Original::matched_path(const Json& request) const {
  const bool raw = option("UseRawPath", false) && request.contains("rawpath");
  const std::string path = text_of(request.at(raw ? "rawpath" : "path"));
  return option("RemoveExtraSlash", false) ? clean(path) : path;
}

std::optional<Original::Found> Original::find(const std::string& method, std::string_view path) const {
  const auto table = methods_.find(method);
  if (table == methods_.end()) return std::nullopt;
  const auto match = testing::naive_match(table->second.patterns, path);
  if (!match) return std::nullopt;
  return Found{table->second.routes[match->pattern], match->params};
}

bool Original::other_method_has(const std::string& method, std::string_view path) const {
  return std::any_of(methods_.begin(), methods_.end(),
                     [&](const auto& table) { return table.first != method && find(table.first, path).has_value(); });
}

bool Original::leads_to_route(const std::string& method, std::string_view location, const Json& request) const {
  if (location.starts_with("//") || !location.starts_with('/')) return false;  // another host, or not a path
  const std::string_view sent = location.substr(0, location.find('?'));
  std::string path = percent_decode(sent);
  if (option("UseRawPath", false) && standard_encoding(path) != sent) path = sent;
  const auto has_route = [&](const std::string& to) {
    return find(method, option("RemoveExtraSlash", false) ? clean(to) : to).has_value();
  };
  // With X-Forwarded-Prefix, the Location has the prefix. The proxy removes it, so the path that arrives is the path of
  // the request with the slash added or removed.
  if (request.contains("h") && has_route(with_other_end(text_of(request.at("path"))))) return true;
  return has_route(path);
}

Original::Params Original::values_seen(Params params, const Json& request) const {
  const bool raw = option("UseRawPath", false) && request.contains("rawpath");
  if (!raw || !option("UnescapePathValues", true)) return params;
  for (auto& [name, value] : params) {
    std::replace(value.begin(), value.end(), '+', ' ');  // Gin decodes them like values of a query
    value = percent_decode(value);
  }
  return params;
}

}  // namespace duel::gin::routing
