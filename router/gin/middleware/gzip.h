#pragma once

#include "http/gzip.h"
#include "router/gin/context.h"

// Compresses what the handlers behind it have gathered, when the response is sent: as http::Gzip does, which says what
// is left plain. Two of them in one chain are the inner one.
namespace duel::gin::middleware {

using http::GzipOptions;

// Below a kilobyte the packet is sent all the same, and the client's work is lost: nginx's and Apache's texts advise
// about so much.
inline constexpr http::GzipOptions kGzipDefaults{.least_bytes = 1024, .level = 6};

template <const http::GzipOptions& kOptions = kGzipDefaults>
void gzip(Context& c) {
  static_assert(kOptions.level >= http::kLeastGzipLevel && kOptions.level <= http::kMostGzipLevel);
  thread_local http::Gzip coder(kOptions);
  coder.start(c.request());
  c.response().code_body(coder);
  c.next();
}

}  // namespace duel::gin::middleware
