#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

// What the Beego style does to paths and patterns, as pure functions of text.
namespace duel::beego::values {

// The shortest path that means the same: no empty, "." or ".." segment and no slash at the end; "." for nothing (the
// rules of Go's path.Clean). Returns `path` itself if it is clean, else a view into `buffer`.
std::string_view clean_path(std::string_view path, std::string& buffer);

// The non-empty parts with slashes between, cleaned; empty if there is none (Go's path.Join).
std::string join_path(std::span<const std::string_view> parts);

// The segments of a clean rooted path, as views into it: "/a/b" -> a, b. `/` has none.
std::vector<std::string_view> split_path(std::string_view clean);

// The segments of a route pattern. Slashes and blanks around it do not count; an inner empty segment does.
std::vector<std::string> split_pattern(std::string_view pattern);

// Lower case of UTF-8 text, letter by letter; U+FFFD for each byte that is none.
std::string lower_case(std::string_view text);

// Percent-decoding of a path: '+' stays. False if an escape is broken; `decoded` is then without meaning.
bool decode_path(std::string_view encoded, std::string& decoded);

// Percent-decoding of a part of a query: '+' is a blank. False as above.
bool decode_query(std::string_view encoded, std::string& decoded);

// Percent-encoding for a part of a query, a blank as '+' (Go's url.QueryEscape), and for a segment of a path
// (url.PathEscape).
std::string encode_query(std::string_view text);
std::string encode_path_segment(std::string_view text);

}  // namespace duel::beego::values
