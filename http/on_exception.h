// For programs that handle the exceptions of handlers themselves (ServerOptions::on_exception).
#pragma once

#include <exception>
#include <functional>
#include <string_view>

#include "http/log_line.h"
#include "http/request.h"

namespace duel::http {

// what() of the exception that the calling catch block handles. Valid until the block ends.
inline std::string_view what_was_thrown() {
  try {
    throw;
  } catch (const std::exception& exception) {
    return exception.what();
  } catch (const char* text) {
    return text;
  } catch (...) {
    return "an exception that is not a std::exception";
  }
}

// Called when a handler has thrown; the core answers 500 in any case (handler.h). `message` is what() of the exception.
// Runs on the worker's thread and must not throw.
using OnException = std::function<void(const Request& request, std::string_view message)>;

// Writes a line to standard error: "http: GET /path: message".
inline void log_exception(const Request& request, std::string_view message) {
  log_line({"http: ", request.method_name, " ", request.path, ": ", message});
}

}  // namespace duel::http
