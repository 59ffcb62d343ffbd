#pragma once

#include <cstddef>

#include "router/gin/context.h"

// Compresses what the handlers behind it have gathered, with libdeflate. Not compressed are: streams and files, bodies
// below the threshold, what is encoded or partial already (Content-Encoding, 206), types that do not shrink (images,
// archives), and whatever does not get smaller.
namespace duel::gin {

inline constexpr int kMostGzipLevel = 12;  // libdeflate's

struct GzipOptions {
  // Below this the packet is sent all the same, and the client's work is lost. nginx's and Apache's texts advise about
  // a kilobyte.
  size_t threshold_bytes = 1024;
  int level = 6;  // 1 to kMostGzipLevel
};
inline constexpr GzipOptions kGzipDefaults;

// Whether a client with this Accept-Encoding takes gzip, and does not like the plain bytes better (RFC 9110 §12.5.3).
bool accepts_gzip(std::string_view accept_encoding);

namespace internal {
void compress_response(Context& c, const GzipOptions& options);
}

template <const GzipOptions& kOptions = kGzipDefaults>
void gzip(Context& c) {
  static_assert(kOptions.level >= 1 && kOptions.level <= kMostGzipLevel, "libdeflate has the levels 1 to 12");
  c.next();
  internal::compress_response(c, kOptions);
}

}  // namespace duel::gin
