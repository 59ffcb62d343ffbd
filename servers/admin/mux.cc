#include "servers/admin/mux.h"

#include <algorithm>
#include <utility>

#include "alloc/phases.h"
#include "http/address.h"
#include "http/grammar/ascii.h"

namespace duel::servers::admin {
namespace {

using http::Method;

// "127.0.0.1:6060", "[::1]:6060", "localhost": somebody's own DNS record cannot make these lead here. HTTP/1.0 may have
// no Host; browsers always do.
bool names_this_machine(std::string_view host) {
  if (host.empty()) return true;
  if (host.front() == '[') {
    const size_t end = host.find(']');
    return end != std::string_view::npos && http::is_address(host.substr(1, end - 1));
  }
  const std::string_view name = host.substr(0, host.find(':'));
  return http::is_address(name) || http::grammar::equal_fold_ascii(name, "localhost");
}

// Browsers tell that of whatever they ask of loopback, or by https; an address that was typed is of no site.
bool is_asked_by_another_page(const http::Request& request) {
  const std::string_view site = request.header("Sec-Fetch-Site");
  return !site.empty() && site != "same-origin" && site != "none";
}

// Browsers name the origin of every POST.
bool is_of_another_origin(const http::Request& request) {
  const std::string_view origin = request.header("Origin");
  constexpr std::string_view kScheme = "http://";
  return !origin.empty() && !(origin.starts_with(kScheme) && origin.substr(kScheme.size()) == request.host);
}

http::Method counted_as(http::Method method) {
  return method == http::Method::kHead ? http::Method::kGet : method;
}

// For OPTIONS that is the answer.
void tell_methods(http::Method method, http::Response& response, std::string_view allowed) {
  response.set("Allow", allowed);
  if (method == http::Method::kOptions) return response.status(204);
  if (method == http::Method::kOther)
    return answer_text(response, 501, "501 Not Implemented: a method that nothing here has.");
  answer_text(response, 405, "405 Method Not Allowed: only " + std::string(allowed) + ".");
}

}  // namespace

void Mux::add(http::Method method, std::string path, std::string what, Function function) {
  entries_.push_back({method, std::move(path), std::move(what), std::move(function)});
}

void Mux::handle(const http::Request& request, http::Response& response) {
  alloc::charge(account_);
  alloc::exclude_from_phases();
  if (!names_this_machine(request.host)) {
    return answer_text(response, 403, "403 Forbidden: the admin port is asked by address or as localhost.");
  }
  if (is_asked_by_another_page(request)) {
    return answer_text(response, 403, "403 Forbidden: asked for by a page of another origin; type the address.");
  }
  const auto is_path = [&](const Entry& entry) { return entry.path == request.path; };
  const auto first = std::find_if(entries_.begin(), entries_.end(), is_path);
  if (first == entries_.end())
    return answer_text(response, 404, "404 Not Found: / and /debug/pprof/ show what is there.");
  std::string allowed;
  for (const Entry& entry : entries_) {
    if (!is_path(entry)) continue;
    if (entry.method == counted_as(request.method)) {
      if (entry.method == http::Method::kPost && is_of_another_origin(request)) {
        return answer_text(response, 403, "403 Forbidden: posted by a page of another origin.");
      }
      return entry.function(request, response);
    }
    allowed += allowed.empty() ? "" : ", ";
    allowed += entry.method == http::Method::kGet ? "GET, HEAD" : http::method_name(entry.method);
  }
  tell_methods(request.method, response, allowed);
}

std::string_view query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const size_t equals = std::min(pair.find('='), pair.size());
    if (pair.substr(0, equals) == name) return pair.substr(std::min(pair.size(), equals + 1));
  }
  return {};
}

void answer_text(http::Response& response, int status, std::string_view text) {
  response.status(status);
  answer_with(response, "text/plain; charset=utf-8", std::string(text) + "\n");
}

void answer_with(http::Response& response, std::string_view content_type, std::string_view body) {
  response.set("Content-Type", content_type);
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Cache-Control", "no-store");
  response.end(body);
}

}  // namespace duel::servers::admin
