#include "router/url/url.h"

#include <algorithm>
#include <optional>

#include "http/grammar/ascii.h"
#include "http/grammar/percent.h"

namespace duel::url {
namespace {

namespace grammar = http::grammar;

std::optional<std::string> decoded(std::string_view text) {
  std::string result(text.size(), '\0');
  const std::optional<size_t> size = grammar::percent_decode(text, grammar::Plus::kIsPlus, result.data());
  if (!size) return std::nullopt;
  result.resize(*size);
  return result;
}

// Whether the bytes of an escaped path are those that an escaped path may have (Go's validEncoded).
bool is_escaped_path(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c == '%' || std::string_view("!'()*[]").find(c) != std::string_view::npos ||
           grammar::kPathEncoding.kept[static_cast<unsigned char>(c)];
  });
}

std::string encoded(std::string_view path) {
  std::string result;
  result.reserve(path.size());
  grammar::percent_encode(path, grammar::kPathEncoding, [&](std::string_view piece) { result += piece; });
  return result;
}

bool has_control_byte(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; });
}

// The letters, digits, '+', '-' and '.' before a ':'. Nothing if the text begins with ':'; empty without a scheme.
std::optional<std::string_view> scheme_of(std::string_view text) {
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (grammar::is_letter_or_digit(c) && !grammar::is_digit(c)) continue;
    if (c == ':') return at == 0 ? std::nullopt : std::optional(text.substr(0, at));
    const bool inside = grammar::is_digit(c) || c == '+' || c == '-' || c == '.';
    if (!inside || at == 0) return std::string_view();
  }
  return std::string_view();
}

// The bytes that a host may have beside letters, digits and bytes above ASCII (Go's shouldEscape and unescape).
bool is_host_byte(char c) {
  return grammar::is_letter_or_digit(c) || static_cast<unsigned char>(c) >= 0x80 ||
         std::string_view("-_.~!$&'()*+,;=:[]<>\"").find(c) != std::string_view::npos;
}

bool is_port(std::string_view text) {
  return text.empty() || (text.front() == ':' && std::all_of(text.begin() + 1, text.end(), grammar::is_digit));
}

// A host may have escapes only of bytes above ASCII, or behind "%25" in the zone of an IPv6 address.
std::optional<std::string> decoded_host(std::string_view text) {
  std::string result;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%') {
      const int byte = grammar::percent_escape_at(text, at);
      const bool zone = text.substr(at, 3) == "%25";
      if (byte < 0 || (byte < 0x80 && !zone)) return std::nullopt;
      result += static_cast<char>(byte);
      at += 2;
    } else if (is_host_byte(text[at])) {
      result += text[at];
    } else {
      return std::nullopt;
    }
  }
  return result;
}

std::optional<std::string> host_of(std::string_view authority) {
  const size_t at = authority.rfind('@');
  if (at != std::string_view::npos) authority.remove_prefix(at + 1);
  if (authority.starts_with('[')) {
    const size_t end = authority.rfind(']');
    if (end == std::string_view::npos || !is_port(authority.substr(end + 1))) return std::nullopt;
  } else if (const size_t colon = authority.rfind(':'); colon != std::string_view::npos) {
    if (!is_port(authority.substr(colon))) return std::nullopt;
  }
  return decoded_host(authority);
}

bool set_path(Url& url, std::string_view sent) {
  url.path.resize(sent.size());
  const std::optional<size_t> size = grammar::percent_decode(sent, grammar::Plus::kIsPlus, url.path.data());
  if (!size) return false;
  url.path.resize(*size);
  if (!grammar::is_percent_encoded(sent, url.path, grammar::kPathEncoding)) url.raw_path = sent;
  return true;
}

void clear(Url& url) {
  for (std::string* text : {&url.scheme, &url.host, &url.path, &url.raw_path, &url.raw_query}) text->clear();
}

// Reads scheme and authority; `rest` is then the path. False if they are malformed.
bool take_origin(Url& url, std::string_view& rest) {
  const std::optional<std::string_view> scheme = scheme_of(rest);
  if (!scheme) return false;
  if (!scheme->empty()) {
    url.scheme = *scheme;
    std::transform(url.scheme.begin(), url.scheme.end(), url.scheme.begin(), grammar::to_lower_ascii);
    rest.remove_prefix(scheme->size() + 1);
  }
  if (const size_t question = rest.find('?'); question != std::string_view::npos) {
    url.raw_query = rest.substr(question + 1);
    rest = rest.substr(0, question);
  }
  if (url.scheme.empty() || !rest.starts_with("//")) return true;
  const std::string_view authority = rest.substr(2, rest.find('/', 2) - 2);
  rest.remove_prefix(2 + authority.size());
  std::optional<std::string> host = host_of(authority);
  if (host) url.host = std::move(*host);
  return host.has_value();
}

}  // namespace

std::string Url::escaped_path() const {
  if (!raw_path.empty() && is_escaped_path(raw_path) && decoded(raw_path) == path) return raw_path;
  return path == "*" ? path : encoded(path);
}

std::string_view Url::escaped_path(std::string& buffer) const {
  const bool is_plain = raw_path.empty() && std::all_of(path.begin(), path.end(), [](char c) {
                          return grammar::kPathEncoding.kept[static_cast<unsigned char>(c)];
                        });
  if (is_plain) return path;
  buffer = escaped_path();
  return buffer;
}

std::string Url::text() const {
  std::string result = escaped_path();
  // A reader must not take the first segment for a scheme.
  const std::string_view first = std::string_view(result).substr(0, result.find('/'));
  if (first.find(':') != std::string_view::npos) result.insert(0, "./");
  if (!raw_query.empty()) result += "?" + raw_query;
  return result;
}

bool parse_target(std::string_view method, std::string_view target, Url& url) {
  clear(url);
  if (target.empty() || has_control_byte(target)) return false;
  if (method == "CONNECT" && !target.starts_with('/')) {
    const std::string whole = "http://" + std::string(target);  // only an authority, or "*"
    std::string_view rest = whole;
    if (!take_origin(url, rest) || !set_path(url, rest)) return false;
    url.scheme.clear();
    return true;
  }
  if (target == "*") {
    url.path = "*";
    return true;
  }
  std::string_view rest = target;
  if (!take_origin(url, rest)) return false;
  // A scheme may also have an opaque part, such as "mailto:me"; then the path is empty.
  if (!rest.empty() && !rest.starts_with('/')) return !url.scheme.empty();
  if (rest.empty() && url.scheme.empty()) return false;
  return set_path(url, rest);
}

std::string_view strip_port(std::string_view host) {
  if (host.find(':') == std::string_view::npos) return host;  // the usual case; find() is faster than rfind()
  const size_t colon = host.rfind(':');
  if (host.starts_with('[')) {
    const size_t end = host.find(']');
    const bool right = end != std::string_view::npos && end + 1 == colon;
    const bool only_pair =
        host.find('[', 1) == std::string_view::npos && host.find(']', end + 1) == std::string_view::npos;
    return right && only_pair ? host.substr(1, end - 1) : host;
  }
  const std::string_view name = host.substr(0, colon);
  const bool right = name.find(':') == std::string_view::npos && host.find_first_of("[]") == std::string_view::npos;
  return right ? name : host;
}

}  // namespace duel::url
