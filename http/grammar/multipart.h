#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

// For both router styles: forms of type multipart/form-data (RFC 7578, RFC 2046 §5.1.1). The styles store the fields
// that the reader finds.
namespace duel::http::grammar {

// The limit of Go's mime/multipart (multipartmaxparts), for the same reason: a part needs more memory than the bytes
// that describe it.
inline constexpr size_t kMaxFormParts = 1000;
// Enough for Content-Disposition, Content-Type and the fields that clients add. The empty line does not count.
inline constexpr size_t kMaxPartHeadBytes = 4096;

// A text as it was sent in the head of a part. It may hold escapes (a backslash before a special character of RFC 2045
// §5.1, such as \" and \\) and folds (a line break and blanks, RFC 9112 §5.2), which write_plain() removes.
struct HeadText {
  std::string_view sent;
  bool has_escapes = false;
  bool has_folds = false;

  // Whether `sent` can be used as it is.
  bool is_plain() const { return !has_escapes && !has_folds; }
};

// Writes the text to `to`, which has room for text.sent.size() bytes. A fold becomes one blank. Returns the end of the
// written text.
char* write_plain(const HeadText& text, char* to);

// Returns the file name at the end of `path`, without folder and drive: some old browsers send C:\folder\file. Returns
// an empty view if `path` names a folder ("." or ".."). `path` must have no escapes.
std::string_view base_name(std::string_view path);

// A field of a form: a file if it has a file name, else a value. All views point into the body.
struct FormPart {
  HeadText name;          // not empty
  HeadText filename;      // empty for a value; see base_name()
  HeadText content_type;  // empty if there is none
  std::string_view bytes;

  bool is_file() const { return !filename.sent.empty(); }
};

// Reads the fields of a form in the order sent, without allocating.
//
//   MultipartReader parts(body, content_type);
//   while (const auto part = parts.next()) ...
//   if (!parts.error().empty()) ...
//
// The reader accepts what RFC 7578 and RFC 2046 allow, and otherwise follows Go's mime/multipart, with two exceptions:
// it refuses bare line feeds, which Go accepts if all delimiter lines have them; and it refuses a malformed
// Content-Disposition, where Go skips the part, so that no data is lost silently. A part is skipped only if it is
// well-formed and
// - has no Content-Disposition, or its disposition is not form-data (RFC 7578 §4.2), or
// - has no name, or an empty name. `name*` and `filename*` are not read (RFC 7578 §4.2), nor are continuations
// (`name*0`).
//
// If the head of a part has two fields of the same name, the second is ignored. Content-Transfer-Encoding is ignored
// (RFC 7578 §4.7 deprecates it; Go decodes quoted-printable).
class MultipartReader {
 public:
  // `content_type` is the whole Content-Type field of the request. `body` must outlive the reader and its parts.
  MultipartReader(std::string_view body, std::string_view content_type);

  // Returns std::nullopt after the last field, and if error() is set.
  std::optional<FormPart> next();

  // One sentence, a literal, if the body is malformed or exceeds a limit, else empty. After an error, do not use the
  // fields that were read before it.
  std::string_view error() const { return error_; }

 private:
  // RFC 2046 §5.1.1.
  static constexpr size_t kMaxBoundaryBytes = 70;
  static constexpr std::string_view kDelimiterBegin = "\r\n--";

  enum class Delimiter : uint8_t { kNone, kNext, kLast, kBareLineFeed };
  struct DelimiterLine {
    size_t end;  // the position behind the line
    Delimiter kind;
  };

  std::string_view delimiter() const { return {delimiter_.data(), delimiter_size_}; }
  bool read_boundary(std::string_view content_type);
  DelimiterLine read_delimiter_line(size_t end) const;
  void pass(const DelimiterLine& line);
  void pass_preamble();
  std::optional<size_t> pass_delimiter(size_t from);
  std::optional<FormPart> read_part();
  std::nullopt_t fail(std::string_view error);

  std::string_view body_;
  std::array<char, kDelimiterBegin.size() + kMaxBoundaryBytes> delimiter_;  // CRLF, two hyphens, the boundary
  size_t delimiter_size_ = 0;
  size_t at_ = 0;                // the end of the latest delimiter line
  bool is_last_ = false;         // whether this line ends the form
  size_t parts_ = 0;             // the number of parts read so far; skipped parts count
  std::string_view error_ = "";  // NOLINT(readability-redundant-string-init): data() must not be null
};

}  // namespace duel::http::grammar
