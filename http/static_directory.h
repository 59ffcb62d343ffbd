#pragma once

#include <string>
#include <string_view>

#include "http/request.h"
#include "http/response.h"

namespace duel::http {

// Files below one directory, and nothing else: the kernel resolves every path beneath it (openat2, RESOLVE_BENEATH), so
// that neither ".." nor a symbolic link leads out. Names that begin with a dot are not served.
// Any thread may use one object.
class StaticDirectory {
 public:
  // Throws StartError if `root` is no directory that can be read.
  explicit StaticDirectory(const std::string& root);
  ~StaticDirectory();
  StaticDirectory(const StaticDirectory&) = delete;
  StaticDirectory& operator=(const StaticDirectory&) = delete;

  // Answers GET or HEAD with the file at `path` (percent-decoded; a leading slash does not matter), index.html for a
  // path that is empty or ends in a slash. Conditional requests (RFC 9110 §13: If-Match, If-Unmodified-Since,
  // If-None-Match, If-Modified-Since, If-Range) and byte ranges that make up one (§14) are honoured. 403 if it cannot
  // be read, 503 if no descriptor is left. False if there is no such file: nothing is written, and the caller answers
  // in its own words. May wait for the disk when the file is not cached.
  bool serve(std::string_view path, const Request& request, Response& response) const;

 private:
  int open(std::string_view path) const;  // a descriptor, or a negative errno

  int root_;
};

// Answers with the one file at `path`, as serve() does: conditions, one range, 403, 503. For paths that the program
// knows, never for one that a client gives: nothing is kept beneath anything. False if there is no such file.
bool serve_file(const std::string& path, std::string_view content_type, const Request& request, Response& response);

// By the extension, as browsers need it; application/octet-stream for what is not known.
std::string_view content_type_of(std::string_view path);

}  // namespace duel::http
