// For handlers and programs that serve files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/request.h"
#include "http/response.h"

namespace duel::http {

// Whether files may get a content coding, if the response has a coder (Response::code_body()). kSmall: files up to
// kCodedFileBytes, for requests without Range; the file is read into memory. Other files are sent as they are.
enum class FileCoding : bool { kNone, kSmall };
inline constexpr uint64_t kCodedFileBytes = 100 * 1024;  // Beego's StaticCacheFileSize

// Serves the files of one directory and of the directories inside it. The kernel resolves every path beneath the
// directory (openat2, RESOLVE_BENEATH), so neither ".." nor a symbolic link leads out of it. If openat2 is forbidden,
// as in services of systemd with DynamicUser or RestrictSUIDSGID, no symbolic link is followed. Names that begin with a
// dot are not served. Threads may share one object.
class StaticDirectory {
 public:
  // Throws StartError if `root` is not a directory that can be opened.
  explicit StaticDirectory(const std::string& root);
  ~StaticDirectory();
  StaticDirectory(const StaticDirectory&) = delete;
  StaticDirectory& operator=(const StaticDirectory&) = delete;

  // Answers GET or HEAD with the file at `path`, which is percent-decoded and may begin with a slash. A path that ends
  // in a slash means the index.html of that directory. The path of a directory without a slash at its end, or an empty
  // path, is redirected (301) to the path of the request with a slash, because the relative links of the page need it.
  // If the path of the request ends with a slash already, both mean index.html.
  //
  // Supports conditional requests (RFC 9110 §13: If-Match, If-Unmodified-Since, If-None-Match, If-Modified-Since,
  // If-Range) and byte ranges that form one range (§14). Separate ranges are ignored, and so are all ranges of an empty
  // file (§14.2 allows both): the answer is the whole file. An absolute symbolic link counts as a link that leads out
  // of the directory, even if its target is inside.
  //
  // Answers 403 if the file cannot be read, and 503 if no descriptor is left. Returns false, without an answer, if
  // there is no such file: the caller then answers. May block on the disk if the file is not in the page cache.
  bool serve(std::string_view path, const Request& request, Response& response) const;

  // The same without redirects: the caller decides what a directory means. A path that ends in a slash and has an
  // index.html is answered with it.
  enum class Found : uint8_t { kNothing, kDirectory, kAnswered };
  Found find(std::string_view path, const Request& request, Response& response,
             FileCoding coding = FileCoding::kNone) const;
  // Answers with a page of links to the files of a directory, in the order of their names; hidden ones are left out.
  // Supports If-Modified-Since. False if there is no such directory. Tells clients every name: only for folders that
  // are public as a whole.
  bool list(std::string_view path, const Request& request, Response& response) const;

 private:
  int open(std::string_view path) const;  // of the file, or of the index of a directory; or a negative errno
  int open_beneath(std::string_view path, std::string_view file) const;

  int root_;
};

// Answers with the file at `path`, as StaticDirectory::serve() does. Only for paths that the program knows: a path from
// a client could lead to any file. Returns false if there is no such file.
bool serve_file(const std::string& path, std::string_view content_type, const Request& request, Response& response);

// The Content-Type for the extension of the path; application/octet-stream if the extension is unknown.
std::string_view content_type_of(std::string_view path);

}  // namespace duel::http
