#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "router/nethttp/routing/pattern.h"

namespace duel::nethttp::testing {

// Whether the pattern matches, by comparing segment with segment. `path` is escaped and begins with '/'.
bool naive_matches(const routing::Pattern& pattern, std::string_view host, std::string_view method,
                   std::string_view path);

// The most specific pattern that matches. Nothing if no pattern matches. Throws std::logic_error if several match and
// none of them is more specific than all others.
std::optional<size_t> naive_find(const std::vector<routing::Pattern>& patterns, std::string_view host,
                                 std::string_view method, std::string_view path);

}  // namespace duel::nethttp::testing
