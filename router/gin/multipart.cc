#include "router/gin/multipart.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "http/grammar/ascii.h"
#include "http/grammar/token.h"
#include "http/request.h"

namespace duel::gin {
namespace {

constexpr size_t kMaxBoundaryBytes = 70;  // RFC 2046 §5.1.1

// A quoted string at the front of `text`, its escapes undone; moves `text` behind it.
std::string_view take_quoted(std::string_view& text, memory::Arena& arena) {
  size_t end = 1;
  bool escaped = false;
  while (end < text.size() && text[end] != '"') {
    if (text[end] == '\\') escaped = true, ++end;
    ++end;
  }
  end = std::min(end, text.size());
  const std::string_view sent = text.substr(1, end - 1);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (!escaped) return sent;
  char* const begin = arena.take(sent.size());
  char* to = begin;
  for (size_t i = 0; i < sent.size(); ++i) {
    // Only what has to be escaped: old browsers send C:\folder\file as it is.
    if (sent[i] == '\\' && i + 1 < sent.size() && (sent[i + 1] == '"' || sent[i + 1] == '\\')) ++i;
    *to++ = sent[i];
  }
  arena.shrink(to);
  return {begin, static_cast<size_t>(to - begin)};
}

std::string_view take_line(std::string_view& text) {
  const size_t end = text.find("\r\n");
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  return line;
}

// Such a letter in a file's name could end it early for whoever writes the file.
bool has_control_letter(std::string_view line) {
  return std::ranges::any_of(line, [](char c) { return (static_cast<uint8_t>(c) < 0x20 && c != '\t') || c == 0x7F; });
}

struct PartHead {
  std::string_view disposition;
  std::string_view content_type;
};

std::optional<PartHead> read_head(std::string_view lines) {
  PartHead head;
  while (!lines.empty()) {
    const std::string_view line = take_line(lines);
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos || !http::grammar::is_token(line.substr(0, colon))) return std::nullopt;
    if (has_control_letter(line)) return std::nullopt;
    const std::string_view value = http::grammar::trim(line.substr(colon + 1));
    if (http::grammar::equal_fold_ascii(line.substr(0, colon), "Content-Disposition")) head.disposition = value;
    if (http::grammar::equal_fold_ascii(line.substr(0, colon), "Content-Type")) head.content_type = value;
  }
  return head;
}

// Reads the parts one after the other; used twice, to count and to keep.
class Parts {
 public:
  struct Part {
    PartHead head;
    std::string_view bytes;
  };

  // `delimiter` is CRLF, two hyphens and the boundary.
  Parts(std::string_view body, std::string_view delimiter) : rest_(body), delimiter_(delimiter) {
    // The first one needs no line break before it.
    const std::string_view first = delimiter.substr(2);
    if (rest_.starts_with(first)) {
      rest_.remove_prefix(first.size());
    } else {
      skip_to_delimiter();
    }
  }

  std::optional<Part> next() {
    if (!error_.empty() || ended_) return std::nullopt;
    if (rest_.starts_with("--")) {
      ended_ = true;
      return std::nullopt;
    }
    while (rest_.starts_with(' ') || rest_.starts_with('\t')) rest_.remove_prefix(1);
    if (!rest_.starts_with("\r\n")) return fail("a boundary of the form is followed by something else");
    // The empty line ends the head; the line break before it may be the boundary's own.
    const size_t end = rest_.substr(0, kMaxPartHeadBytes).find("\r\n\r\n");
    if (end == std::string_view::npos) return fail("the head of a part of the form does not end");
    const auto head = read_head(end == 0 ? std::string_view() : rest_.substr(2, end - 2));
    if (!head) return fail("the head of a part of the form is malformed");
    rest_.remove_prefix(end + 2);  // an empty part ends with the same line break
    const std::string_view from = rest_;
    const std::string_view bytes = skip_to_delimiter();
    if (!error_.empty()) return std::nullopt;
    return Part{*head,
                from.substr(std::min<size_t>(2, bytes.size()), bytes.size() - std::min<size_t>(2, bytes.size()))};
  }

  std::string_view error() const { return error_; }

 private:
  std::nullopt_t fail(std::string_view error) {
    error_ = error;
    return std::nullopt;
  }

  std::string_view skip_to_delimiter() {
    const size_t at = rest_.find(delimiter_);
    if (at == std::string_view::npos) {
      error_ = "the body ends before the form's last boundary";
      return {};
    }
    const std::string_view skipped = rest_.substr(0, at);
    rest_.remove_prefix(at + delimiter_.size());
    return skipped;
  }

  std::string_view rest_;
  std::string_view delimiter_;
  std::string_view error_;
  bool ended_ = false;
};

// Browsers send a name, but some old ones the whole path, C:\folder\file. Nothing for what means a folder.
std::string_view base_name(std::string_view path) {
  std::string_view name = path.substr(path.find_last_of("/\\") + 1);
  const char drive = name.size() > 1 && name[1] == ':' ? static_cast<char>(name[0] | 0x20) : '\0';
  if (drive >= 'a' && drive <= 'z') name.remove_prefix(2);
  return name == "." || name == ".." ? std::string_view() : name;
}

// As in Go, a part is a file if it was sent with a name that is not empty.
std::string_view sent_filename(const PartHead& head, memory::Arena& arena) {
  return parameter_of(head.disposition, "filename", arena);
}

}  // namespace

std::string_view parameter_of(std::string_view field, std::string_view name, memory::Arena& arena) {
  size_t semicolon = field.find(';');
  while (semicolon != std::string_view::npos) {
    field = http::grammar::trim(field.substr(semicolon + 1));
    const size_t end = field.find_first_of("=;");
    if (end == std::string_view::npos) return {};
    const std::string_view key = http::grammar::trim(field.substr(0, end));
    field.remove_prefix(end);
    std::string_view value;
    if (field.starts_with('=')) {
      field = http::grammar::trim(field.substr(1));
      value =
          field.starts_with('"') ? take_quoted(field, arena) : http::grammar::trim(field.substr(0, field.find(';')));
    }
    if (http::grammar::equal_fold_ascii(key, name)) return value;
    semicolon = field.find(';');
  }
  return {};
}

Multipart read_multipart(std::string_view body, std::string_view content_type, memory::Arena& arena) {
  const std::string_view boundary = parameter_of(content_type, "boundary", arena);
  if (boundary.empty() || boundary.size() > kMaxBoundaryBytes)
    return {.error = "Content-Type names no usable boundary"};
  char* to = arena.take(4 + boundary.size());
  const std::string_view delimiter(to, 4 + boundary.size());
  std::copy_n("\r\n--", 4, to);
  std::copy(boundary.begin(), boundary.end(), to + 4);

  size_t values = 0;
  size_t files = 0;
  Parts counted(body, delimiter);
  while (const auto part = counted.next()) {
    ++(sent_filename(part->head, arena).empty() ? values : files);
    if (values + files > kMaxFormParts) return {.error = "the form has more than 1000 parts"};
  }
  if (!counted.error().empty()) return {.error = counted.error()};

  const auto value_list = arena.make<binding::Pair>(values);
  const auto file_list = arena.make<FormFile>(files);
  values = files = 0;
  Parts kept(body, delimiter);
  while (const auto part = kept.next()) {
    const std::string_view name = parameter_of(part->head.disposition, "name", arena);
    const std::string_view filename = sent_filename(part->head, arena);
    if (name.empty()) return {.error = "a part of the form has no name"};
    if (filename.empty()) {
      value_list[values++] = {name, part->bytes};
    } else {
      file_list[files++] = {name, base_name(filename), part->head.content_type, part->bytes};
    }
  }
  return {.values = value_list, .files = file_list, .error = {}};
}

}  // namespace duel::gin
