#pragma once

#include <string_view>

#include "http/on_exception.h"
#include "router/gin/context.h"

// For applications: turns an exception of a handler into 500. Unlike the core, which also answers 500 to an exception,
// it keeps the fields that do not describe the body, and the outer middleware still runs.
namespace duel::gin::middleware {

// Reports an exception; `message` is its what(). Called before the 500 is written. Not called if the response has begun
// to leave.
using OnException = void (*)(Context&, std::string_view message);

// Writes a line to standard error: "gin: GET /path: message". Control characters become '?', because a client can put
// them into the path.
void log_exception(Context& c, std::string_view message);

// If the response has begun to leave (streaming(), file()), it cannot become a 500. Then the exception goes on to the
// core, which closes the connection and calls ServerOptions::on_exception. If kReport is null, nothing is reported.
template <OnException kReport = log_exception>
void recovery(Context& c) {
  try {
    c.next();
  } catch (...) {
    if (!c.discard_response()) throw;
    const std::string_view message = http::what_was_thrown();
    c.error(message);
    if (kReport != nullptr) kReport(c, message);
    c.abort_with_status(500);
  }
}

}  // namespace duel::gin::middleware
