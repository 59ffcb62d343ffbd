#include "http/static_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include "http/date.h"
#include "http/grammar/ascii.h"
#include "http/grammar/html_text.h"
#include "http/grammar/percent.h"
#include "http/grammar/token.h"
#include "http/start_error.h"

namespace duel::http {
namespace {

using namespace std::string_view_literals;

struct ContentType {
  std::string_view extension;
  std::string_view type;
};

constexpr ContentType kContentTypes[] = {
    {"avif", "image/avif"},
    {"css", "text/css; charset=utf-8"},
    {"csv", "text/csv; charset=utf-8"},
    {"gif", "image/gif"},
    {"gz", "application/gzip"},
    {"htm", "text/html; charset=utf-8"},
    {"html", "text/html; charset=utf-8"},
    {"ico", "image/vnd.microsoft.icon"},
    {"jpeg", "image/jpeg"},
    {"jpg", "image/jpeg"},
    {"js", "text/javascript; charset=utf-8"},
    {"json", "application/json"},
    {"md", "text/markdown; charset=utf-8"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"mp4", "video/mp4"},
    {"pdf", "application/pdf"},
    {"png", "image/png"},
    {"svg", "image/svg+xml"},
    {"txt", "text/plain; charset=utf-8"},
    {"wasm", "application/wasm"},
    {"webp", "image/webp"},
    {"woff", "font/woff"},
    {"woff2", "font/woff2"},
    {"xml", "text/xml; charset=utf-8"},
    {"zip", "application/zip"},
};

struct Validators {
  char etag_text[48];
  std::string_view etag;  // a strong ETag, with its quotes
  DateText modified;
  std::time_t modified_second;
  // As in Go, 1970-01-01 00:00:00 means that the file system does not know the time.
  bool has_time;
  // True if the file was modified in the second of the response, or later: it can change again in that second (RFC 9110
  // §8.8.2.2).
  bool changing;
};

// `date` is the Date of the response. A file with a later modification time gets `date` as Last-Modified (RFC 9110
// §8.8.2.1).
Validators validators_of(const struct stat& status, std::time_t date) {
  Validators made{};
  const auto nanoseconds = static_cast<unsigned long long>(status.st_mtim.tv_sec) * 1'000'000'000ull +
                           static_cast<unsigned long long>(status.st_mtim.tv_nsec);
  const int size = std::snprintf(made.etag_text, sizeof made.etag_text, "\"%llx-%llx\"", nanoseconds,
                                 static_cast<unsigned long long>(status.st_size));
  made.etag = {made.etag_text, static_cast<size_t>(size)};
  made.has_time = status.st_mtim.tv_sec != 0;
  made.modified_second = std::min(status.st_mtim.tv_sec, date);
  made.changing = made.modified_second == date;
  made.modified = format_date(made.modified_second);
  return made;
}

enum class Comparison : bool { kStrong, kWeak };

// Whether the list of tags, which may span several lines (RFC 9110 §5.3), contains `etag` or "*". A weak tag in the
// list equals the strong `etag` only in a weak comparison (§8.8.3.2).
bool any_tag_is(const Request& request, std::string_view name, std::string_view etag, Comparison comparison) {
  bool found = false;
  for (const Field field : request.fields) {
    if (!grammar::equal_fold_ascii(field.name, name)) continue;
    grammar::for_each_member(field.value, [&](std::string_view tag) {
      found |= tag == "*"sv;
      if (comparison == Comparison::kWeak && tag.starts_with("W/"sv)) tag.remove_prefix(2);
      found |= tag == etag;
    });
  }
  return found;
}

// The value of a field that is not a list. Empty if the field is missing or occurs more than once: then it is ignored.
std::optional<std::string_view> only_value(const Request& request, std::string_view name) {
  const auto named = [&](const Field& field) { return grammar::equal_fold_ascii(field.name, name); };
  if (std::count_if(request.fields.begin(), request.fields.end(), named) != 1) return std::nullopt;
  return request.header(name);
}

// Empty if the value is not a date, or the field occurs more than once (RFC 9110 §13.1.3, §13.1.4).
std::optional<std::time_t> only_date(const Request& request, std::string_view name) {
  const auto value = only_value(request, name);
  return value ? parse_date(*value) : std::nullopt;
}

bool reads(const Request& request) {
  return request.method == Method::kGet || request.method == Method::kHead;
}

// If-Modified-Since, for requests without If-None-Match (RFC 9110 §13.1.3).
bool is_unchanged(const Request& request, const Validators& file) {
  const auto since = reads(request) ? only_date(request, "If-Modified-Since"sv) : std::nullopt;
  return since && file.has_time && file.modified_second <= *since;
}

// The steps of RFC 9110 §13.2.2 that apply to a file. Returns 412, 304, or 0 to continue.
int evaluate_conditions(const Request& request, const Validators& file) {
  if (request.has_header("If-Match"sv)) {
    if (!any_tag_is(request, "If-Match"sv, file.etag, Comparison::kStrong)) return 412;
  } else if (const auto since = only_date(request, "If-Unmodified-Since"sv)) {
    if (file.has_time && file.modified_second > *since) return 412;
  }
  if (request.has_header("If-None-Match"sv)) {
    if (!any_tag_is(request, "If-None-Match"sv, file.etag, Comparison::kWeak)) return 0;
    return reads(request) ? 304 : 412;
  }
  return is_unchanged(request, file) ? 304 : 0;
}

// A number that overflows becomes the maximum, which lies beyond the end of every file.
std::optional<uint64_t> parse_number(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::invalid_argument || end != text.data() + text.size()) return std::nullopt;
  return error == std::errc::result_out_of_range ? ~uint64_t{0} : value;
}

// The bytes of a file from `first` up to, but not including, `end`.
struct Range {
  uint64_t first = 0;
  uint64_t end = 0;
  uint64_t size() const { return end - first; }
};

// int-range or suffix-range of RFC 9110 §14.1.2, cut at the end of the file; empty if it is malformed.
std::optional<Range> parse_range(std::string_view range, uint64_t file_size) {
  const size_t dash = range.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = parse_number(range.substr(0, dash));
  const auto last = parse_number(range.substr(dash + 1));
  if (dash == 0) {  // suffix-range
    if (!last) return std::nullopt;
    return Range{file_size - std::min(*last, file_size), file_size};
  }
  if (!first || (!last && dash + 1 < range.size()) || (last && *last < *first)) return std::nullopt;
  if (*first >= file_size) return Range{};
  return Range{*first, last ? std::min(*last, file_size - 1) + 1 : file_size};
}

// The one range that a Range field asks for; of size 0 if the file has none of these bytes (416). Ranges that touch or
// overlap are joined (RFC 9110 §15.3.7.2). std::nullopt if the field is ignored, because it is malformed or asks for
// separate ranges.
std::optional<Range> parse_ranges(std::string_view value, uint64_t file_size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!grammar::equal_fold_ascii(value.substr(0, kUnit.size()), kUnit)) return std::nullopt;
  std::optional<Range> all;
  bool ignored = false;
  grammar::for_each_member(value.substr(kUnit.size()), [&](std::string_view member) {
    const auto range = parse_range(member, file_size);
    if (!range) {
      ignored = true;
    } else if (!all || all->size() == 0) {
      all = range;
    } else if (range->size() > 0) {
      ignored |= range->first > all->end || range->end < all->first;
      all = Range{std::min(all->first, range->first), std::max(all->end, range->end)};
    }
  });
  return ignored ? std::nullopt : all;
}

// Whether the range applies: there is no If-Range, or it names this version of the file (RFC 9110 §13.1.5).
bool if_range_holds(const Request& request, const Validators& file) {
  if (!request.has_header("If-Range"sv)) return true;
  const auto value = only_value(request, "If-Range"sv);
  if (!value) return false;
  if (value->starts_with('"')) return *value == file.etag;
  return !file.changing && parse_date(*value) == file.modified_second;
}

void fail_with(Response& response, int status, std::string_view body) {
  response.status(status);
  response.remove("Cache-Control"sv);  // it was meant for the file
  response.set("Content-Type"sv, "text/plain; charset=utf-8"sv);
  response.end(body);
}

void fail(Response& response, int status) {
  char body[64];
  const int size = std::snprintf(body, sizeof body, "%d %s\n", status, reason_phrase(status).data());
  fail_with(response, status, {body, static_cast<size_t>(size)});
}

// In the words of net/http.
void refuse_range(Response& response) {
  response.set("X-Content-Type-Options"sv, "nosniff"sv);
  fail_with(response, 416, "invalid range: failed to overlap\n"sv);
}

void set_content_range(Response& response, const Range* range, uint64_t file_size) {
  char text[80];
  const int size =
      range != nullptr
          ? std::snprintf(text, sizeof text, "bytes %llu-%llu/%llu", static_cast<unsigned long long>(range->first),
                          static_cast<unsigned long long>(range->end - 1), static_cast<unsigned long long>(file_size))
          : std::snprintf(text, sizeof text, "bytes */%llu", static_cast<unsigned long long>(file_size));
  response.set("Content-Range"sv, {text, static_cast<size_t>(size)});
}

// Ends the response with the bytes of the file. Owns the descriptor.
void end_with_bytes(int descriptor, size_t size, Response& response) {
  const auto bytes = std::make_unique_for_overwrite<char[]>(size);
  size_t read = 0;
  while (read < size) {
    const ssize_t more = ::read(descriptor, bytes.get() + read, size - read);
    if (more < 0 && errno == EINTR) continue;
    if (more <= 0) break;  // the file has been cut meanwhile
    read += static_cast<size_t>(more);
  }
  ::close(descriptor);
  response.end({bytes.get(), read});
}

// Owns the descriptor.
void send(int descriptor, const struct stat& status, std::string_view type, const Request& request, Response& response,
          FileCoding coding) {
  const auto file_size = static_cast<uint64_t>(status.st_size);
  const bool coded = coding == FileCoding::kSmall && file_size <= kCodedFileBytes && !request.has_header("Range"sv);
  if (!coded) response.do_not_code_body();
  const Validators file = validators_of(status, response.date());
  const int condition = evaluate_conditions(request, file);
  if (condition != 0) {
    ::close(descriptor);
    if (condition != 304) return fail(response, condition);
    response.set("ETag"sv, file.etag);  // and no other field that describes the file (RFC 9110 §15.4.5)
    response.status(condition);
    return response.end();
  }
  FileBody body{.descriptor = descriptor, .offset = 0, .size = file_size};
  const auto ranges = request.method == Method::kGet ? only_value(request, "Range"sv) : std::nullopt;
  // As in Go, an empty file has no ranges: clients that always send Range would get an error for it.
  if (ranges && file_size > 0 && if_range_holds(request, file)) {
    if (const auto range = parse_ranges(*ranges, file_size)) {
      const bool satisfiable = range->size() > 0;
      set_content_range(response, satisfiable ? &*range : nullptr, file_size);
      if (!satisfiable) {
        ::close(descriptor);
        return refuse_range(response);
      }
      response.status(206);
      body.offset = range->first;
      body.size = range->size();
    }
  }
  response.set("Content-Type"sv, type);
  if (file.has_time) response.set("Last-Modified"sv, {file.modified.data(), file.modified.size()});
  response.set("ETag"sv, file.etag);
  response.set("Accept-Ranges"sv, "bytes"sv);
  if (coded) return end_with_bytes(descriptor, file_size, response);
  response.end_file(body);
}

int status_of(int error) {
  switch (error) {
    case EACCES:
    case EPERM:
      return 403;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return 503;
    case ENOSYS:
    case EIO:
      return 500;
    default:
      return 404;  // there is no such file, or the path leads out of the directory
  }
}

using Found = StaticDirectory::Found;

// Answers with a regular file. `descriptor` is open, and the function owns it, or it is a negative errno.
Found serve_opened(int descriptor, std::string_view type, const Request& request, Response& response,
                   FileCoding coding = FileCoding::kNone) {
  if (descriptor < 0) {
    const int code = status_of(-descriptor);
    if (code == 404) return Found::kNothing;
    fail(response, code);
    return Found::kAnswered;
  }
  struct stat status {};
  if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor);
    return S_ISDIR(status.st_mode) ? Found::kDirectory : Found::kNothing;
  }
  send(descriptor, status, type, request, response, coding);
  return Found::kAnswered;
}

// Redirects to the path of the request with a slash at its end. The Location is relative, as Go's: it holds only the
// last segment, as sent, so that it neither names another host ("//x") nor needs the prefix that a proxy has removed.
void redirect_to_directory(const Request& request, Response& response) {
  const std::string_view segment = request.path.substr(request.path.rfind('/') + 1);
  std::string location;
  const auto append = [&](std::string_view text) {
    grammar::percent_encode(text, grammar::kLocationEncoding, [&](std::string_view piece) { location.append(piece); });
  };
  if (segment.find(':') != std::string_view::npos) location = "./";  // "a:b/" would be a URL with the scheme "a"
  append(segment);
  location.push_back('/');
  if (!request.query.empty()) location.push_back('?');
  append(request.query);
  response.set("Location"sv, location);
  response.status(301);
  response.end();
}

// Names that begin with a dot are hidden files, "." or ".."; they are not served.
bool has_dot_name(std::string_view path) {
  return path.starts_with('.') || path.find("/."sv) != std::string_view::npos;
}

constexpr int kForReading =
    O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;  // O_NONBLOCK: a FIFO must not wait for its writer

// Opens a path without ".." beneath `root`, folder by folder, and follows no symbolic link. Returns a descriptor, or a
// negative errno. Overwrites the slashes of `path`.
int open_without_links(int root, char* path) {
  int folder = root;
  for (;;) {
    while (*path == '/') ++path;
    char* const slash = std::strchr(path, '/');
    if (slash != nullptr) *slash = '\0';
    const int how = slash != nullptr ? O_PATH | O_DIRECTORY | O_CLOEXEC : kForReading;
    const int opened = ::openat(folder, path, how | O_NOFOLLOW);
    const int error = errno;
    if (folder != root) ::close(folder);
    if (opened < 0) return -error;
    if (slash == nullptr) return opened;
    folder = opened;
    path = slash + 1;
  }
}

}  // namespace

std::string_view content_type_of(std::string_view path) {
  const size_t dot = path.rfind('.');
  if (dot != std::string_view::npos) {
    for (const ContentType& known : kContentTypes) {
      if (grammar::equal_fold_ascii(known.extension, path.substr(dot + 1))) return known.type;
    }
  }
  return "application/octet-stream"sv;
}

StaticDirectory::StaticDirectory(const std::string& root)
    : root_(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
  if (root_ < 0) {
    throw StartError("the directory " + root + " cannot be opened: " + std::strerror(errno) +
                         "; choose a directory that exists and is readable",
                     StartOption::kDirectory);
  }
}

StaticDirectory::~StaticDirectory() {
  ::close(root_);
}

int StaticDirectory::open(std::string_view path) const {
  return open_beneath(path, path.empty() || path.ends_with('/') ? "index.html"sv : ""sv);
}

int StaticDirectory::open_beneath(std::string_view path, std::string_view file) const {
  char name[PATH_MAX];
  if (path.size() + file.size() >= sizeof name) return -ENAMETOOLONG;
  if (has_dot_name(path) || path.find('\0') != std::string_view::npos) return -ENOENT;
  path.copy(name, path.size());
  file.copy(name + path.size(), file.size());
  name[path.size() + file.size()] = '\0';
  open_how how{};
  how.flags = kForReading;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  const long descriptor = syscall(SYS_openat2, root_, name, &how, sizeof how);
  if (descriptor >= 0) return static_cast<int>(descriptor);
  // A service manager may forbid openat2, whose mode a filter of system calls cannot read (systemd.exec(5),
  // RestrictSUIDSGID).
  return errno == ENOSYS ? open_without_links(root_, name) : -errno;
}

bool StaticDirectory::serve(std::string_view path, const Request& request, Response& response) const {
  if (path.empty() && !request.path.ends_with('/')) {
    redirect_to_directory(request, response);
    return true;
  }
  const Found found = find(path, request, response);
  if (found != Found::kDirectory || path.empty() || path.ends_with('/')) return found == Found::kAnswered;
  if (request.path.ends_with('/')) return serve(std::string(path) + '/', request, response);
  redirect_to_directory(request, response);
  return true;
}

StaticDirectory::Found StaticDirectory::find(std::string_view path, const Request& request, Response& response,
                                             FileCoding coding) const {
  while (path.starts_with('/')) path.remove_prefix(1);
  const bool is_index = path.empty() || path.ends_with('/');
  const std::string_view type = content_type_of(is_index ? "index.html"sv : path);
  const Found found = serve_opened(open(path), type, request, response, coding);
  if (found != Found::kNothing || !is_index) return found;
  const int directory = open_beneath(path, "."sv);
  if (directory < 0) return Found::kNothing;
  ::close(directory);
  return Found::kDirectory;
}

bool StaticDirectory::list(std::string_view path, const Request& request, Response& response) const {
  while (path.starts_with('/')) path.remove_prefix(1);
  const int descriptor = open_beneath(path, path.empty() || path.ends_with('/') ? "."sv : ""sv);
  if (descriptor < 0) return false;
  struct stat status {};
  DIR* const opened = fstat(descriptor, &status) == 0 ? fdopendir(descriptor) : nullptr;
  if (opened == nullptr) {
    ::close(descriptor);
    return false;
  }
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opened, &closedir);
  const Validators validators = validators_of(status, response.date());
  if (!request.has_header("If-None-Match"sv) && is_unchanged(request, validators)) {
    response.status(304);
    response.end();
    return true;
  }
  std::vector<std::string> names;
  while (const dirent* entry = readdir(directory.get())) {
    std::string name = entry->d_name;
    if (has_dot_name(name)) continue;
    if (entry->d_type == DT_DIR) name.push_back('/');
    names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  std::string page = "<!doctype html>\n<meta name=\"viewport\" content=\"width=device-width\">\n<pre>\n";
  const auto append = [&](std::string_view piece) { page.append(piece); };
  for (const std::string& name : names) {
    page += "<a href=\"";
    if (name.find(':') != std::string::npos) page += "./";  // "a:b" would be a URL with the scheme "a"
    grammar::percent_encode(name, grammar::kPathEncoding, append);
    page += "\">";
    grammar::write_html_text(name, append);
    page += "</a>\n";
  }
  response.set("Content-Type"sv, "text/html; charset=utf-8"sv);
  response.set("Last-Modified"sv, {validators.modified.data(), validators.modified.size()});
  response.end(page + "</pre>\n");
  return true;
}

bool serve_file(const std::string& path, std::string_view content_type, const Request& request, Response& response) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  return serve_opened(descriptor < 0 ? -errno : descriptor, content_type, request, response) == Found::kAnswered;
}

}  // namespace duel::http
