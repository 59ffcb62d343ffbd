#include "router/gin/context.h"

#include <fmt/format.h>

#include <iterator>
#include <stdexcept>

#include "http/grammar/ascii.h"
#include "http/static_directory.h"
#include "router/gin/binding/percent.h"
#include "router/gin/redirect.h"

namespace duel::gin {

void Context::decode_params() {
  for (size_t i = 0; i < match_.param_count; ++i) {
    const std::string_view value =
        binding::percent_decode(params_[i].view(), http::grammar::Plus::kIsSpace, arena_).value_or(params_[i].view());
    params_[i] = {value.data(), static_cast<uint32_t>(value.size())};
  }
}

void Context::set_header(std::string_view name, std::string_view value) {
  if (written_) return;
  if (value.empty()) {
    response_->remove(name);
  } else {
    response_->set(name, value);
  }
  if (http::grammar::equal_fold_ascii(name, "Content-Type")) has_content_type_ = !value.empty();
}

void Context::add_header(std::string_view name, std::string_view value) {
  if (written_) return;
  response_->add(name, value);
  if (http::grammar::equal_fold_ascii(name, "Content-Type")) has_content_type_ = true;
}

bool Context::set_cookie(const Cookie& cookie) {
  const std::string_view field = format_cookie(cookie, arena_);
  return !field.empty() && !written_ && response_->add("Set-Cookie", field);
}

bool Context::begin_body(int code, std::string_view content_type) {
  status(code);
  if (!written_ && !has_content_type_) {
    response_->add("Content-Type", content_type);
    has_content_type_ = true;
  }
  written_ = true;
  unshare();
  return code != 204 && code != 304;
}

void Context::unshare() {
  if (shared_.empty()) return;
  buffer_.append(shared_);
  shared_ = {};
}

void Context::respond(int code, std::string_view content_type, std::string_view bytes) {
  if (begin_body(code, content_type)) buffer_.append(bytes);
}

void Context::respond(int code, std::string_view content_type, Stable bytes) {
  if (!begin_body(code, content_type)) return;
  if (buffer_.size() == 0) {
    shared_ = bytes.bytes();
  } else {
    buffer_.append(bytes.bytes());
  }
}

void Context::respond_formatted(int code, fmt::string_view format, fmt::format_args values) {
  if (begin_body(code, kPlainText)) fmt::vformat_to(std::back_inserter(buffer_), format, values);
}

void Context::write(std::string_view piece) {
  if (!response_->started()) response_->status(status_);
  written_ = true;
  if (const std::string_view gathered = response_body(); !gathered.empty()) {
    response_->write(gathered);
    streamed_ += gathered.size();
    shared_ = {};
    buffer_.clear();
  }
  response_->write(piece);
  streamed_ += piece.size();
}

void Context::replace_body(Stable bytes) {
  shared_ = bytes.bytes();
  buffer_.clear();
}

bool Context::discard_response() {
  if (response_->started()) return false;
  shared_ = {};
  buffer_.clear();
  for (const char* name : {"Content-Type", "Content-Encoding", "Content-Language", "Content-Range",
                           "Content-Disposition", "ETag", "Last-Modified", "Cache-Control", "Expires", "Location"}) {
    response_->remove(name);
  }
  has_content_type_ = false;
  written_ = false;
  status_ = 200;
  return true;
}

bool Context::accept(const binding::BindResult& result) {
  if (!result) return true;
  error(result->message, ErrorKind::kBind);
  abort_with_json(400, H{{"error", result->message}});
  return false;
}

void Context::error(std::string_view message, ErrorKind kind) {
  if (errors_.empty()) errors_ = arena_.make<Error>(kMaxErrors);
  if (error_count_ < kMaxErrors) errors_[error_count_++] = {arena_.copy(message), kind};
}

void Context::redirect(int code, std::string_view location) {
  if ((code < 300 || code > 308) && code != 201) throw std::invalid_argument("redirect needs a status of 3xx or 201");
  send_redirect(*this, code, resolve_location(location, request_->path, arena_));
}

void Context::run_error(int code, Stable text) {
  status_ = code;
  next();
  if (written_) return;
  if (status_ == code) {
    has_content_type_ = false;
    response_->set("Content-Type", "text/plain");
    has_content_type_ = true;
    respond(code, {}, text);
  }
}

void Context::file(const http::StaticDirectory& directory, std::string_view path) {
  if (written_) return;
  if (!directory.serve(path, *request_, *response_)) return data(404, "text/plain", "404 page not found");
  written_ = true;
  status_ = response_->status();
}

void Context::finish() {
  if (response_->ended()) return;
  response_->status(status_);
  response_->end(response_body());
}

}  // namespace duel::gin
