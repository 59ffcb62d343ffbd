#include "http/core/parser.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <span>
#include <string_view>

#include "http/core/request_rules.h"
#include "http/grammar/ascii.h"
#include "http/grammar/token.h"

namespace duel::http::core {
namespace {

// method SP request-target SP HTTP-version CRLF (RFC 9112 §3), with any token as the method. Returns the major version,
// or -1 if `line` is not a request line.
int major_version_of(std::string_view line) {
  constexpr std::string_view kVersion = " HTTP/1.1\r\n";
  const size_t method_size = line.find(' ');
  if (method_size == std::string_view::npos || !grammar::is_token(line.substr(0, method_size))) return -1;
  const std::string_view rest = line.substr(method_size + 1);
  if (rest.size() <= kVersion.size()) return -1;
  const std::string_view target = rest.substr(0, rest.size() - kVersion.size());
  const std::string_view version = rest.substr(target.size());
  const bool valid = std::all_of(target.begin(), target.end(), grammar::is_visible_ascii) &&
                     version.starts_with(kVersion.substr(0, 6)) && grammar::is_digit(version[6]) && version[7] == '.' &&
                     grammar::is_digit(version[8]) && version.ends_with("\r\n");
  return valid ? version[6] - '0' : -1;
}

// Whether `bytes` are empty lines that end in CRLF, the last of which may lack its LF (RFC 9112 §2.2). llhttp would
// also accept other line ends.
bool are_empty_lines(std::string_view bytes) {
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] != (i % 2 == 0 ? '\r' : '\n')) return false;
  }
  return true;
}

constexpr const char* kOtherVersion = "HTTP version other than 1.0 and 1.1";
constexpr const char* kBadRequestLine = "bad request line";
constexpr const char* kNoVersion = "request line without a version";
constexpr const char* kBareLineEnd = "line end that is not CRLF before the request";

}  // namespace

// llhttp's callbacks, which note positions. llhttp calls a span callback again for each further piece of a span.
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
    const uint32_t where = offset(parser, at);
    if (where != 0 && parser.method_.size == 0 && (where % 2 != 0 || !are_empty_lines({parser.base_, where}))) {
      return parser.fail(400, kBareLineEnd);
    }
    extend(parser.method_, where, size);
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
    llhttp->upgrade = 0;        // Upgrade is ignored (RFC 9110 §7.8)
    constexpr int kNoBody = 1;  // tells llhttp to skip the body: chunked.h decodes the chunks
    const int error = parser.on_head_complete();
    return error == HPE_OK && parser.chunked_ ? kNoBody : error;
  }

  static int on_body(llhttp_t* llhttp, const char*, size_t size) {
    self(llhttp).body_.size += static_cast<uint32_t>(size);
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
      settings.on_message_complete = on_message_complete;
      return settings;
    }();
    return kSettings;
  }
};

RequestParser::RequestParser(uint64_t max_body) : max_body_(max_body) {
  llhttp_init(&llhttp_, HTTP_REQUEST, &Callbacks::settings());
  forget();
}

void RequestParser::forget() {
  llhttp_reset(&llhttp_);
  if (chunked_) chunks_ = {};
  parsed_ = consumed_ = 0;
  method_ = target_ = path_ = query_ = host_ = body_ = {};
  error_reason_ = "";
  error_status_ = 0;
  field_count_ = 0;
  head_complete_ = message_complete_ = keep_alive_ = expect_continue_ = value_open_ = false;
  chunked_ = refused_line_ = half_line_ = used_llhttp_ = false;
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
  used_llhttp_ = true;
  if (chunked_) return parse_chunks(base + parsed_, base + size);
  if (refused_line_) return parse_refused_line(size);
  llhttp_.data = this;
  const llhttp_errno_t error = llhttp_execute(&llhttp_, base + parsed_, size - parsed_);
  if (error == HPE_PAUSED && message_complete_) {
    const char* const end = llhttp_get_error_pos(&llhttp_);
    if (chunked_) return parse_chunks(end, base + size);
    consumed_ = static_cast<size_t>(end - base);
    return Status::kComplete;
  }
  if (error == HPE_OK) {
    if (!head_complete_) return after_head_bytes(size);
    parsed_ = size;
    return Status::kNeedMore;
  }
  if (error_status_ != 0) return Status::kError;
  if (error == HPE_INVALID_METHOD || has_odd_method()) return parse_refused_line(size);
  if (amend(error, size)) {
    forget();
    return parse(base, size);
  }
  if (error == HPE_INVALID_VERSION) return parse_refused_line(size);
  // llhttp recommends other protocols, which are refused as well.
  fail(400, error == HPE_INVALID_CONSTANT ? kBadRequestLine : llhttp_get_error_reason(&llhttp_));
  return Status::kError;
}

// llhttp refuses a few requests that the RFCs allow. Rewrites the bytes so that llhttp accepts them; returns false if
// this is not such a request.
bool RequestParser::amend(int error, size_t size) {
  if (error == HPE_INVALID_VERSION) {
    const std::string_view number = version_number();
    if (!number.starts_with("1.") || number[2] <= '1') return false;
    base_[number.data() + 2 - base_] = '1';  // a higher minor version is treated as 1.1 (RFC 9110 §2.5)
    return true;
  }
  if (error != HPE_INVALID_CONTENT_LENGTH) return false;
  char* blank = base_ + (llhttp_get_error_pos(&llhttp_) - base_);
  if (blank == base_ + size || *blank != '\t') return false;
  for (; blank != base_ + size && (*blank == '\t' || *blank == ' '); ++blank) *blank = ' ';  // OWS (RFC 9110 §5.6.3)
  return true;
}

RequestParser::Status RequestParser::after_head_bytes(size_t size) {
  parsed_ = size;
  if (method_.size == 0) {
    half_line_ = size % 2 != 0;
    if (!are_empty_lines({base_, size})) {
      fail(400, kBareLineEnd);
      return Status::kError;
    }
  }
  if (parsed_ > limits::kHeadBytes) {
    fail(431, "head too large");
    return Status::kError;
  }
  if (has_odd_method()) return parse_refused_line(size);
  // An HTTP/0.9 request consists of this line only, but llhttp would wait for fields.
  const size_t behind_target = target_.at + target_.size;
  if (target_.size != 0 && behind_target < size && base_[behind_target] != ' ') {
    fail(400, kNoVersion);
    return Status::kError;
  }
  return Status::kNeedMore;
}

// Whether llhttp knows the method, but has rules of its own for the rest of the request: the methods of RTSP, and PRI,
// after which it waits for the preface of HTTP/2.
bool RequestParser::has_odd_method() const {
  return (llhttp_.method >= HTTP_DESCRIBE && llhttp_.method <= HTTP_FLUSH) || llhttp_.method == HTTP_PRI;
}

// llhttp has refused the method or the version, or would wait for more than the head. If the whole line is a valid
// request line, the version is unknown (505, RFC 9110 §15.6.6) or the method (501, §15.6.2); otherwise the bytes are
// not HTTP (400, RFC 9112 §2.2).
RequestParser::Status RequestParser::parse_refused_line(size_t size) {
  constexpr const char* kNoRequestLine = "the first line is not a request line";
  refused_line_ = true;
  parsed_ = size;
  std::string_view line(base_, size);
  while (line.starts_with("\r\n")) line.remove_prefix(2);
  line = line.substr(0, limits::kRequestLineBytes + 1);
  const size_t end = line.find('\n');
  const bool bad_version = llhttp_get_errno(&llhttp_) == HPE_INVALID_VERSION && !has_odd_method();
  if (!grammar::is_token(line.substr(0, line.find(' ')))) {
    fail(400, kNoRequestLine);
  } else if (end != std::string_view::npos) {
    const int major = major_version_of(line.substr(0, end + 1));
    if (major < 0 || (major == 1 && bad_version)) {
      fail(400, kNoRequestLine);
    } else if (major != 1) {
      fail(505, kOtherVersion);
    } else {
      fail(501, "unknown method");
    }
  } else if (line.size() > limits::kRequestLineBytes) {
    fail(bad_version ? 400 : 501, bad_version ? kNoRequestLine : "unknown method");
  }
  return error_status_ == 0 ? Status::kNeedMore : Status::kError;
}

// Moves the data of the chunks together, over the framing.
RequestParser::Status RequestParser::parse_chunks(const char* next, const char* end) {
  for (;;) {
    std::string_view data;
    switch (chunks_.decode(next, end, data)) {
      case ChunkedDecoder::Status::kNeedMore:
        parsed_ = body_.at + body_.size;
        return Status::kNeedMore;
      case ChunkedDecoder::Status::kData:
        std::memmove(base_ + body_.at + body_.size, data.data(), data.size());
        body_.size += static_cast<uint32_t>(data.size());
        break;
      case ChunkedDecoder::Status::kSize:
        if (chunks_.remaining() <= max_body_ - body_.size) break;
        fail(413, "body too large");
        return Status::kError;
      case ChunkedDecoder::Status::kDone:
        consumed_ = static_cast<size_t>(next - base_);
        return Status::kComplete;
      case ChunkedDecoder::Status::kError:
        fail(400, chunks_.reason());
        return Status::kError;
    }
  }
}

// The DIGIT "." DIGIT of a version that llhttp refuses; empty if the version is malformed.
std::string_view RequestParser::version_number() const {
  const char* const version = base_ + target_.at + target_.size + 1;
  if (target_.size == 0 || llhttp_get_error_pos(&llhttp_) - version < 8) return {};
  const std::string_view number(version + 5, 3);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return is_digit(number[0]) && number[1] == '.' && is_digit(number[2]) ? number : std::string_view();
}

// Whether the request line has one of the faults that llhttp accepts (RFC 9112 §3): more than one space between its
// parts, or another protocol's name.
bool RequestParser::has_odd_request_line() const {
  const size_t behind_target = target_.at + target_.size;
  return target_.at != method_.at + method_.size + 1 || std::memcmp(base_ + behind_target, " HTTP/", 6) != 0;
}

int RequestParser::on_head_complete() {
  if (base_[target_.at + target_.size] != ' ') return fail(400, kNoVersion);
  if (has_odd_request_line()) return fail(400, kBadRequestLine);
  if (llhttp_.http_major != 1) return fail(505, kOtherVersion);
  minor_version_ = llhttp_.http_minor;

  // The head ends two line ends after the last value. llhttp places an empty value after its line end.
  size_t head_size = target_.at + target_.size + std::strlen(" HTTP/1.1\r\n\r\n");
  if (field_count_ > 0) {
    const FieldSpan& last = fields_[field_count_ - 1u];
    head_size = last.value_at + last.value_size + (last.value_size == 0 ? 2u : 4u);
  }
  assert(std::memcmp(base_ + head_size - 2, "\r\n", 2) == 0);
  if (head_size > limits::kHeadBytes) return fail(431, "head too large");
  body_.at = static_cast<uint32_t>(head_size);

  for (FieldSpan& field : std::span(fields_.data(), field_count_)) {
    const std::string_view value = grammar::trim({base_ + field.value_at, field.value_size});
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
  chunked_ = facts.chunked;
  if (!chunked_ && llhttp_.content_length > max_body_) return fail(413, "body too large");
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
  request.path = path_.size == 0 && method_id_ == Method::kOptions ? "*" : view(path_);
  request.query = view(query_);
  request.host = view(host_);
  request.fields = {base, fields_.data(), field_count_};
  request.body = view(body_);
  return request;
}

}  // namespace duel::http::core
