#include "router/gin/redirect.h"

#include <cstring>

#include "http/grammar/ascii.h"
#include "http/grammar/clean_path.h"
#include "http/grammar/html_text.h"
#include "http/grammar/location.h"
#include "http/response.h"
#include "router/gin/binding/percent.h"
#include "router/gin/context.h"

namespace duel::gin {
namespace {

std::string_view join(memory::Arena& arena, std::string_view a, std::string_view b) {
  char* begin = arena.take(a.size() + b.size());
  std::memcpy(begin, a.data(), a.size());
  std::memcpy(begin + a.size(), b.data(), b.size());
  return {begin, a.size() + b.size()};
}

std::string_view escape_html(std::string_view text, memory::Arena& arena) {
  return arena.write(text.size() * http::grammar::kMaxHtmlEscapeBytes, [&](char* to) {
    http::grammar::write_html_text(text, [&](std::string_view piece) {
      std::memcpy(to, piece.data(), piece.size());
      to += piece.size();
    });
    return to;
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
  size_t size = http::grammar::clean_path(path, http::grammar::CleanPath::kRooted, begin);
  if (path.ends_with('/') && begin[size - 1] != '/') begin[size++] = '/';
  std::memcpy(begin + size, query.data(), query.size());
  return {begin, size + query.size()};
}

void send_redirect(Context& context, int code, std::string_view location) {
  memory::Arena& arena = context.arena();
  const http::Method method = context.request().method;
  context.status(code);
  context.set_header("Location",
                     binding::percent_encode(location, http::grammar::encoding_of_location(location), arena));
  // As in net/http: what has a type already has no page.
  const bool has_type = !context.response_header("Content-Type").empty();
  if (method != http::Method::kGet || has_type) {
    if (method == http::Method::kHead && !has_type) context.set_header("Content-Type", "text/html; charset=utf-8");
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
  const std::string_view escaped = binding::percent_encode(path, http::grammar::kPathEncoding, arena);
  const size_t query = target.find('?');
  return query == std::string_view::npos ? escaped : join(arena, escaped, target.substr(query));
}

namespace {

// Go's path.Clean, then without the bytes that toggle_slash() does not keep.
std::string_view clean_prefix(std::string_view prefix, memory::Arena& arena) {
  if (prefix.empty()) return {};
  char* const begin = arena.take(prefix.size() + 1);
  const char* const end = begin + http::grammar::clean_path(prefix, http::grammar::CleanPath::kAsGo, begin);
  if (end == begin + 1 && *begin == '.') return {begin, 1};
  char* kept = begin;
  for (const char* from = begin; from != end; ++from) {
    const char c = *from;
    const bool safe = http::grammar::is_letter_or_digit(c) || c == '-' || c == '/';
    const bool second_slash = c == '/' && kept != begin && kept[-1] == '/';
    if (safe && !second_slash) *kept++ = c;
  }
  return {begin, static_cast<size_t>(kept - begin)};
}

}  // namespace
}  // namespace duel::gin
