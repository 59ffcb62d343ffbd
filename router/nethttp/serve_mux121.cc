#include "router/nethttp/serve_mux121.h"

#include <algorithm>

#include "router/nethttp/routing/path.h"

namespace duel::nethttp {
namespace {

constexpr int kMovedPermanently = 301;

HandlerPtr redirect_to(std::string path, const url::Url& from) {
  const url::Url to{.scheme = {}, .host = {}, .path = std::move(path), .raw_path = {}, .raw_query = from.raw_query};
  return redirect_handler(to.text(), kMovedPermanently);
}

}  // namespace

void ServeMux121::add(std::string_view pattern, HandlerPtr handler) {
  if (pattern.empty()) throw PatternError("empty", "the pattern is empty; give a path, such as /users/");
  const auto [entry, is_new] = entries_.try_emplace(std::string(pattern));
  if (!is_new) {
    throw PatternError("duplicate", "the pattern \"" + std::string(pattern) + "\" is registered already",
                       {entry->second.number});
  }
  entry->second = {std::string(pattern), {std::move(handler), alloc::open_account(pattern)}, entries_.size() - 1};
  has_hosts_ = has_hosts_ || !pattern.starts_with('/');
  if (!pattern.ends_with('/')) return;
  // Patterns of the same length cannot both match, so their order does not matter.
  const auto shorter = [](const Entry* a, const Entry* b) { return a->pattern.size() > b->pattern.size(); };
  const Entry* const added = &entry->second;  // nodes of an unordered_map do not move
  subtrees_.insert(std::upper_bound(subtrees_.begin(), subtrees_.end(), added, shorter), added);
}

const ServeMux121::Entry* ServeMux121::exact(std::string_view pattern) const {
  const auto found = entries_.find(pattern);
  return found == entries_.end() ? nullptr : &found->second;
}

const ServeMux121::Entry* ServeMux121::match(std::string_view path) const {
  if (const Entry* const found = exact(path); found != nullptr) return found;
  const auto found = std::find_if(subtrees_.begin(), subtrees_.end(),
                                  [&](const Entry* entry) { return path.starts_with(entry->pattern); });
  return found == subtrees_.end() ? nullptr : *found;
}

const ServeMux121::Entry* ServeMux121::match_with_host(std::string_view host, std::string_view path) const {
  const Entry* found = has_hosts_ ? match(std::string(host).append(path)) : nullptr;
  return found != nullptr ? found : match(path);
}

// The entry of the path with a slash at its end. Null if the path itself has an entry.
const ServeMux121::Entry* ServeMux121::find_with_slash(std::string_view host, std::string_view path) const {
  if (path.empty() || path.ends_with('/') || exact(path) != nullptr) return nullptr;
  const std::string with_host = std::string(host).append(path);
  if (exact(with_host) != nullptr) return nullptr;
  const Entry* const found = exact(std::string(path) + "/");
  return found != nullptr ? found : exact(with_host + "/");
}

Found ServeMux121::find(Request& request) const {
  const bool connects = request.method == "CONNECT";
  std::string clean_text;
  const std::string_view path =
      connects ? std::string_view(request.url.path) : routing::clean_path(request.url.path, clean_text);
  const std::string_view host = connects ? std::string_view(request.url.host) : url::strip_port(request.host);
  if (const Entry* const slashed = find_with_slash(host, path); slashed != nullptr) {
    // As in Go: the path, not the pattern, which may begin with a host.
    request.pattern = std::string_view(slashed->pattern).substr(slashed->pattern.size() - path.size() - 1);
    return {redirect_to(std::string(path) + "/", request.url)};
  }
  const Entry* const entry = match_with_host(connects ? std::string_view(request.host) : host, path);
  if (entry != nullptr) request.pattern = entry->pattern;
  if (path != request.url.path) return {redirect_to(std::string(path), request.url)};
  return entry != nullptr ? entry->route.found() : Found{not_found_handler()};
}

}  // namespace duel::nethttp
