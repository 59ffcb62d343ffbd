#pragma once

#include <string_view>

#include "http/on_exception.h"
#include "router/gin/context.h"

// An exception in a handler becomes 500, and the middleware outside of this one still runs. The core does the same with
// what reaches it, but there nothing runs any more and no field of the response is kept.
namespace duel::gin::middleware {

// What to do about it besides; `message` is the exception's what(). Called before the 500 is written, and not if it is
// too late for one.
using OnException = void (*)(Context&, std::string_view message);

// A line on standard error: "gin: GET /path: message". Control letters, which a client can put into a path, become '?'.
void log_exception(Context& c, std::string_view message);

// A response that has begun to leave (streaming(), file()) cannot become a 500: the exception goes on to the core,
// which breaks the connection off and tells ServerOptions::on_exception. kReport: null keeps silent.
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
