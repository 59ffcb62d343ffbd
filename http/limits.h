#pragma once

#include <cstddef>
#include <cstdint>

// Every bound of the core, with its reason. What an operator may change is in ServerOptions; these are its defaults or
// fixed sizes.
namespace duel::http::limits {

// RFC 9112 §3 recommends that a server take request lines of at least 8,000 octets. Beyond: 414.
inline constexpr size_t kRequestLineBytes = 8 * 1024;
// Request line and fields together; nginx and Node stop at 16 to 32 KiB. Beyond: 431.
inline constexpr size_t kHeadBytes = 16 * 1024;
// Browsers send about 20 fields, proxies add some. Beyond: 431.
inline constexpr size_t kFieldCount = 100;
// Field lines that a handler may set. A handler that sets more is a bug and is answered with 500.
inline constexpr size_t kResponseFieldBytes = 8 * 1024;
// Chunk framing (sizes, extensions, trailers) is not body; it may cost as much as a head, then 400 (CVE-2023-39326).
inline constexpr size_t kChunkOverheadBytes = 16 * 1024;

inline constexpr size_t kMaxBodyBytes = 1024 * 1024;  // default of --max-body; nginx's client_max_body_size is the same

}  // namespace duel::http::limits
