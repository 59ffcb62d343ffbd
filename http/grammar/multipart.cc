#include "http/grammar/multipart.h"

#include <algorithm>

#include "http/grammar/ascii.h"
#include "http/grammar/token.h"

namespace duel::http::grammar {
namespace {

constexpr std::string_view kLineBreak = "\r\n";
constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kMalformedHead = "the head of a part of the form is malformed";

bool is_blank(char c) {
  return kBlanks.find(c) != std::string_view::npos;
}

// Removes the blanks and folds around `text`.
std::string_view trim_folds(std::string_view text) {
  constexpr std::string_view kAround = " \t\r\n";
  const size_t begin = std::min(text.find_first_not_of(kAround), text.size());
  return text.substr(begin, text.find_last_not_of(kAround) + 1 - begin);
}

bool has_fold(std::string_view text) {
  return text.find(kLineBreak) != std::string_view::npos;
}

// Takes the quoted text off the front of `rest`. Returns nothing if the closing quote is missing.
std::optional<HeadText> take_quoted(std::string_view& rest) {
  HeadText text;
  size_t end = 1;
  while (end < rest.size() && rest[end] != '"') {
    // A backslash escapes only '"' and '\'. Before any other byte it stands for itself, because old browsers send
    // paths.
    if (rest[end] == '\\' && end + 1 < rest.size() && (rest[end + 1] == '"' || rest[end + 1] == '\\')) {
      text.has_escapes = true;
      ++end;
    }
    ++end;
  }
  if (end >= rest.size()) return std::nullopt;
  text.sent = rest.substr(1, end - 1);
  text.has_folds = has_fold(text.sent);
  rest.remove_prefix(end + 1);
  return text;
}

// Finds a parameter of a field such as `form-data; name="a b"; filename=x` (RFC 9110 §5.6.6). Returns an empty text if
// there is no such parameter. Returns std::nullopt if the closing quote of this or an earlier parameter is missing.
std::optional<HeadText> find_parameter(std::string_view field, std::string_view name) {
  for (size_t semicolon = field.find(';'); semicolon != std::string_view::npos; semicolon = field.find(';')) {
    field.remove_prefix(semicolon + 1);
    const size_t end = std::min(field.find_first_of("=;"), field.size());
    const std::string_view key = trim_folds(field.substr(0, end));
    field.remove_prefix(end);
    if (!field.starts_with('=')) continue;
    field = trim_folds(field.substr(1));
    HeadText value;
    if (field.starts_with('"')) {
      const auto quoted = take_quoted(field);
      if (!quoted) return std::nullopt;
      value = *quoted;
    } else {
      value.sent = trim_folds(field.substr(0, field.find(';')));
      value.has_folds = has_fold(value.sent);
    }
    if (equal_fold_ascii(key, name)) return value;
  }
  return HeadText{};
}

// Takes the first field, with its folds, off the front of `head`.
std::string_view take_field(std::string_view& head) {
  size_t end = head.find(kLineBreak);
  while (end != std::string_view::npos && end + 2 < head.size() && is_blank(head[end + 2])) {
    end = head.find(kLineBreak, end + 2);
  }
  const std::string_view field = head.substr(0, end);
  head.remove_prefix(std::min(field.size() + kLineBreak.size(), head.size()));
  return field;
}

// Whether `field` holds a control character outside of folds. In the name of a file, it could end the name early for
// the program that creates the file.
bool has_control_byte(std::string_view field) {
  for (size_t i = 0; i < field.size(); ++i) {
    const char c = field[i];
    if (field.substr(i).starts_with(kLineBreak)) {
      ++i;
    } else if ((c >= 0 && c < ' ' && c != '\t') || c == '\x7F') {
      return true;
    }
  }
  return false;
}

struct PartHead {
  std::string_view disposition;
  std::string_view content_type;
};

std::optional<PartHead> read_head(std::string_view lines) {
  PartHead head;
  const auto keep_first = [](std::string_view& kept, std::string_view value) {
    if (kept.data() == nullptr) kept = value;
  };
  while (!lines.empty()) {
    const std::string_view field = take_field(lines);
    const size_t colon = field.find(':');
    if (colon == std::string_view::npos || !is_token(field.substr(0, colon)) || has_control_byte(field))
      return std::nullopt;
    const std::string_view name = field.substr(0, colon);
    const std::string_view value = trim_folds(field.substr(colon + 1));
    if (equal_fold_ascii(name, "Content-Disposition")) keep_first(head.disposition, value);
    if (equal_fold_ascii(name, "Content-Type")) keep_first(head.content_type, value);
  }
  return head;
}

bool is_form_data(std::string_view disposition) {
  return equal_fold_ascii(trim_folds(disposition.substr(0, disposition.find(';'))), "form-data");
}

}  // namespace

char* write_plain(const HeadText& text, char* to) {
  const std::string_view sent = text.sent;
  const char* const begin = to;
  for (size_t i = 0; i < sent.size(); ++i) {
    const bool escapes = text.has_escapes && sent[i] == '\\' && i + 1 < sent.size();
    if (escapes && (sent[i + 1] == '"' || sent[i + 1] == '\\')) ++i;
    if (text.has_folds && sent.substr(i).starts_with(kLineBreak)) {
      while (to != begin && is_blank(to[-1])) --to;
      i = std::min(sent.find_first_not_of(kBlanks, i + kLineBreak.size()), sent.size()) - 1;
      *to++ = ' ';
    } else {
      *to++ = sent[i];
    }
  }
  return to;
}

std::string_view base_name(std::string_view path) {
  std::string_view name = path.substr(path.find_last_of("/\\") + 1);
  const char drive = name.size() > 1 && name[1] == ':' ? to_lower_ascii(name[0]) : '\0';
  if (drive >= 'a' && drive <= 'z') name.remove_prefix(2);
  return name == "." || name == ".." ? std::string_view() : name;
}

MultipartReader::MultipartReader(std::string_view body, std::string_view content_type) : body_(body) {
  if (!read_boundary(content_type)) {
    error_ = "Content-Type has no valid boundary";
    return;
  }
  // The first delimiter line may begin the body; then there is no line break before it.
  const auto first = delimiter_line_at(0, delimiter().substr(kLineBreak.size()));
  pass(first ? first : find_delimiter_line(0));
}

bool MultipartReader::read_boundary(std::string_view content_type) {
  const auto boundary = find_parameter(content_type, "boundary");
  if (!boundary || boundary->sent.empty() || boundary->sent.size() > kMaxBoundaryBytes) return false;
  char* const begin = std::copy(kDelimiterBegin.begin(), kDelimiterBegin.end(), delimiter_.data());
  delimiter_size_ = static_cast<size_t>(write_plain(*boundary, begin) - delimiter_.data());
  return true;
}

std::optional<MultipartReader::DelimiterLine> MultipartReader::delimiter_line_at(size_t at,
                                                                                 std::string_view delimiter) const {
  if (!body_.substr(at).starts_with(delimiter)) return std::nullopt;
  size_t end = at + delimiter.size();
  const bool is_last = body_.substr(end).starts_with("--");
  if (is_last) end += 2;
  end = std::min(body_.find_first_not_of(kBlanks, end), body_.size());
  if (body_.substr(end).starts_with(kLineBreak)) {
    end += kLineBreak.size();
  } else if (!is_last || end != body_.size()) {
    return std::nullopt;  // content that begins with the boundary
  }
  return DelimiterLine{at, end - at, is_last};
}

std::optional<MultipartReader::DelimiterLine> MultipartReader::find_delimiter_line(size_t from) const {
  for (size_t at = body_.find(delimiter(), from); at != std::string_view::npos; at = body_.find(delimiter(), at + 1)) {
    if (const auto line = delimiter_line_at(at, delimiter())) return line;
  }
  return std::nullopt;
}

void MultipartReader::pass(const std::optional<DelimiterLine>& line) {
  if (!line) {
    fail("the body ends before the form's last boundary");
    return;
  }
  at_ = line->at + line->size;
  is_last_ = line->is_last;
}

std::optional<FormPart> MultipartReader::next() {
  while (error_.empty() && !is_last_) {
    if (const auto part = read_part()) return part;
  }
  return std::nullopt;
}

std::optional<FormPart> MultipartReader::read_part() {
  if (++parts_ > kMaxFormParts) return fail("the form has more than 1000 parts");
  const size_t from = at_ - kLineBreak.size();
  const auto line = find_delimiter_line(from);
  pass(line);
  if (!line) return std::nullopt;
  // `part` begins with the line break before it and ends with the line break after it. A head without fields has no
  // line break of its own, and the empty line after a head may belong to the next delimiter line.
  const std::string_view part = body_.substr(from, line->at - from + kLineBreak.size());
  constexpr std::string_view kHeadEnd = "\r\n\r\n";
  const size_t head_end = part.substr(0, kLineBreak.size() + kMaxPartHeadBytes + kHeadEnd.size()).find(kHeadEnd);
  if (head_end == std::string_view::npos) return fail("the head of a part of the form does not end");
  const auto head = read_head(part.substr(0, head_end).substr(std::min(kLineBreak.size(), head_end)));
  if (!head) return fail(kMalformedHead);
  if (!is_form_data(head->disposition)) return std::nullopt;
  const auto name = find_parameter(head->disposition, "name");
  const auto filename = find_parameter(head->disposition, "filename");
  if (!name || !filename) return fail(kMalformedHead);
  if (name->sent.empty()) return std::nullopt;
  const size_t begin = std::min(head_end + kHeadEnd.size(), part.size() - kLineBreak.size());
  return FormPart{.name = *name,
                  .filename = *filename,
                  .content_type = {.sent = head->content_type, .has_folds = has_fold(head->content_type)},
                  .bytes = part.substr(begin, part.size() - kLineBreak.size() - begin)};
}

std::nullopt_t MultipartReader::fail(std::string_view error) {
  error_ = error;
  return std::nullopt;
}

}  // namespace duel::http::grammar
