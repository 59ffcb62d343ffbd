#pragma once

#include "http/gzip.h"
#include "router/gin/context.h"

// For applications: compresses the response body when it is sent. http/gzip.h says which responses stay uncompressed.
// If a chain has this middleware twice, the inner one counts.
namespace duel::gin::middleware {

using http::GzipOptions;

// A body of less than 1 KiB fits into one packet with or without compression. The documentation of nginx and Apache
// recommends a similar minimum.
inline constexpr http::GzipOptions kGzipDefaults{.min_bytes = 1024, .level = 6};

template <const http::GzipOptions& kOptions = kGzipDefaults>
void gzip(Context& c) {
  static_assert(kOptions.level >= http::kMinGzipLevel && kOptions.level <= http::kMaxGzipLevel);
  thread_local http::Gzip coder(kOptions);
  coder.start(c.request());
  c.response().code_body(coder);
  c.next();
}

}  // namespace duel::gin::middleware
