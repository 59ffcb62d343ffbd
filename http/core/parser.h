#pragma once

#include <llhttp.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/core/chunked.h"
#include "http/core/simple_head.h"
#include "http/limits.h"
#include "http/request.h"

namespace duel::http::core {

// Parses the bytes of one request. llhttp reads the grammar of the head (RFC 9112), request_rules.h checks the rules
// that llhttp does not check, and chunked.h decodes a chunked body. In front of llhttp, simple_head.h reads the heads
// of usual requests.
//
// The bytes of a request are in one contiguous buffer, which may grow and move between calls, so the parser keeps
// offsets from the first byte of the request. A chunked body is compacted in place: the data overwrites the framing. So
// every body is contiguous, and no byte of a body is stored twice.
//
// The parser can be copied: a worker parses complete requests with one parser, and an incomplete request gets a copy.
class RequestParser {
 public:
  enum class Status : uint8_t {
    kNeedMore,  // all given bytes were parsed, and the request is incomplete
    kComplete,  // request() is valid; the request has consumed() bytes
    kError,     // the caller answers error_status() and closes the connection
  };

  // `max_body`: bytes, at most limits::kMaxBodyLimitBytes.
  explicit RequestParser(uint64_t max_body = limits::kMaxBodyBytes);

  // Prepares for the first byte of the next request.
  void reset() {
    if (used_llhttp_) forget();
  }

  // Parses base[parsed(), size). `base` is the first byte of the request; the bytes before parsed() must be as the last
  // call left them.
  Status parse(char* base, size_t size);

  // Parses like parse(), and sets all members of `request` but its socket after kComplete. `simple` reads a request
  // that has a simple head and of which llhttp has seen no byte. llhttp reads every other request.
  Status read(char* base, size_t size, SimpleHeads& simple, Request& request) {
    if (!used_llhttp_) {
      consumed_ = simple.read(base, base + size, request);
      if (consumed_ != 0) return Status::kComplete;
    }
    const Status status = parse(base, size);
    if (status == Status::kComplete) request = this->request(base);
    return status;
  }

  // The number of used bytes at `base`: the next received byte belongs at base[parsed()]. Smaller than the given size
  // if chunk framing has been removed.
  size_t parsed() const { return parsed_; }
  // After kComplete: the offset of the next request in the buffer as it was given.
  size_t consumed() const { return consumed_; }

  // Whether llhttp has read this request, or its first bytes.
  bool used_llhttp() const { return used_llhttp_; }
  bool head_complete() const { return head_complete_; }
  // Whether a request has begun. An empty line before it does not count (RFC 9112 §2.2).
  bool request_begun() const { return method_.size != 0 || refused_line_; }
  // Whether the parser needs the parsed bytes: those of a request, or the CR of an empty line whose LF has not arrived.
  bool started() const { return request_begun() || half_line_; }
  bool body_started() const { return body_.size != 0 || chunks_.framing() != 0; }
  bool expects_continue() const { return expect_continue_; }

  int error_status() const { return error_status_; }
  const char* error_reason() const { return error_reason_; }

  // kOther if the method is not known. Error answers need it, because the answer to HEAD has no body.
  Method method(const char* base) const { return method_of({base + method_.at, method_.size}); }

  // After kComplete of parse(): views into `base`; valid until the parser or the buffer changes.
  Request request(const char* base) const;

 private:
  struct Callbacks;
  struct Span {
    uint32_t at = 0;
    uint32_t size = 0;
  };

  void forget();
  int fail(int status, const char* reason);
  int extend_name(FieldSpan& field, size_t size);
  int on_head_complete();
  bool has_odd_request_line() const;
  bool has_odd_method() const;
  Status after_head_bytes(size_t size);
  Status parse_refused_line(size_t size);
  Status parse_chunks(const char* next, const char* end);
  bool amend(int llhttp_error, size_t size);
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
  bool refused_line_;  // llhttp has refused the request line, or would wait for more than the head
  bool half_line_;     // of an empty line before the request, only the CR has arrived
  bool keep_alive_;
  bool expect_continue_;
  bool used_llhttp_ = false;                           // since reset()
  bool value_open_;                                    // the value of the last field has begun
  std::array<FieldSpan, limits::kFieldCount> fields_;  // the first field_count_ are valid
};

}  // namespace duel::http::core
