#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "router/nethttp/mux.h"

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

  const Entry* match(const std::string& path) const;
  const Entry* match_with_host(std::string_view host, const std::string& path) const;
  bool needs_slash(std::string_view host, const std::string& path) const;

  std::unordered_map<std::string, Entry> entries_;
  std::vector<const Entry*> subtrees_;  // of patterns that end in '/', the longest first
  bool has_hosts_ = false;
};

}  // namespace duel::nethttp
