#pragma once

#include <exception>
#include <functional>
#include <string_view>

#include "http/log_line.h"
#include "http/request.h"

namespace duel::http {

// In a catch block: what() of that exception, whatever it is. Valid until the block ends.
inline std::string_view what_was_thrown() {
  try {
    throw;
  } catch (const std::exception& exception) {
    return exception.what();
  } catch (...) {
    return "an exception that is no std::exception";
  }
}

// What to do about an exception that a handler let out, besides the 500 that becomes of it (handler.h). `message` is
// its what(). Called on the worker's thread; must not throw.
using OnException = std::function<void(const Request& request, std::string_view message)>;

// A line on standard error: "http: GET /path: message".
inline void log_exception(const Request& request, std::string_view message) {
  log_line({"http: ", request.method_name, " ", request.path, ": ", message});
}

}  // namespace duel::http
