#pragma once

#include <llhttp.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/core/chunked.h"
#include "http/limits.h"
#include "http/request.h"

namespace duel::http::core {

// Bytes -> one Request. llhttp reads the head's grammar (RFC 9112), request_rules.h what llhttp leaves open, chunked.h
// a chunked body.
//
// The bytes of a request lie in one contiguous buffer that may grow and move between calls; everything is kept as an
// offset from the request's first byte. A chunked body is compacted in place (the framing is overwritten), so that it
// ends up as contiguous as one with a Content-Length, and no byte of a body is kept twice.
// A plain copyable object: a worker parses whole requests with one parser; an incomplete request takes a copy along.
class RequestParser {
 public:
  enum class Status : uint8_t {
    kNeedMore,  // everything given was consumed; head_complete() tells how far it got
    kComplete,  // request() is valid; consumed() bytes belong to it
    kError,     // answer error_status() and close
  };

  // `max_body` in bytes, below 4 GiB.
  explicit RequestParser(uint64_t max_body = limits::kMaxBodyBytes);

  // Forgets the request; ready for the first byte of the next.
  void reset();

  // Parses base[parsed(), size). `base` is the request's first byte; bytes before parsed() are as the last call left
  // them.
  Status parse(char* base, size_t size);

  // How many bytes at `base` are in use: the next received byte belongs at base[parsed()]. Less than what was given
  // when chunk framing has been compacted away.
  size_t parsed() const { return parsed_; }
  // After kComplete: where the bytes of the next request begin, in the buffer as it was given.
  size_t consumed() const { return consumed_; }

  bool head_complete() const { return head_complete_; }
  // An empty line before the request does not count (RFC 9112 §2.2), half of one does.
  bool started() const { return method_.size != 0 || unknown_method_ || half_line_; }
  bool body_started() const { return body_.size != 0 || chunks_.framing() != 0; }
  bool expects_continue() const { return expect_continue_; }

  int error_status() const { return error_status_; }
  const char* error_reason() const { return error_reason_; }

  // As far as it is known; kOther otherwise. A refusal needs it: the answer to HEAD has no body.
  Method method(const char* base) const { return method_of({base + method_.at, method_.size}); }

  // Views into `base`; valid as long as the parser and the buffer stay as they are.
  Request request(const char* base) const;

 private:
  struct Callbacks;
  struct Span {
    uint32_t at = 0;
    uint32_t size = 0;
  };

  int fail(int status, const char* reason);
  int extend_name(FieldSpan& field, size_t size);
  int on_head_complete();
  bool has_odd_request_line() const;
  Status after_head_bytes(size_t size);
  Status parse_unknown_method(size_t size);
  Status parse_chunks(const char* next, const char* end);
  bool amend(int llhttp_error, size_t size);
  void explain(int llhttp_error);
  std::string_view version_number() const;
  Span span_of(std::string_view view) const;

  llhttp_t llhttp_;
  char* base_ = nullptr;  // only during parse()
  uint64_t max_body_;
  ChunkedDecoder chunks_;
  size_t parsed_;
  size_t consumed_;
  Span method_;
  Span target_;
  Span path_;
  Span query_;
  Span host_;
  Span body_;
  const char* error_reason_;
  int error_status_;
  uint16_t field_count_;
  uint8_t minor_version_;
  Method method_id_;
  bool head_complete_;
  bool message_complete_;
  bool chunked_ = false;
  bool unknown_method_;
  bool half_line_;  // of an empty line before the request the CR is there
  bool keep_alive_;
  bool expect_continue_;
  bool value_open_;                                    // the last field has a value already
  std::array<FieldSpan, limits::kFieldCount> fields_;  // the first field_count_ are set
};

}  // namespace duel::http::core
