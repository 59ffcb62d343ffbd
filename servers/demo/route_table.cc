#include "servers/demo/route_table.h"

#include <algorithm>

#include "servers/demo/demo_nethttp.h"

namespace duel::servers::demo {
namespace {

// Removes the first segment and the slash in front of it.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

bool matches(std::string_view pattern, std::string_view path, RouteTable::Values& values) {
  values.clear();
  while (!pattern.empty() && !path.empty()) {
    const std::string_view wanted = take_segment(pattern);
    const std::string_view segment = take_segment(path);
    if (!wanted.starts_with(':')) {
      if (segment != wanted) return false;
    } else if (segment.empty()) {
      return false;
    } else {
      values.push_back(segment);
    }
  }
  return pattern.empty() && path.empty();
}

}  // namespace

void RouteTable::add(std::string_view method, std::string_view pattern) {
  rows_.push_back({method, pattern, alloc::open_account(pattern)});
}

void RouteTable::serve_http(nethttp::ResponseWriter& writer, nethttp::Request& request) const {
  Values values;
  const auto found = std::find_if(rows_.begin(), rows_.end(), [&](const Row& row) {
    return row.method == request.method && matches(row.pattern, request.url.path, values);
  });
  if (found == rows_.end()) {
    alloc::charge(alloc::kUnmatched);
    return refuse(writer, request, methods_of(request.url.path));
  }
  alloc::charge(found->account);
  function_(writer, request, found->pattern, values);
}

// The methods with which the path has a route, as a value of Allow.
std::string RouteTable::methods_of(std::string_view path) const {
  std::string list;
  Values values;
  for (int i = 0; i < http::kMethodCount; ++i) {
    const std::string_view method = http::method_name(static_cast<http::Method>(i));
    const bool has = std::any_of(rows_.begin(), rows_.end(), [&](const Row& row) {
      return row.method == method && matches(row.pattern, path, values);
    });
    if (has) list.append(list.empty() ? "" : ", ").append(method);
  }
  return list;
}

}  // namespace duel::servers::demo
