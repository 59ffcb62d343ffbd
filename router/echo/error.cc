#include "router/echo/error.h"

#include "http/response.h"

namespace duel::echo {

std::string HttpError::text() const {
  std::string text = "code=" + std::to_string(code_) + ", message=" + message_.go_text();
  if (cause() != nullptr) text += ", internal=" + cause()->text();
  return text;
}

Error http_error(int code) {
  return http_error(code, Value(http::reason_phrase(code)));
}

const HttpError* find_http_error(const Error& error) {
  for (const ErrorText* at = error.get(); at != nullptr; at = at->cause().get()) {
    if (const auto* found = dynamic_cast<const HttpError*>(at)) return found;
  }
  return nullptr;
}

const Error& not_found_error() {
  static const Error kError = http_error(404);
  return kError;
}

const Error& method_not_allowed_error() {
  static const Error kError = http_error(405);
  return kError;
}

const Error& forbidden_error() {
  static const Error kError = http_error(403);
  return kError;
}

}  // namespace duel::echo
