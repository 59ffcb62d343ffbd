#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "router/nethttp/mux.h"
#include "router/nethttp/routing/node.h"

namespace duel::nethttp {

// The mux of Go 1.22 and later. A pattern is [METHOD ][HOST]/[PATH] with the wildcards {name}, {name...} and {$}. The
// most specific pattern wins; two patterns of which neither is more specific cannot be registered together.
class ServeMux final : public Mux {
 public:
  Found find(Request& request) const override;

 private:
  void add(std::string_view pattern, HandlerPtr handler) override;

  using Node = routing::Node<Route>;
  using Match = routing::Match<Node>;

  // With a slash at the end, if only this has a route. Empty: no redirect.
  std::string path_with_slash(Match& match, std::string_view host, const Request& request, std::string_view path) const;
  HandlerPtr refusal(std::string_view host, std::string_view path) const;

  Node root_;
  std::vector<routing::Pattern> patterns_;
};

}  // namespace duel::nethttp
