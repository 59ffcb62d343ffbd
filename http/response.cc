#include "http/response.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <utility>

#include "http/grammar/ascii.h"
#include "http/grammar/token.h"

namespace duel::http {
namespace {

using namespace std::string_view_literals;

// The status line of most answers: one copy of 17 bytes.
constexpr std::string_view kOkLine = "HTTP/1.1 200 OK\r\n";

// The field line that begins at `at`; empty at the end.
std::string_view line_at(std::string_view lines, size_t at) {
  if (at >= lines.size()) return {};
  return lines.substr(at, lines.find('\n', at) + 1 - at);
}

bool line_is(std::string_view line, std::string_view name) {
  return line.size() > name.size() && line[name.size()] == ':' &&
         grammar::equal_fold_ascii(line.substr(0, name.size()), name);
}

// Replaces each byte that would split the response by a space. Such bytes are rare. Therefore the first loop computes
// the lowest byte, which the compiler does with vector instructions. If it is above CR, there is no such byte.
void keep_on_one_line(char* begin, char* end) {
  unsigned char lowest = 0xff;
  for (const char* at = begin; at != end; ++at) lowest = std::min(lowest, static_cast<unsigned char>(*at));
  if (lowest > '\r') return;
  std::replace_if(
      begin, end, [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
}

// Inlined always, because the size of most texts is constant.
[[gnu::always_inline]] inline char* put(char* to, std::string_view bytes) {
  if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());  // a null pointer is not allowed, even for 0 bytes
  return to + bytes.size();
}

[[gnu::cold, gnu::noinline]] char* put_other_status_line(char* to, int status) {
  to = put(to, "HTTP/1.1 "sv);
  to = std::to_chars(to, to + 3, status).ptr;
  *to++ = ' ';
  to = put(to, reason_phrase(status));
  return put(to, "\r\n"sv);
}

char* put_status_line(char* to, int status) {
  return status == 200 ? put(to, kOkLine) : put_other_status_line(to, status);
}

}  // namespace

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 203:
      return "Non-Authoritative Information";
    case 204:
      return "No Content";
    case 205:
      return "Reset Content";
    case 206:
      return "Partial Content";
    case 207:
      return "Multi-Status";
    case 208:
      return "Already Reported";
    case 226:
      return "IM Used";
    case 300:
      return "Multiple Choices";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 305:
      return "Use Proxy";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 402:
      return "Payment Required";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 407:
      return "Proxy Authentication Required";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 418:
      return "I'm a teapot";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 423:
      return "Locked";
    case 424:
      return "Failed Dependency";
    case 425:
      return "Too Early";
    case 426:
      return "Upgrade Required";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 451:
      return "Unavailable For Legal Reasons";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    case 506:
      return "Variant Also Negotiates";
    case 507:
      return "Insufficient Storage";
    case 508:
      return "Loop Detected";
    case 511:
      return "Network Authentication Required";
    default:
      return "";
  }
}

bool Response::add(std::string_view name, std::string_view value) {
  if (!grammar::is_token(name) || belongs_to_core(name)) return false;
  keep_last_line();
  const size_t size = name.size() + 2 + value.size() + 2;
  if (size > fields_.size() - fields_size_) {
    overflow_ = true;
    return false;
  }
  char* to = put(fields_.data() + fields_size_, name);
  to = put(to, ": "sv);
  char* const end = put(to, value);
  keep_on_one_line(to, end);
  put(end, "\r\n"sv);
  fields_size_ = static_cast<uint16_t>(fields_size_ + size);
  return true;
}

// Appends last_line_ to fields_, so that they hold all fields in their order.
void Response::keep_last_line() {
  if (last_line_ == nullptr) return;
  const std::string_view line = std::exchange(last_line_, nullptr)->line();
  if (line.size() > fields_.size() - fields_size_) return;  // add() has noted the overflow
  put(fields_.data() + fields_size_, line);
  fields_size_ = static_cast<uint16_t>(fields_size_ + line.size());
}

// Adds before it removes, because the value may be a view of a field that is removed.
bool Response::set(std::string_view name, std::string_view value) {
  keep_last_line();
  const size_t before = fields_size_;
  if (!add(name, value)) return false;
  remove_before(name, before);
  keep_vary(name);
  return true;
}

void Response::remove(std::string_view name) {
  keep_last_line();
  remove_before(name, fields_size_);
  keep_vary(name);
}

bool Response::set_cookie(std::string_view value) {
  keep_last_line();
  const size_t before = fields_size_;
  if (!add("Set-Cookie"sv, value)) return false;
  const size_t equals = value.find('=');
  if (equals != std::string_view::npos) remove_before("Set-Cookie"sv, before, value.substr(0, equals + 1));
  return true;
}

// Removes the fields with this name before `end` whose values begin with `value_begin`.
void Response::remove_before(std::string_view name, size_t end, std::string_view value_begin) {
  for (size_t at = 0; at < end;) {
    const std::string_view line = line_at({fields_.data(), fields_size_}, at);
    if (!line_is(line, name) || !line.substr(name.size() + 2).starts_with(value_begin)) {
      at += line.size();
      continue;
    }
    const size_t behind = at + line.size();
    std::memmove(fields_.data() + at, fields_.data() + behind, fields_size_ - behind);
    end -= behind - at;
    fields_size_ = static_cast<uint16_t>(fields_size_ - (behind - at));
  }
}

std::string_view Response::get(std::string_view name) const {
  for (size_t at = 0; at < fields_size_;) {
    const std::string_view line = line_at({fields_.data(), fields_size_}, at);
    if (line_is(line, name)) return line.substr(name.size() + 2, line.size() - name.size() - 4);
    at += line.size();
  }
  if (last_line_ != nullptr && grammar::equal_fold_ascii(last_line_->name(), name)) return last_line_->value();
  return {};
}

void Response::vary(std::string_view request_field) {
  keep_last_line();
  for (size_t at = 0; at < fields_size_;) {
    const std::string_view line = line_at({fields_.data(), fields_size_}, at);
    at += line.size();
    if (!line_is(line, "Vary"sv)) continue;
    bool named = false;
    grammar::for_each_member(
        line.substr("Vary:"sv.size(), line.size() - "Vary:\r\n"sv.size()),
        [&](std::string_view member) { named |= member == "*"sv || grammar::equal_fold_ascii(member, request_field); });
    if (named) return;
  }
  add("Vary"sv, request_field);
}

void Response::always_vary(std::string_view request_field) {
  if (always_vary_size_ < always_vary_.size()) always_vary_[always_vary_size_++] = request_field;
  vary(request_field);
}

// Called after the fields with this name have been replaced or removed.
void Response::keep_vary(std::string_view changed) {
  if (always_vary_size_ > 0 && grammar::equal_fold_ascii(changed, "Vary"sv)) restore_vary();
}

void Response::restore_vary() {
  for (size_t i = 0; i < always_vary_size_; ++i) vary(always_vary_[i]);
}

int Response::status_of_overflow(const Request& request) {
  const size_t target = request.target.size();
  const size_t fields = request.fields.bytes();
  if (std::max(target, fields) >= limits::kBlamedRequestBytes) return target >= fields ? 414 : 431;
  return request.body.size() >= limits::kBlamedRequestBytes ? 413 : 500;
}

// An answer without some of its fields would be wrong: sends an error instead.
void Response::end_overflowed() {
  overflow_ = false;
  coder_ = nullptr;
  fields_size_ = 0;
  last_line_ = nullptr;
  if (status_ < 500) {  // a handler that has failed stays the server's error
    status_ = status_of_overflow_ != 0 ? status_of_overflow_ : status_of_overflow(*request_);
  }
  restore_vary();
  static constexpr FieldLine kPlainText("Content-Type", "text/plain; charset=utf-8");
  add(kPlainText);
  char body[128];
  const int size =
      std::snprintf(body, sizeof body, "%d %s: the fields of the answer would be too large%s\n", status_,
                    reason_phrase(status_).data(), status_ < 500 ? ", because they repeat the request" : "");
  end({body, static_cast<size_t>(size)});
}

// Inlined into its three callers: most answers then need no call but that of end().
[[gnu::always_inline]] inline void Response::write_head(Framing framing, uint64_t length, std::string_view body) {
  if (status_ < 200 || status_ > 599) status_ = 500;
  if (head_only_) body = {};
  // The maximum size of the lines that this function writes itself, without Date: status line, Content-Length or
  // Transfer-Encoding, Connection, the empty line. Add the size of each new line here.
  constexpr size_t kOwnLinesBytes = 256;
  char* const begin =
      output_->reserve(kOwnLinesBytes + fields_size_ + FieldLine::kBytes + date_->view().size() + body.size());
  char* to = put_status_line(begin, status_);
  to = put(to, {fields_.data(), fields_size_});
  if (last_line_ != nullptr) to = last_line_->put(to);
  if (framing == Framing::kLength && !has_no_body()) {
    to = put(to, "Content-Length: "sv);
    to = std::to_chars(to, to + 20, length).ptr;
    to = put(to, "\r\n"sv);
  } else if (framing == Framing::kChunked) {
    to = put(to, "Transfer-Encoding: chunked\r\n"sv);
  }
  to = put(to, date_->view());
  if (!keep_alive_) {
    to = put(to, "Connection: close\r\n"sv);
  } else if (minor_version_ == 0) {
    to = put(to, "Connection: keep-alive\r\n"sv);
  }
  to = put(to, "\r\n"sv);
  to = put(to, body);
  output_->commit(static_cast<size_t>(to - begin));
}

void Response::end(std::string_view body) {
  switch (state_) {
    case State::kOpen:
      if (has_no_content()) [[unlikely]] {
        if (coder_ != nullptr && status_ == 304) coder_->describe_not_modified(*this);
        body = {};
      } else if (coder_ != nullptr) {
        body = coder_->code(*this, body);
      }
      if (overflow_) [[unlikely]]
        return end_overflowed();  // the coder may have added fields
      write_head(Framing::kLength, body.size(), body);
      break;
    case State::kStreaming:
      if (!body.empty()) write(body);
      if (minor_version_ >= 1 && !head_only_) output_->append("0\r\n\r\n"sv);
      break;
    case State::kEnded:
    case State::kDeferred:
      return;
  }
  state_ = State::kEnded;
}

void Response::end_file(FileBody file) {
  if (state_ == State::kEnded) {
    ::close(file.descriptor);
    return;
  }
  file_ = file;  // takes ownership before write_head(), which may throw
  if (state_ == State::kOpen && overflow_) {
    drop_file();
    return end_overflowed();
  }
  // A file after streamed pieces cannot be framed: the client sees a truncated body.
  if (state_ == State::kStreaming) keep_alive_ = false;
  if (has_no_content()) file.size = 0;
  const bool sent = state_ == State::kOpen && !head_only_ && file.size > 0;
  // The answer to HEAD has the Content-Length that GET would have (RFC 9110 §9.3.2).
  if (state_ == State::kOpen) write_head(Framing::kLength, file.size, {});
  if (state_ != State::kDeferred) state_ = State::kEnded;
  if (!sent) drop_file();
}

void Response::write(std::string_view piece) {
  if (state_ == State::kEnded || state_ == State::kDeferred) return;
  if (state_ == State::kOpen) {
    if (has_no_content() || overflow_) return end();
    const bool chunked = minor_version_ >= 1;
    if (!chunked) keep_alive_ = false;
    write_head(chunked ? Framing::kChunked : Framing::kUntilClose, 0, {});
    state_ = State::kStreaming;
  }
  if (piece.empty() || head_only_) return;  // an empty chunk would end the body
  if (minor_version_ < 1) return output_->append(piece);
  constexpr size_t kSizeLineBytes = 2 * sizeof(size_t) + 2;
  char* const begin = output_->reserve(kSizeLineBytes + piece.size() + 2);
  char* to = std::to_chars(begin, begin + kSizeLineBytes, piece.size(), 16).ptr;
  to = put(to, "\r\n"sv);
  to = put(to, piece);
  to = put(to, "\r\n"sv);
  output_->commit(static_cast<size_t>(to - begin));
}

FileBody Response::take_file() {
  return std::exchange(file_, FileBody{});
}

void Response::close_file() {
  ::close(file_.descriptor);
  file_ = {};
}

}  // namespace duel::http
