#include "router/gin/redirect.h"

#include <cstring>

#include "http/grammar/clean_path.h"
#include "http/grammar/location.h"
#include "http/response.h"
#include "router/gin/binding/url.h"
#include "router/gin/context.h"

namespace duel::gin {
namespace {

using namespace std::string_view_literals;

std::string_view join(memory::Arena& arena, std::string_view a, std::string_view b) {
  char* begin = arena.take(a.size() + b.size());
  std::memcpy(begin, a.data(), a.size());
  std::memcpy(begin + a.size(), b.data(), b.size());
  return {begin, a.size() + b.size()};
}

// Replaces each byte by the string that `escape` returns for it; `longest` is the maximum size of such a string.
template <class Escape>
std::string_view replace(std::string_view text, size_t longest, memory::Arena& arena, Escape escape) {
  char* const begin = arena.take(text.size() * longest);
  char* to = begin;
  for (const char& c : text) {
    const std::string_view bytes = escape(c);
    std::memcpy(to, bytes.data(), bytes.size());
    to += bytes.size();
  }
  arena.shrink(to);
  return {begin, static_cast<size_t>(to - begin)};
}

std::string_view escape_html(std::string_view text, memory::Arena& arena) {
  return replace(text, 5, arena, [](const char& c) {
    switch (c) {
      case '&':
        return "&amp;"sv;
      case '<':
        return "&lt;"sv;
      case '>':
        return "&gt;"sv;
      case '"':
        return "&#34;"sv;
      case '\'':
        return "&#39;"sv;
      default:
        return std::string_view(&c, 1);
    }
  });
}

// A Location is ASCII (RFC 9110 §10.2.2). Like net/http this escapes other bytes, with lowercase hex digits.
std::string_view escape_wide(std::string_view text, memory::Arena& arena) {
  char escaped[3];
  return replace(text, 3, arena, [&](const char& c) {
    const auto byte = static_cast<uint8_t>(c);
    if (byte < 0x80) return std::string_view(&c, 1);
    escaped[0] = '%';
    escaped[1] = "0123456789abcdef"[byte >> 4];
    escaped[2] = "0123456789abcdef"[byte & 15];
    return std::string_view(escaped, 3);
  });
}

std::string_view clean_prefix(std::string_view prefix, memory::Arena& arena);

}  // namespace

std::string_view resolve_location(std::string_view location, std::string_view request_path, memory::Arena& arena) {
  if (http::grammar::has_scheme_or_host(location)) return location;
  if (!location.starts_with('/')) {
    location = join(arena, request_path.substr(0, request_path.rfind('/') + 1), location);
  }
  const std::string_view path = location.substr(0, location.find('?'));
  const std::string_view query = location.substr(path.size());
  char* const begin = arena.take(path.size() + 2 + query.size());
  size_t size = http::grammar::clean_path(path, http::grammar::TrailingSlash::kDrop, begin);
  if (path.ends_with('/') && begin[size - 1] != '/') begin[size++] = '/';
  std::memcpy(begin + size, query.data(), query.size());
  return {begin, size + query.size()};
}

void send_redirect(Context& context, int code, std::string_view location) {
  memory::Arena& arena = context.arena();
  const http::Method method = context.request().method;
  context.status(code);
  context.set_header("Location", escape_wide(location, arena));
  if (method != http::Method::kGet) {
    if (method == http::Method::kHead) context.set_header("Content-Type", "text/html; charset=utf-8");
    context.write_header_now();
    return;
  }
  const std::string_view begin = join(arena, "<a href=\"", escape_html(location, arena));
  const std::string_view end = join(arena, join(arena, "\">", http::reason_phrase(code)), "</a>.\n\n");
  context.data(code, "text/html; charset=utf-8", join(arena, begin, end));
}

std::string_view toggle_slash(std::string_view path, std::string_view forwarded_prefix, memory::Arena& arena) {
  const std::string_view prefix = clean_prefix(forwarded_prefix, arena);
  if (!forwarded_prefix.empty() && prefix != ".") path = join(arena, join(arena, prefix, "/"), path);
  if (path.size() > 1 && path.ends_with('/')) return path.substr(0, path.size() - 1);
  return join(arena, path, "/");
}

std::string_view with_query(std::string_view path, std::string_view target, memory::Arena& arena) {
  const std::string_view escaped = binding::escape_path(path, arena);
  const size_t query = target.find('?');
  return query == std::string_view::npos ? escaped : join(arena, escaped, target.substr(query));
}

namespace {

// Go's path.Clean, which unlike http::grammar::clean_path() accepts a path without a leading slash. Then removes the
// bytes that toggle_slash() does not keep.
std::string_view clean_prefix(std::string_view prefix, memory::Arena& arena) {
  if (prefix.empty()) return {};
  const bool rooted = prefix.starts_with('/');
  char* const begin = arena.take(prefix.size() + 1);
  char* to = begin;
  for (size_t at = 0; at < prefix.size();) {
    const size_t end = std::min(prefix.find('/', at), prefix.size());
    const std::string_view element = prefix.substr(at, end - at);
    at = end + 1;
    if (element.empty() || element == ".") continue;
    const std::string_view so_far(begin, static_cast<size_t>(to - begin));
    const size_t last = so_far.rfind('/');
    const std::string_view above = last == std::string_view::npos ? so_far : so_far.substr(last + 1);
    if (element == ".." && !above.empty() && above != "..") {
      to = last == std::string_view::npos ? begin : begin + last;
      continue;
    }
    if (element == ".." && rooted) continue;
    if (rooted || to != begin) *to++ = '/';
    std::memcpy(to, element.data(), element.size());
    to += element.size();
  }
  if (to == begin) return rooted ? "/"sv : "."sv;
  char* kept = begin;
  for (const char* from = begin; from != to; ++from) {
    const char c = *from;
    const bool safe =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '/';
    const bool second_slash = c == '/' && kept != begin && kept[-1] == '/';
    if (safe && !second_slash) *kept++ = c;
  }
  return {begin, static_cast<size_t>(kept - begin)};
}

}  // namespace
}  // namespace duel::gin
