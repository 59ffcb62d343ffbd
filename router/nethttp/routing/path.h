#pragma once

#include <string>
#include <string_view>

#include "http/grammar/clean_path.h"

namespace duel::nethttp::routing {

// Go's cleanPath: path.Clean with a slash in front, which keeps a slash at the end.
inline std::string clean_path(std::string_view path) {
  std::string result;
  result.reserve(path.size() + 2);  // a slash in front and one at the end
  http::grammar::append_clean_path(path, http::grammar::CleanPath::kRooted, result);
  if (path.ends_with('/') && result != "/") result += '/';
  return result;
}

// The same, without a copy if the path is clean. Otherwise `buffer` holds the text.
inline std::string_view clean_path(std::string_view path, std::string& buffer) {
  const bool has_slash = path.size() > 2 && path.ends_with('/');  // "//" is not clean
  if (http::grammar::is_clean_path(has_slash ? path.substr(0, path.size() - 1) : path)) return path;
  buffer = clean_path(path);
  return buffer;
}

}  // namespace duel::nethttp::routing
