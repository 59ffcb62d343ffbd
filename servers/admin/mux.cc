#include "servers/admin/mux.h"

#include <algorithm>
#include <utility>

#include "alloc/phases.h"
#include "http/address.h"
#include "http/grammar/ascii.h"

namespace duel::servers::admin {
namespace {

// True for addresses and localhost: "127.0.0.1:6060", "[::1]:6060", "localhost". An attacker's DNS record can point any
// other name to this port. An empty Host is allowed, because HTTP/1.0 clients can leave it out and browsers never do.
bool names_this_machine(std::string_view host) {
  if (host.empty()) return true;
  if (host.front() == '[') {
    const size_t end = host.find(']');
    return end != std::string_view::npos && http::is_address(host.substr(1, end - 1));
  }
  const std::string_view name = host.substr(0, host.find(':'));
  return http::is_address(name) || http::grammar::equal_fold_ascii(name, "localhost");
}

// Browsers send Sec-Fetch-Site to loopback and by https. It is "none" if the user typed the address.
bool comes_from_another_page(const http::Request& request) {
  const std::string_view site = request.header("Sec-Fetch-Site");
  return !site.empty() && site != "same-origin" && site != "none";
}

// Browsers send Origin with every POST.
bool comes_from_another_origin(const http::Request& request) {
  const std::string_view origin = request.header("Origin");
  constexpr std::string_view kScheme = "http://";
  return !origin.empty() && !(origin.starts_with(kScheme) && origin.substr(kScheme.size()) == request.host);
}

// HEAD works wherever GET does.
http::Method without_head(http::Method method) {
  return method == http::Method::kHead ? http::Method::kGet : method;
}

// Answers a method that the path does not have. For OPTIONS, Allow is the answer.
void answer_with_methods(http::Method method, http::Response& response, std::string_view allowed) {
  response.set("Allow", allowed);
  if (method == http::Method::kOptions) return response.status(204);
  if (method == http::Method::kOther)
    return answer_text(response, 501, "501 Not Implemented: no path has this method.");
  answer_text(response, 405, "405 Method Not Allowed: this path has " + std::string(allowed) + ".");
}

}  // namespace

void Mux::add(http::Method method, std::string path, std::string what, Function function) {
  entries_.push_back({method, std::move(path), std::move(what), std::move(function)});
}

void Mux::handle(const http::Request& request, http::Response& response) {
  if (const Entry* const entry = find(request, response)) entry->function(request, response);
}

bool Mux::answer_head(const http::Request& request, http::Response& response) {
  return find(request, response) == nullptr;
}

// The entry that answers the request. If there is none, answers with the reason and returns null.
const Mux::Entry* Mux::find(const http::Request& request, http::Response& response) const {
  alloc::charge(account_);
  alloc::exclude_from_phases();
  const auto refuse = [&](int status, std::string_view text) {
    answer_text(response, status, text);
    return nullptr;
  };
  if (!names_this_machine(request.host)) {
    return refuse(403, "403 Forbidden: use an address or localhost as the name of the admin port.");
  }
  if (comes_from_another_page(request)) {
    return refuse(
        403, "403 Forbidden: the request comes from a web page of another origin; type the address in the browser.");
  }
  const auto is_path = [&](const Entry& entry) { return entry.path == request.path; };
  const auto first = std::find_if(entries_.begin(), entries_.end(), is_path);
  if (first == entries_.end()) return refuse(404, "404 Not Found: /debug/pprof/ lists all paths.");
  std::string allowed;
  for (const Entry& entry : entries_) {
    if (!is_path(entry)) continue;
    if (entry.method == without_head(request.method)) {
      if (entry.method == http::Method::kPost && comes_from_another_origin(request)) {
        return refuse(403, "403 Forbidden: the request comes from a web page of another origin.");
      }
      return &entry;
    }
    allowed += allowed.empty() ? "" : ", ";
    allowed += entry.method == http::Method::kGet ? "GET, HEAD" : http::method_name(entry.method);
  }
  answer_with_methods(request.method, response, allowed);
  return nullptr;
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
