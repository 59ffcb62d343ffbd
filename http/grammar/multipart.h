#pragma once

#include <array>
#include <cstddef>
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

// A text as it was sent in the head of a part. It may hold escapes (\" and \\) and folds (a line break and blanks,
// RFC 9112 §5.2), which write_plain() removes.
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

// Reads the fields of a form in the order sent, without allocating. As in Go's mime/multipart, a part is skipped if it
// has no name, or if its disposition is not form-data (RFC 7578 §4.2).
//
//   MultipartReader parts(body, content_type);
//   while (const auto part = parts.next()) ...
//   if (!parts.error().empty()) ...
//
// Lines must end with CRLF, so a form with bare line feeds is malformed. If the head of a part has two fields of the
// same name, the second is ignored.
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

  struct DelimiterLine {
    size_t at;  // the position of the line break before it; 0 if the line begins the body
    size_t size;
    bool is_last;
  };

  std::string_view delimiter() const { return {delimiter_.data(), delimiter_size_}; }
  bool read_boundary(std::string_view content_type);
  void pass(const std::optional<DelimiterLine>& line);
  std::optional<DelimiterLine> delimiter_line_at(size_t at, std::string_view delimiter) const;
  std::optional<DelimiterLine> find_delimiter_line(size_t from) const;
  std::optional<FormPart> read_part();
  std::nullopt_t fail(std::string_view error);

  std::string_view body_;
  std::array<char, kDelimiterBegin.size() + kMaxBoundaryBytes> delimiter_;  // CRLF, two hyphens, the boundary
  size_t delimiter_size_ = 0;
  size_t at_ = 0;         // the end of the latest delimiter line
  bool is_last_ = false;  // whether that line ends the form
  size_t parts_ = 0;      // the parts read so far, including skipped parts
  std::string_view error_ = "";
};

}  // namespace duel::http::grammar
