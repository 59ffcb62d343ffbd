#include "router/beego/context/multipart.h"

#include "http/grammar/ascii.h"
#include "http/grammar/token.h"
#include "http/request.h"

namespace duel::beego::context {
namespace {

// RFC 2046 §5.1.1.
constexpr size_t kBoundaryBytesMost = 70;

// A parameter of a field like `form-data; name="a b"; filename=x` without its quotes (RFC 9110 §5.6.6).
std::optional<std::string> parameter_of(std::string_view field, std::string_view name) {
  size_t at = field.find(';');
  while (at < field.size()) {
    ++at;
    const size_t equals = field.find('=', at);
    if (equals == std::string_view::npos) return std::nullopt;
    const bool wanted = http::grammar::equal_fold_ascii(http::grammar::trim(field.substr(at, equals - at)), name);
    std::string value;
    at = equals + 1;
    if (at < field.size() && field[at] == '"') {
      for (++at; at < field.size() && field[at] != '"'; ++at) {
        // A backslash escapes a quote and itself; before anything else it is a letter: some browsers send paths.
        if (field[at] == '\\' && at + 1 < field.size() && (field[at + 1] == '"' || field[at + 1] == '\\')) ++at;
        value.push_back(field[at]);
      }
      if (at >= field.size()) return std::nullopt;
      at = field.find(';', at);
    } else {
      const size_t end = field.find(';', at);
      value = http::grammar::trim(field.substr(at, end - at));
      at = end;
    }
    if (wanted) return value;
  }
  return std::nullopt;
}

std::string_view field_of(std::string_view head, std::string_view name) {
  while (!head.empty()) {
    const size_t end = head.find("\r\n");
    const std::string_view line = head.substr(0, end);
    head = end == std::string_view::npos ? std::string_view() : head.substr(end + 2);
    const size_t colon = line.find(':');
    if (colon != std::string_view::npos && http::grammar::equal_fold_ascii(line.substr(0, colon), name)) {
      return http::grammar::trim(line.substr(colon + 1));
    }
  }
  return {};
}

// Behind the last slash or backslash; nothing for names that mean a folder.
std::string base_name(std::string path) {
  path.erase(0, path.find_last_of("/\\") + 1);
  return path == "." || path == ".." ? std::string() : path;
}

bool add_part(std::string_view part, MultipartForm& form) {
  const size_t end = part.starts_with("\r\n") ? 0 : part.find("\r\n\r\n");
  if (end > kPartHeadBytesMost) return false;  // or there is none
  const std::string_view head = part.substr(0, end);
  const std::string_view bytes = part.substr(end + (end == 0 ? 2 : 4));
  const std::string_view disposition = field_of(head, "Content-Disposition");
  if (!http::grammar::equal_fold_ascii(http::grammar::trim(disposition.substr(0, disposition.find(';'))), "form-data"))
    return true;
  auto name = parameter_of(disposition, "name");
  if (!name || name->empty()) return true;
  auto filename = parameter_of(disposition, "filename");
  if (!filename || filename->empty()) {
    form.values.emplace_back(std::move(*name), bytes);
  } else {
    form.files.push_back({.field = std::move(*name),
                          .filename = base_name(std::move(*filename)),
                          .content_type = field_of(head, "Content-Type"),
                          .bytes = bytes});
  }
  return true;
}

// Where the next delimiter line begins, at `from` or behind it; its size goes to `size`, and `last` says "--" followed.
size_t find_delimiter(std::string_view body, std::string_view delimiter, size_t from, size_t& size, bool& last) {
  for (size_t at = body.find(delimiter, from); at != std::string_view::npos; at = body.find(delimiter, at + 1)) {
    size_t end = at + delimiter.size();
    last = body.substr(end).starts_with("--");
    if (last) end += 2;
    while (end < body.size() && (body[end] == ' ' || body[end] == '\t')) ++end;
    if (body.substr(end).starts_with("\r\n")) {
      size = end + 2 - at;
    } else if (last && end == body.size()) {
      size = end - at;
    } else {
      continue;  // the boundary is the beginning of other text
    }
    return at;
  }
  return std::string_view::npos;
}

}  // namespace

std::optional<MultipartForm> parse_multipart(std::string_view body, std::string_view content_type) {
  const auto boundary = parameter_of(content_type, "boundary");
  if (!boundary || boundary->empty() || boundary->size() > kBoundaryBytesMost) return std::nullopt;
  const std::string delimiter = "\r\n--" + *boundary;
  MultipartForm form;
  size_t size = 0;
  bool last = false;
  size_t at = 0;
  // The first delimiter may be the body's first line, without a line break of its own before it.
  if (find_delimiter(body, std::string_view(delimiter).substr(2), 0, size, last) == 0) {
    at = size;
  } else {
    at = find_delimiter(body, delimiter, 0, size, last);
    if (at == std::string_view::npos) return std::nullopt;
    at += size;
  }
  while (!last) {
    if (form.values.size() + form.files.size() == kFormPartsMost) return std::nullopt;
    // A part may be empty: then its delimiter begins with the line break that ended the one before.
    const size_t end = find_delimiter(body, delimiter, at - 2, size, last);
    if (end == std::string_view::npos) return std::nullopt;
    if (end >= at && !add_part(body.substr(at, end - at), form)) return std::nullopt;
    at = end + size;
  }
  return form;
}

}  // namespace duel::beego::context
