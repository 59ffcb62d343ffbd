#include "router/gin/context.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include "http/grammar/ascii.h"
#include "http/grammar/json_text.h"
#include "http/static_directory.h"
#include "router/gin/binding/percent.h"
#include "router/gin/redirect.h"

namespace duel::gin {

void Context::decode_params() {
  for (size_t i = 0; i < param_count(); ++i) {
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

void Context::unshare() {
  buffer_.append(shared_);
  shared_ = {};
}

void Context::respond_formatted(int code, fmt::string_view format, fmt::format_args values) {
  if (begin_body(code, kPlainText)) fmt::vformat_to(std::back_inserter(buffer_), format, values);
}

std::string_view Context::take_back(size_t before) {
  const std::string_view text = arena_.copy(buffer_.view().substr(before));
  buffer_.truncate(before);
  return text;
}

void Context::escape_ascii(std::string_view json) {
  http::grammar::write_ascii_json(json, [&](std::string_view piece) { buffer_.append(piece); });
}

// The fields of the format are lines, and a line break would begin another one.
void Context::begin_event(std::string_view name) {
  if (!written_) {
    response_->set("Content-Type", "text/event-stream");
    has_content_type_ = true;
    if (response_->get("Cache-Control").empty()) response_->set("Cache-Control", "no-cache");
  }
  begin_body(status_);
  if (name.empty()) return;
  buffer_.append(std::string_view("event:"));
  for (const char c : name) {
    if (c == '\n' || c == '\r') {
      buffer_.append(c == '\n' ? std::string_view("\\n") : std::string_view("\\r"));
    } else {
      buffer_.append(c);
    }
  }
  buffer_.append('\n');
}

void Context::end_event(std::string_view data) {
  buffer_.append(std::string_view("data:"));
  for (const char c : data) {
    if (c == '\r') {
      buffer_.append(std::string_view("\\r"));
    } else {
      buffer_.append(c);
      if (c == '\n') buffer_.append(std::string_view("data:"));
    }
  }
  buffer_.append(std::string_view("\n\n"));
  if (response_->started()) write({});
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
  abort_with_json(result->status, H{{"error", result->message}});
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
    response_->set("Content-Type", "text/plain");
    if (begin_body(code)) put(text);
  }
}

void Context::file(const http::StaticDirectory& directory, std::string_view path, Listing listing) {
  if (serve_file(directory, path, listing)) return;
  set_header("X-Content-Type-Options", "nosniff");
  set_header("Content-Type", kPlainText.value());
  string(404, "404 page not found\n");
}

void Context::static_file(const http::StaticDirectory& directory, std::string_view path, Listing listing) {
  if (!serve_file(directory, path, listing)) status(404);
}

bool Context::serve_file(const http::StaticDirectory& directory, std::string_view path, Listing listing) {
  if (written_) return true;
  const bool served = directory.serve(path, *request_, *response_);
  if (!served && (listing == Listing::kNone || !directory.list(path, *request_, *response_))) return false;
  written_ = true;
  status_ = response_->status();
  return true;
}

void Context::file_attachment(const http::StaticDirectory& directory, std::string_view path, std::string_view name) {
  constexpr std::string_view kQuoted = "attachment; filename=\"";
  constexpr std::string_view kEncoded = "attachment; filename*=UTF-8''";
  const bool ascii = std::ranges::all_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (!ascii) {
    const std::string_view encoded = binding::percent_encode(name, http::grammar::kComponentEncoding, arena_);
    set_header("Content-Disposition", arena_.write(kEncoded.size() + encoded.size(), [&](char* to) {
      return std::ranges::copy(encoded, std::ranges::copy(kEncoded, to).out).out;
    }));
  } else {
    set_header("Content-Disposition", arena_.write(kQuoted.size() + name.size() * 2 + 1, [&](char* to) {
      to = std::ranges::copy(kQuoted, to).out;
      for (const char c : name) {
        if (c == '"' || c == '\\') *to++ = '\\';
        *to++ = c < ' ' || c == 0x7F ? ' ' : c;  // a quoted text holds no control byte (RFC 9110 §5.6.4)
      }
      *to++ = '"';
      return to;
    }));
  }
  file(directory, path);
}

}  // namespace duel::gin
