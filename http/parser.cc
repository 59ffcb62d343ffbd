#include "http/parser.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <span>
#include <string_view>

#include "http/request_rules.h"
#include "http/token.h"

namespace duel::http {
namespace {

constexpr const char* kTooMuchFraming = "more chunk framing than a body needs";

}  // namespace

// llhttp's callbacks: they note where things lie; llhttp calls the span callbacks again for each further piece.
struct RequestParser::Callbacks {
  static RequestParser& self(llhttp_t* llhttp) { return *static_cast<RequestParser*>(llhttp->data); }
  static uint32_t offset(const RequestParser& parser, const char* at) {
    return static_cast<uint32_t>(at - parser.base_);
  }

  static void extend(Span& span, uint32_t at, size_t size) {
    if (span.size == 0) span.at = at;
    span.size += static_cast<uint32_t>(size);
  }

  static int on_method(llhttp_t* llhttp, const char* at, size_t size) {
    RequestParser& parser = self(llhttp);
    extend(parser.method_, offset(parser, at), size);
    return HPE_OK;
  }

  static int on_url(llhttp_t* llhttp, const char* at, size_t size) {
    RequestParser& parser = self(llhttp);
    extend(parser.target_, offset(parser, at), size);
    if (parser.target_.size > limits::kRequestLineBytes) return parser.fail(414, "request target too long");
    return HPE_OK;
  }

  static int on_header_field(llhttp_t* llhttp, const char* at, size_t size) {
    RequestParser& parser = self(llhttp);
    if (parser.head_complete_) return HPE_OK;  // a trailer: dropped (RFC 9112 §7.1.2)
    const uint32_t where = offset(parser, at);
    if (parser.field_count_ > 0) {
      FieldSpan& last = parser.fields_[parser.field_count_ - 1u];
      if (last.name_at + last.name_size == where && !parser.value_open_) return parser.extend_name(last, size);
    }
    if (parser.field_count_ == parser.fields_.size()) return parser.fail(431, "too many fields");
    FieldSpan& field = parser.fields_[parser.field_count_++];
    field = {.name_at = where, .value_at = where, .name_size = 0, .value_size = 0};
    parser.value_open_ = false;
    return parser.extend_name(field, size);
  }

  static int on_header_value(llhttp_t* llhttp, const char* at, size_t size) {
    RequestParser& parser = self(llhttp);
    if (parser.head_complete_) return HPE_OK;
    const uint32_t where = offset(parser, at);
    FieldSpan& field = parser.fields_[parser.field_count_ - 1u];
    if (!parser.value_open_) field.value_at = where;
    if (field.value_size + size > limits::kHeadBytes) return parser.fail(431, "field too long");
    field.value_size = static_cast<uint16_t>(field.value_size + size);
    parser.value_open_ = true;
    return HPE_OK;
  }

  static int on_headers_complete(llhttp_t* llhttp) {
    RequestParser& parser = self(llhttp);
    llhttp->upgrade = 0;  // no protocol to upgrade to; the request is answered as if the field were absent
    return parser.on_head_complete();
  }

  static int on_body(llhttp_t* llhttp, const char* at, size_t size) {
    RequestParser& parser = self(llhttp);
    if (parser.body_.size + size > parser.max_body_) return parser.fail(413, "body too large");
    if (parser.framing_before(at) > parser.framing_allowed(0)) return parser.fail(400, kTooMuchFraming);
    char* const to = parser.base_ + parser.body_.at + parser.body_.size;
    if (to != at) std::memmove(to, at, size);  // chunked: over the framing
    parser.body_.size += static_cast<uint32_t>(size);
    return HPE_OK;
  }

  static int on_chunk_header(llhttp_t* llhttp) {
    RequestParser& parser = self(llhttp);
    ++parser.chunks_;
    if (llhttp->content_length > parser.max_body_ - parser.body_.size) return parser.fail(413, "body too large");
    return HPE_OK;
  }

  static int on_message_complete(llhttp_t* llhttp) {
    self(llhttp).message_complete_ = true;
    return HPE_PAUSED;
  }

  static const llhttp_settings_t& settings() {
    static const llhttp_settings_t kSettings = [] {
      llhttp_settings_t settings;
      llhttp_settings_init(&settings);
      settings.on_method = on_method;
      settings.on_url = on_url;
      settings.on_header_field = on_header_field;
      settings.on_header_value = on_header_value;
      settings.on_headers_complete = on_headers_complete;
      settings.on_body = on_body;
      settings.on_chunk_header = on_chunk_header;
      settings.on_message_complete = on_message_complete;
      return settings;
    }();
    return kSettings;
  }
};

RequestParser::RequestParser(uint64_t max_body) : max_body_(max_body) {
  llhttp_init(&llhttp_, HTTP_REQUEST, &Callbacks::settings());
  reset();
}

void RequestParser::reset() {
  llhttp_reset(&llhttp_);
  body_received_ = chunks_ = 0;
  parsed_ = consumed_ = 0;
  method_ = target_ = path_ = query_ = host_ = body_ = {};
  error_reason_ = "";
  error_status_ = 0;
  field_count_ = 0;
  head_complete_ = message_complete_ = keep_alive_ = expect_continue_ = value_open_ = false;
}

int RequestParser::fail(int status, const char* reason) {
  error_status_ = status;
  error_reason_ = reason;
  return HPE_USER;
}

int RequestParser::extend_name(FieldSpan& field, size_t size) {
  if (field.name_size + size > limits::kHeadBytes) return fail(431, "field name too long");
  field.name_size = static_cast<uint16_t>(field.name_size + size);
  return HPE_OK;
}

RequestParser::Status RequestParser::parse(char* base, size_t size) {
  base_ = base;
  llhttp_.data = this;
  const llhttp_errno_t error = llhttp_execute(&llhttp_, base + parsed_, size - parsed_);
  if (error == HPE_PAUSED && message_complete_) {
    const char* const end = llhttp_get_error_pos(&llhttp_);
    consumed_ = static_cast<size_t>(end - base);
    if (framing_before(end) <= framing_allowed(0)) return Status::kComplete;
    fail(400, kTooMuchFraming);
  }
  if (error != HPE_OK) {
    if (error_status_ == 0) explain(error);
    return Status::kError;
  }
  return head_complete_ ? after_body_bytes(size) : after_head_bytes(size);
}

RequestParser::Status RequestParser::after_head_bytes(size_t size) {
  parsed_ = size;
  if (parsed_ > limits::kHeadBytes) {
    fail(431, "head too large");
    return Status::kError;
  }
  // HTTP/0.9 has no fields to wait for; llhttp would.
  const size_t behind_target = target_.at + target_.size;
  if (target_.size != 0 && behind_target < size && base_[behind_target] != ' ') {
    fail(400, "request line without a version");
    return Status::kError;
  }
  return Status::kNeedMore;
}

// What was body is kept, what was framing is dropped.
RequestParser::Status RequestParser::after_body_bytes(size_t size) {
  const uint64_t framing = framing_before(base_ + size);
  body_received_ = framing + body_.size;
  parsed_ = body_.at + body_.size;
  if (framing <= framing_allowed(1)) return Status::kNeedMore;
  fail(400, kTooMuchFraming);
  return Status::kError;
}

// Bytes of the message behind its head and before `at` that are not body.
uint64_t RequestParser::framing_before(const char* at) const {
  const size_t begin = std::max<size_t>(parsed_, body_.at);  // of the bytes given to this parse()
  const uint64_t received = body_received_ + static_cast<uint64_t>(at - base_) - begin;
  return received - body_.size;
}

// Like Go since CVE-2023-39326: 16 bytes a chunk are fair, what is beyond adds up. `ahead` counts chunks whose header
// is not complete, so that the verdict does not depend on where the stream was cut.
uint64_t RequestParser::framing_allowed(uint64_t ahead) const {
  constexpr uint64_t kFairBytesPerChunk = 16;
  return limits::kChunkOverheadBytes + kFairBytesPerChunk * (chunks_ + ahead);
}

void RequestParser::explain(int error) {
  error_reason_ = llhttp_get_error_reason(&llhttp_);
  switch (error) {
    case HPE_INVALID_METHOD:
      error_status_ = method_is_token() ? 501 : 400;
      break;
    case HPE_INVALID_VERSION:
      error_status_ = version_is_well_formed() ? 505 : 400;
      break;
    case HPE_PAUSED_H2_UPGRADE:
      error_status_ = 505;
      error_reason_ = "HTTP/2 preface";
      break;
    default:
      error_status_ = 400;
  }
}

// The unknown method as far as it was received: a client that sends "FOO / HTTP/1.1" is told that FOO is not
// implemented.
bool RequestParser::method_is_token() const {
  const char* const error_at = llhttp_get_error_pos(&llhttp_);
  const char* begin = base_;
  while (begin < error_at && (*begin == '\r' || *begin == '\n')) ++begin;
  const size_t size = static_cast<size_t>(error_at - begin) + (*error_at == ' ' ? 0 : 1);
  return is_token({begin, size});
}

// "HTTP/" DIGIT "." DIGIT of a version that is not ours; "HTTP/1.10" is no version at all.
bool RequestParser::version_is_well_formed() const {
  const char* const version = base_ + target_.at + target_.size + 1;
  if (llhttp_get_error_pos(&llhttp_) - version < 8) return false;
  const std::string_view number(version + 5, 3);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return is_digit(number[0]) && number[1] == '.' && is_digit(number[2]) && number != "1.0" && number != "1.1";
}

// What llhttp lets pass in a request line (RFC 9112 §3): more than one space, another protocol's name.
bool RequestParser::has_odd_request_line() const {
  const size_t behind_target = target_.at + target_.size;
  return target_.at != method_.at + method_.size + 1 || std::memcmp(base_ + behind_target, " HTTP/", 6) != 0;
}

int RequestParser::on_head_complete() {
  if (llhttp_.http_major == 0) return fail(400, "request line without a version");
  if (has_odd_request_line()) return fail(400, "bad request line");
  if (llhttp_.http_major != 1) return fail(505, "HTTP version other than 1.0 and 1.1");
  minor_version_ = llhttp_.http_minor;

  // The head ends two line ends behind the last value; llhttp places an empty value behind its line end.
  size_t head_size = target_.at + target_.size + std::strlen(" HTTP/1.1\r\n\r\n");
  if (field_count_ > 0) {
    const FieldSpan& last = fields_[field_count_ - 1u];
    head_size = last.value_at + last.value_size + (last.value_size == 0 ? 2u : 4u);
  }
  assert(std::memcmp(base_ + head_size - 2, "\r\n", 2) == 0);
  if (head_size > limits::kHeadBytes) return fail(431, "head too large");
  body_.at = static_cast<uint32_t>(head_size);

  for (FieldSpan& field : std::span(fields_.data(), field_count_)) {
    const std::string_view value = trim({base_ + field.value_at, field.value_size});
    field.value_at = static_cast<uint32_t>(value.data() - base_);
    field.value_size = static_cast<uint16_t>(value.size());
  }
  const FieldFacts facts = examine_fields({base_, fields_.data(), field_count_}, minor_version_);
  if (facts.refusal) return fail(facts.refusal.status, facts.refusal.reason);
  method_id_ = method_of({base_ + method_.at, method_.size});
  const Target target = split_target(method_id_, {base_ + target_.at, target_.size});
  if (target.refusal) return fail(target.refusal.status, target.refusal.reason);
  path_ = span_of(target.path);
  query_ = span_of(target.query);
  host_ = span_of(target.authority.empty() ? facts.host : target.authority);

  keep_alive_ = !facts.close && (minor_version_ >= 1 || facts.keep_alive);
  expect_continue_ = facts.expect_continue;
  if (!facts.chunked && llhttp_.content_length > max_body_) return fail(413, "body too large");
  head_complete_ = true;
  return HPE_OK;
}

RequestParser::Span RequestParser::span_of(std::string_view view) const {
  if (view.empty()) return {};
  return {.at = static_cast<uint32_t>(view.data() - base_), .size = static_cast<uint32_t>(view.size())};
}

Request RequestParser::request(const char* base) const {
  const auto view = [base](Span span) { return std::string_view(base + span.at, span.size); };
  Request request;
  request.method = method_id_;
  request.minor_version = minor_version_;
  request.keep_alive = keep_alive_;
  request.method_name = view(method_);
  request.target = view(target_);
  request.path = view(path_);
  request.query = view(query_);
  request.host = view(host_);
  request.fields = {base, fields_.data(), field_count_};
  request.body = view(body_);
  return request;
}

}  // namespace duel::http
