// For handlers and programs that serve files.
#pragma once

#include <string>
#include <string_view>

#include "http/request.h"
#include "http/response.h"

namespace duel::http {

// Serves the files of one directory and of the directories inside it. The kernel resolves every path beneath the
// directory (openat2, RESOLVE_BENEATH), so neither ".." nor a symbolic link leads out of it. Names that begin with a
// dot are not served. Threads may share one object.
class StaticDirectory {
 public:
  // Throws StartError if `root` is not a directory that can be opened.
  explicit StaticDirectory(const std::string& root);
  ~StaticDirectory();
  StaticDirectory(const StaticDirectory&) = delete;
  StaticDirectory& operator=(const StaticDirectory&) = delete;

  // Answers GET or HEAD with the file at `path`, which is percent-decoded and may begin with a slash. A path that is
  // empty or ends in a slash means its index.html. Supports conditional requests (RFC 9110 §13: If-Match,
  // If-Unmodified-Since, If-None-Match, If-Modified-Since, If-Range) and byte ranges that form one range (§14).
  //
  // Answers 403 if the file cannot be read, and 503 if no descriptor is left. Returns false, without an answer, if
  // there is no such file: the caller then answers. May block on the disk if the file is not in the page cache.
  bool serve(std::string_view path, const Request& request, Response& response) const;

 private:
  int open(std::string_view path) const;  // a descriptor, or a negative errno

  int root_;
};

// Answers with the file at `path`, as StaticDirectory::serve() does. Only for paths that the program knows: a path from
// a client could lead to any file. Returns false if there is no such file.
bool serve_file(const std::string& path, std::string_view content_type, const Request& request, Response& response);

// The Content-Type for the extension of the path; application/octet-stream if the extension is unknown.
std::string_view content_type_of(std::string_view path);

}  // namespace duel::http
