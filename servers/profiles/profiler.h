#pragma once

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>

#include "servers/config/profile_options.h"

namespace duel::servers::profiles {

inline constexpr int kStatusNotImplemented = 501;
// The machine, the installation or the end of the server prevents the profile at the moment; the sentence names the
// cure.
inline constexpr int kStatusUnavailable = 503;

// Thrown if no profile can be taken. what() is one sentence with the cause and the cure.
struct ProfileRefused : std::runtime_error {
  ProfileRefused(int http_status, const std::string& sentence) : runtime_error(sentence), status(http_status) {}
  int status;  // of HTTP
};

struct TakenProfile {
  std::string_view type;  // "heap", "allocs" or "cpu"
  std::string bytes;      // profile.proto, compressed with gzip
  int64_t start_ns = 0;   // since 1970-01-01 UTC
  int64_t duration_ms = 0;
};

// Takes profiles of this process. Another process looks up the names of functions (profile_writer.h). A call takes from
// some ten milliseconds up to the requested duration, so do not call it on a worker's thread. All functions throw
// ProfileRefused.
//
// One thread may take a heap profile while another takes a CPU profile; at most one of each kind at a time.
class Profiler {
 public:
  // Starts to sample the heap if `options` enable it. Throws http::StartError if the heap cannot be sampled.
  explicit Profiler(const config::ProfileOptions& options);

  TakenProfile heap(std::string_view type, const std::stop_token& stop) const;  // "heap" or "allocs"
  std::string heap_text(const std::stop_token& stop) const;
  TakenProfile cpu(std::chrono::seconds duration, const std::stop_token& stop) const;
  // Returns the names of addresses such as "0x55d1+0x55d2", in the format of pprof's symbol service.
  std::string symbols(std::string_view addresses, const std::stop_token& stop) const;
};

}  // namespace duel::servers::profiles
