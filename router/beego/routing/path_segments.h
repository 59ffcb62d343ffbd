#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

// For the route table and the tree: paths and patterns as sequences of segments.
namespace duel::beego::routing {

// The non-empty parts with slashes between them, cleaned. Empty if every part is empty (Go's path.Join).
std::string join_path(std::span<const std::string_view> parts);

// The segments of a clean rooted path, as views into it: a and b for "/a/b", none for "/".
std::vector<std::string_view> split_path(std::string_view clean);

// The segments of a route pattern. Slashes and spaces at both ends are ignored; an empty segment inside is kept.
std::vector<std::string> split_pattern(std::string_view pattern);

}  // namespace duel::beego::routing
