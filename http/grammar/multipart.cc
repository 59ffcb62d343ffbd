#include "http/grammar/multipart.h"

#include <algorithm>
#include <span>

#include "http/grammar/ascii.h"
#include "http/grammar/token.h"

namespace duel::http::grammar {
namespace {

constexpr std::string_view kLineBreak = "\r\n";
constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kAround = " \t\r\n";
constexpr std::string_view kNoEnd = "the body ends before the form's last boundary";
constexpr std::string_view kMalformedHead = "the head of a part of the form is malformed";

bool is_blank(char c) {
  return kBlanks.find(c) != std::string_view::npos;
}

// Removes the blanks and folds around `text`.
std::string_view trim_folds(std::string_view text) {
  const size_t begin = std::min(text.find_first_not_of(kAround), text.size());
  return text.substr(begin, text.find_last_not_of(kAround) + 1 - begin);
}

bool has_fold(std::string_view text) {
  return text.find(kLineBreak) != std::string_view::npos;
}

// The characters that a token of MIME must not hold (RFC 2045 §5.1).
bool is_special(char c) {
  constexpr std::string_view kSpecials = "()<>@,;:\\\"/[]?=";
  return kSpecials.find(c) != std::string_view::npos;
}

bool is_token_of_mime(char c) {
  return is_visible_ascii(c) && !is_special(c);
}

// Takes the token off the front of `rest`; it may be empty.
std::string_view take_token(std::string_view& rest) {
  const auto end = std::find_if_not(rest.begin(), rest.end(), is_token_of_mime);
  const std::string_view token = rest.substr(0, static_cast<size_t>(end - rest.begin()));
  rest.remove_prefix(token.size());
  return token;
}

// Whether text[at] escapes the byte behind it. A backslash before any byte but a special stands for itself, because old
// browsers send paths (Go's mime.ParseMediaType).
bool escapes_at(std::string_view text, size_t at) {
  return text[at] == '\\' && at + 1 < text.size() && is_special(text[at + 1]);
}

// Takes the quoted text off the front of `rest`. Returns nothing if the closing quote is missing.
std::optional<HeadText> take_quoted(std::string_view& rest) {
  HeadText text;
  size_t end = 1;
  for (; end < rest.size() && rest[end] != '"'; ++end) {
    if (!escapes_at(rest, end)) continue;
    text.has_escapes = true;
    ++end;
  }
  if (end >= rest.size()) return std::nullopt;
  text.sent = rest.substr(1, end - 1);
  text.has_folds = has_fold(text.sent);
  rest.remove_prefix(end + 1);
  return text;
}

std::optional<HeadText> take_value(std::string_view& rest) {
  if (rest.starts_with('"')) return take_quoted(rest);
  const std::string_view token = take_token(rest);
  return token.empty() ? std::nullopt : std::optional(HeadText{.sent = token});
}

struct Parameter {
  std::string_view name;
  HeadText value = {};
  bool found = false;
};

// Reads the wanted parameters of a field such as `form-data; name="a b"; filename=x` (RFC 2045 §5.1). Returns false if
// the field is malformed behind its first ';', or if it has two different values for a wanted parameter: another
// program, such as a filter in front, could then read another one. Go's mime.ParseMediaType refuses the same fields.
bool read_parameters(std::string_view field, std::span<Parameter> wanted) {
  std::string_view rest = field.substr(std::min(field.find(';'), field.size()));
  for (rest = trim_folds(rest); !rest.empty(); rest = trim_folds(rest)) {
    if (rest.front() != ';') return false;
    rest = trim_folds(rest.substr(1));
    if (rest.empty()) return true;  // a semicolon may end the field
    const std::string_view name = take_token(rest);
    rest = trim_folds(rest);
    if (name.empty() || !rest.starts_with('=')) return false;
    rest = trim_folds(rest.substr(1));
    const auto value = take_value(rest);
    if (!value) return false;
    for (Parameter& parameter : wanted) {
      if (!equal_fold_ascii(parameter.name, name)) continue;
      if (parameter.found && parameter.value.sent != value->sent) return false;
      parameter = {parameter.name, *value, true};
    }
  }
  return true;
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
    if (field.substr(i).starts_with(kLineBreak)) {
      ++i;
    } else if (!is_field_byte(field[i])) {
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

// The text before the first ';'.
std::string_view type_of(std::string_view field) {
  return trim_folds(field.substr(0, field.find(';')));
}

}  // namespace

char* write_plain(const HeadText& text, char* to) {
  const std::string_view sent = text.sent;
  const char* const begin = to;
  for (size_t i = 0; i < sent.size(); ++i) {
    if (text.has_escapes && escapes_at(sent, i)) ++i;
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
  pass_preamble();
}

bool MultipartReader::read_boundary(std::string_view content_type) {
  Parameter boundary{"boundary"};
  if (!read_parameters(content_type, std::span(&boundary, 1))) return false;
  if (boundary.value.sent.empty() || boundary.value.sent.size() > kMaxBoundaryBytes) return false;
  char* const begin = std::copy(kDelimiterBegin.begin(), kDelimiterBegin.end(), delimiter_.data());
  delimiter_size_ = static_cast<size_t>(write_plain(boundary.value, begin) - delimiter_.data());
  return true;
}

// Reads the line behind the two hyphens and the boundary that end at `end`.
MultipartReader::DelimiterLine MultipartReader::read_delimiter_line(size_t end) const {
  const auto line_ends = [&](std::string_view line_break) { return body_.substr(end).starts_with(line_break); };
  const bool is_last = line_ends("--");
  if (is_last) end += 2;
  end = std::min(body_.find_first_not_of(kBlanks, end), body_.size());
  if (line_ends(kLineBreak)) return {end + kLineBreak.size(), is_last ? Delimiter::kLast : Delimiter::kNext};
  if (is_last && end == body_.size()) return {end, Delimiter::kLast};
  return {end, !is_last && line_ends("\n") ? Delimiter::kBareLineFeed : Delimiter::kNone};
}

// The first delimiter line begins the body, or follows any line. As in Go's mime/multipart, all other lines before it
// are ignored, also those that begin with the boundary.
void MultipartReader::pass_preamble() {
  const std::string_view line_begin = delimiter().substr(kLineBreak.size());
  for (size_t at = 0; at < body_.size();) {
    if (body_.substr(at).starts_with(line_begin)) {
      const DelimiterLine line = read_delimiter_line(at + line_begin.size());
      if (line.kind == Delimiter::kBareLineFeed) fail("the lines of a form must end with CR and LF");
      if (line.kind != Delimiter::kNone) return pass(line);
    }
    at = std::min(body_.find('\n', at), body_.size() - 1) + 1;
  }
  fail(kNoEnd);
}

// Finds the delimiter that ends a part, and passes its line. Returns its position, which is that of the line break
// before it. A line that only begins like a delimiter is content (RFC 2046 §5.1.1), unless the boundary is followed by
// a byte with which a delimiter could continue: as readers disagree about such a line, Go's mime/multipart refuses it.
std::optional<size_t> MultipartReader::pass_delimiter(size_t from) {
  for (size_t at = body_.find(delimiter(), from); at != std::string_view::npos; at = body_.find(delimiter(), at + 1)) {
    const size_t end = at + delimiter().size();
    const DelimiterLine line = read_delimiter_line(end);
    if (line.kind == Delimiter::kLast || line.kind == Delimiter::kNext) {
      pass(line);
      return at;
    }
    const std::string_view rest = body_.substr(end);
    if (rest.starts_with("--") || (!rest.empty() && kAround.find(rest.front()) != std::string_view::npos))
      return fail("a line of the form begins with the boundary and is no delimiter");
  }
  return fail(kNoEnd);
}

void MultipartReader::pass(const DelimiterLine& line) {
  at_ = line.end;
  is_last_ = line.kind == Delimiter::kLast;
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
  const auto end = pass_delimiter(from);
  if (!end) return std::nullopt;
  // `part` begins with the line break before it and ends with the line break after it. A head without fields has no
  // line break of its own, and the empty line after a head may belong to the next delimiter line.
  const std::string_view part = body_.substr(from, *end - from + kLineBreak.size());
  constexpr std::string_view kHeadEnd = "\r\n\r\n";
  const size_t head_end = part.substr(0, kLineBreak.size() + kMaxPartHeadBytes + kHeadEnd.size()).find(kHeadEnd);
  if (head_end == std::string_view::npos) return fail("the head of a part of the form does not end");
  const auto head = read_head(part.substr(0, head_end).substr(std::min(kLineBreak.size(), head_end)));
  if (!head) return fail(kMalformedHead);
  if (head->disposition.data() == nullptr) return std::nullopt;
  const std::string_view type = type_of(head->disposition);
  std::string_view behind_token = type;
  const bool is_token = !take_token(behind_token).empty() && behind_token.empty();
  Parameter parameters[] = {{"name"}, {"filename"}};
  const auto& [name, filename] = parameters;
  if (!is_token || !read_parameters(head->disposition, parameters)) return fail(kMalformedHead);
  if (!equal_fold_ascii(type, "form-data") || name.value.sent.empty()) return std::nullopt;
  const size_t begin = std::min(head_end + kHeadEnd.size(), part.size() - kLineBreak.size());
  return FormPart{.name = name.value,
                  .filename = filename.value,
                  .content_type = {.sent = head->content_type, .has_folds = has_fold(head->content_type)},
                  .bytes = part.substr(begin, part.size() - kLineBreak.size() - begin)};
}

std::nullopt_t MultipartReader::fail(std::string_view error) {
  error_ = error;
  return std::nullopt;
}

}  // namespace duel::http::grammar
