#include "router/gin/context.h"

#include <stdexcept>

#include "http/static_directory.h"
#include "router/gin/redirect.h"
#include "router/gin/url.h"

namespace duel::gin {

void Context::start(const http::Request& request, http::Response& response) {
  request_ = &request;
  response_ = &response;
  match_ = {};
  path_ = request.path;
  shared_ = {};
  index_ = -1;
  status_ = 200;
  written_ = false;
  has_content_type_ = false;
  keys_.clear();
  arena_.reset();
  buffer_.clear();
}

std::string_view Context::param(std::string_view name) const {
  for (size_t i = 0; i < match_.param_count; ++i) {
    if (param_name(i) == name) return params_[i].view();
  }
  return {};
}

std::optional<std::string_view> Context::find_query(std::string_view name) {
  return find_in_query(request_->query, name, arena_);
}

void Context::decode_params() {
  for (size_t i = 0; i < match_.param_count; ++i) {
    const std::string_view value = unescape(params_[i].view(), Plus::kIsSpace, arena_).value_or(params_[i].view());
    params_[i] = {value.data(), static_cast<uint32_t>(value.size())};
  }
}

void Context::set_header(std::string_view name, std::string_view value) {
  if (written_) return;
  response_->set(name, value);
  if (http::equal_ignoring_case(name, "Content-Type")) has_content_type_ = true;
}

void Context::add_header(std::string_view name, std::string_view value) {
  if (written_) return;
  response_->add(name, value);
  if (http::equal_ignoring_case(name, "Content-Type")) has_content_type_ = true;
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
  if (!directory.serve(path, *request_, *response_)) return data(404, "text/plain", "404 page not found");
  written_ = true;
}

void Context::finish() {
  if (response_->ended()) return;
  response_->status(status_);
  response_->end(shared_.empty() ? buffer_.view() : shared_);
}

}  // namespace duel::gin
