#include "router/echo/error.h"

#include "http/response.h"

namespace duel::echo {
namespace {

// Owns nothing: otherwise each worker would write the same counter of owners.
template <int kCode>
const Error& error_of_status() {
  static const HttpError kHttpError(kCode, Value(http::reason_phrase(kCode)));
  static const Error kError(Error(), &kHttpError);
  return kError;
}

}  // namespace

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
  return error_of_status<404>();
}

const Error& method_not_allowed_error() {
  return error_of_status<405>();
}

const Error& forbidden_error() {
  return error_of_status<403>();
}

}  // namespace duel::echo
