#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "router/beego/values/inline_list.h"

// For the route table and the tree: paths and patterns as sequences of segments.
namespace duel::beego::routing {

// The non-empty parts with slashes between them, cleaned. Empty if every part is empty (Go's path.Join).
std::string join_path(std::span<const std::string_view> parts);

// A clean rooted path, cut into its segments: a and b for "/a/b", none for "/".
class SplitPath {
 public:
  // False if the path is not rooted or not clean; then the object must be cut again. The path must stay valid.
  bool cut(std::string_view path);

  size_t size() const { return starts_.size() - 1; }
  std::string_view operator[](size_t i) const { return {path_.data() + starts_[i], starts_[i + 1] - starts_[i] - 1}; }
  // The path from segment `i` on, without a slash before it. Empty after the last segment.
  std::string_view from(size_t i) const {
    return starts_[i] < path_.size() ? path_.substr(starts_[i]) : std::string_view();
  }

 private:
  static constexpr size_t kFew = 32;  // a path of more segments needs memory

  std::string_view path_;
  values::InlineList<uint32_t, kFew> starts_;  // of the segments, and of one more, which would be behind the last
};

// The segments of a route pattern. Slashes and spaces at both ends are ignored; an empty segment inside is kept.
std::vector<std::string> split_pattern(std::string_view pattern);

}  // namespace duel::beego::routing
