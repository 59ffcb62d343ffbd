#include "router/nethttp/serve_mux.h"

#include <algorithm>
#include <set>

#include "router/nethttp/routing/path.h"

namespace duel::nethttp {
namespace {

constexpr int kTemporaryRedirect = 307;

HandlerPtr redirect_to(std::string path, const url::Url& from) {
  const url::Url to{.scheme = {}, .host = {}, .path = std::move(path), .raw_path = {}, .raw_query = from.raw_query};
  return redirect_handler(to.text(), kTemporaryRedirect);
}

// Whether the pattern matches this path by itself, and not everything below it.
bool is_exact(const routing::Pattern* pattern, std::string_view path) {
  if (pattern == nullptr) return false;
  if (!pattern->last().multi) return true;
  if (!path.ends_with('/')) return false;
  // The wildcard for the rest matches nothing if the path has as many slashes as the pattern has segments.
  return pattern->segments.size() == static_cast<size_t>(std::count(path.begin(), path.end(), '/'));
}

void set_values(Request& request, const routing::Pattern& pattern, const std::vector<std::string>& values) {
  size_t next = 0;
  for (const routing::Segment& segment : pattern.segments) {
    if (segment.wild && !segment.text.empty() && next < values.size())
      request.path_values[segment.text] = values[next++];
  }
}

// All methods of a path have one account, as in the other styles.
std::string_view without_method(std::string_view pattern) {
  const size_t blank = pattern.find_first_of(" \t");
  return blank == std::string_view::npos ? pattern : pattern.substr(pattern.find_first_not_of(" \t", blank));
}

}  // namespace

void ServeMux::add(std::string_view pattern, HandlerPtr handler) {
  routing::Pattern parsed = routing::parse_pattern(pattern);
  std::vector<size_t> with;
  std::string kind;
  for (const routing::Pattern& other : patterns_) {
    std::string found;
    if (!conflict(parsed, other, found)) continue;
    if (with.empty()) kind = found;
    with.push_back(other.number);
  }
  if (!with.empty()) {
    throw PatternError(
        kind, "the pattern \"" + parsed.text + "\" collides with \"" + patterns_[with.front()].text + "\"", with);
  }
  parsed.number = patterns_.size();
  patterns_.push_back(parsed);
  const alloc::AccountId account = alloc::open_account(without_method(pattern));
  root_.add(std::move(parsed), Route{std::move(handler), account});
}

Found ServeMux::find(Request& request) const {
  const bool connects = request.method == "CONNECT";
  std::string escaped_text;
  std::string clean_text;
  const std::string_view escaped = request.url.escaped_path(escaped_text);
  const std::string_view path = connects ? escaped : routing::clean_path(escaped, clean_text);
  const std::string_view host = connects ? std::string_view(request.url.host) : url::strip_port(request.host);
  Match match = root_.find(host, request.method, path);
  if (const std::string slashed = path_with_slash(match, host, request, path); !slashed.empty()) {
    if (connects) request.own_pattern = std::make_shared<const std::string>(slashed);  // as in Go: the path
    request.pattern = connects ? *request.own_pattern : match.node->pattern()->text;
    return {redirect_to(slashed, request.url)};
  }
  if (connects) match = root_.find(request.host, request.method, path);
  if (match.node != nullptr) request.pattern = match.node->pattern()->text;
  if (path != escaped) return {redirect_to(std::string(path), request.url)};
  if (match.node == nullptr) return {refusal(host, path)};
  set_values(request, *match.node->pattern(), match.values);
  return match.node->handler().found();
}

std::string ServeMux::path_with_slash(Match& match, std::string_view host, const Request& request,
                                      std::string_view path) const {
  const routing::Pattern* const found = match.node == nullptr ? nullptr : match.node->pattern();
  if (is_exact(found, path) || path.empty() || path.ends_with('/')) return {};
  const std::string slashed = std::string(path) + "/";
  Match other = root_.find(host, request.method, slashed);
  if (other.node == nullptr || !is_exact(other.node->pattern(), slashed)) return {};
  match = std::move(other);
  return routing::clean_path(request.url.path) + "/";
}

// 405 if the path has a route with another method, otherwise 404.
HandlerPtr ServeMux::refusal(std::string_view host, std::string_view path) const {
  std::set<std::string> methods;
  root_.add_methods(host, path, methods);
  if (!path.ends_with('/')) root_.add_methods(host, std::string(path) + "/", methods);  // a redirect leads there
  if (methods.empty()) return not_found_handler();
  std::string allow;
  for (const std::string& method : methods) allow += (allow.empty() ? "" : ", ") + method;
  return handler_func([allow = std::move(allow)](ResponseWriter& writer, Request&) {
    writer.header().set("Allow", allow);
    error(writer, "Method Not Allowed", 405);
  });
}

}  // namespace duel::nethttp
