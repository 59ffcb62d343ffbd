#include "router/nethttp/handler.h"

#include "http/grammar/clean_path.h"
#include "http/grammar/html_text.h"
#include "http/grammar/location.h"
#include "http/response.h"

namespace duel::nethttp {
namespace {

namespace grammar = http::grammar;

// Relative to the request's path, and clean. A location with a scheme or a host is not changed.
std::string resolved(std::string_view location, const Request& request) {
  if (grammar::has_scheme_or_host(location)) return std::string(location);
  std::string whole(location);
  if (!location.starts_with('/')) {
    const std::string_view from = request.url.path.empty() ? "/" : std::string_view(request.url.path);
    whole.insert(0, from.substr(0, from.rfind('/') + 1));
  }
  const size_t question = std::min(whole.find('?'), whole.size());
  std::string result;
  const std::string_view path = std::string_view(whole).substr(0, question);
  grammar::append_clean_path(path, grammar::CleanPath::kAsGo, result);
  if (path.ends_with('/') && !result.ends_with('/')) result += '/';
  return result + whole.substr(question);
}

// Bytes above ASCII are escaped with small letters (Go's hexEscapeNonASCII).
std::string only_ascii(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      result += c;
    } else {
      result += '%';
      result += kDigits[byte >> 4U];
      result += kDigits[byte & 0xFU];
    }
  }
  return result;
}

}  // namespace

void error(ResponseWriter& writer, std::string_view text, int status) {
  writer.header().set("Content-Type", "text/plain; charset=utf-8");
  writer.header().set("X-Content-Type-Options", "nosniff");
  writer.write_header(status);
  writer.write(std::string(text) + "\n");
}

void not_found(ResponseWriter& writer, Request& /*request*/) {
  error(writer, "404 page not found", 404);
}

void redirect(ResponseWriter& writer, const Request& request, std::string_view location, int status) {
  const std::string target = resolved(location, request);
  Header& header = writer.header();
  const bool typed = header.has("Content-Type");
  header.set("Location", only_ascii(target));
  const bool is_get = request.method == "GET";
  if (!typed && (is_get || request.method == "HEAD")) header.set("Content-Type", "text/html; charset=utf-8");
  writer.write_header(status);
  if (typed || !is_get) return;
  std::string body = "<a href=\"";
  grammar::write_html_text(target, [&](std::string_view piece) { body += piece; });
  writer.write(body + "\">" + std::string(http::reason_phrase(status)) + "</a>.\n\n");
}

HandlerPtr redirect_handler(std::string location, int status) {
  return handler_func([location = std::move(location), status](ResponseWriter& writer, Request& request) {
    redirect(writer, request, location, status);
  });
}

HandlerPtr not_found_handler() {
  return handler_func(not_found);
}

HandlerPtr strip_prefix(std::string prefix, HandlerPtr handler) {
  return handler_func(
      [prefix = std::move(prefix), handler = std::move(handler)](ResponseWriter& writer, Request& request) {
        const url::Url& url = request.url;
        const bool fits = url.path.starts_with(prefix) && (url.raw_path.empty() || url.raw_path.starts_with(prefix));
        if (!fits) return not_found(writer, request);
        Request inner = request;  // handlers outside of this one keep the path
        inner.url.path.erase(0, prefix.size());
        if (!inner.url.raw_path.empty()) inner.url.raw_path.erase(0, prefix.size());
        handler->serve_http(writer, inner);
      });
}

HandlerPtr file_server(const http::StaticDirectory& files, HandlerPtr missing) {
  return handler_func([&files, missing = std::move(missing)](ResponseWriter& writer, Request& request) {
    if (!writer.serve_file(files, request.url.path)) missing->serve_http(writer, request);
  });
}

}  // namespace duel::nethttp
