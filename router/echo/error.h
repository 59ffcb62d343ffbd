// For applications in the style of Echo: the errors that handlers return.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "router/echo/value.h"

namespace duel::echo {

// What a handler returns (Go's interface error): null if all went well. Middleware passes errors on, so they are
// shared. Any thread may read an error.
class ErrorText;
using Error = std::shared_ptr<const ErrorText>;

// An error with a text, and perhaps the error that caused it. It becomes the answer 500.
class ErrorText {
 public:
  explicit ErrorText(std::string text, Error cause = nullptr) : text_(std::move(text)), cause_(std::move(cause)) {}
  virtual ~ErrorText() = default;
  virtual std::string text() const { return text_; }  // Go's Error()
  const Error& cause() const { return cause_; }       // Go's Unwrap()

 private:
  std::string text_;
  Error cause_;
};

// An error with a status and a message for the client (Echo's HTTPError). The message is a text or any other value.
// Like Echo's field Internal, the cause is for logs: the client sees it only if it is an HttpError, too.
class HttpError final : public ErrorText {
 public:
  HttpError(int code, Value message, Error internal = nullptr)
      : ErrorText({}, std::move(internal)), code_(code), message_(std::move(message)) {}
  // The message is the text of an error.
  HttpError(int code, const Error& message)
      : ErrorText({}), code_(code), message_(message->text()), from_error_(true) {}

  int code() const { return code_; }
  const Value& message() const { return message_; }
  // Whether the message was an error: then Options::debug adds nothing to it.
  bool from_error() const { return from_error_; }
  // "code=401, message=..., internal=..."
  std::string text() const override;

 private:
  int code_;
  Value message_;
  bool from_error_ = false;
};

inline Error error(std::string text, Error cause = nullptr) {
  return std::make_shared<ErrorText>(std::move(text), std::move(cause));
}
inline Error http_error(int code, Value message, Error internal = nullptr) {
  return std::make_shared<HttpError>(code, std::move(message), std::move(internal));
}
inline Error http_error(int code, const Error& message) {
  return std::make_shared<HttpError>(code, message);
}
// The message is the reason phrase of the status.
Error http_error(int code);

// The error itself, or the first HttpError among its causes; null if there is none (Go's errors.As). Valid as long as
// `error`.
const HttpError* find_http_error(const Error& error);

// Errors that are made once, so that returning them allocates nothing and writes no memory that workers share (Echo's
// ErrNotFound, ErrMethodNotAllowed, ErrForbidden). They live until the end of the program.
const Error& not_found_error();
const Error& method_not_allowed_error();
const Error& forbidden_error();

}  // namespace duel::echo
