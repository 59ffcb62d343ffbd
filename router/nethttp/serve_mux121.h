#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "router/nethttp/mux.h"
#include "router/nethttp/routing/text_hash.h"

namespace duel::nethttp {

// The mux of Go up to 1.21. A pattern is a path or a host and a path. One that ends in '/' matches everything below;
// the longest pattern wins, and one with a host wins over one without.
class ServeMux121 final : public Mux {
 public:
  Found find(Request& request) const override;

 private:
  void add(std::string_view pattern, HandlerPtr handler) override;

  struct Entry {
    std::string pattern;
    Route route;
    size_t number;  // counts the patterns as they are registered
  };

  // The entry of exactly this pattern, or null.
  const Entry* exact(std::string_view pattern) const;
  const Entry* match(std::string_view path) const;
  const Entry* match_with_host(std::string_view host, std::string_view path) const;
  const Entry* find_with_slash(std::string_view host, std::string_view path) const;

  std::unordered_map<std::string, Entry, routing::TextHash, std::equal_to<>> entries_;
  std::vector<const Entry*> subtrees_;  // of patterns that end in '/', the longest first
  bool has_hosts_ = false;
};

}  // namespace duel::nethttp
