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
inline constexpr int kStatusStopping = 503;

// Why there is no profile: an HTTP status, and in what() one sentence with cause and cure.
struct ProfileRefused : std::runtime_error {
  ProfileRefused(int http_status, const std::string& sentence) : runtime_error(sentence), status(http_status) {}
  int status;
};

struct TakenProfile {
  std::string_view type;  // heap, allocs, cpu
  std::string bytes;      // gzipped profile.proto
  int64_t start_ns = 0;   // since 1970
  int64_t duration_ms = 0;
};

// Takes profiles of this process, and names their functions in another (profile_writer.h). Calls take from tens of
// milliseconds to as long as was asked for, so never on a worker's thread. All throw ProfileRefused.
//
// Heap profiles may be taken by one thread while another takes one of CPU time; at most one of each at a time.
class Profiler {
 public:
  // Begins to sample the heap, if the options want it. Throws http::StartError if that was asked for and cannot be.
  explicit Profiler(const config::ProfileOptions& options);

  TakenProfile heap(std::string_view type, const std::stop_token& stop) const;  // heap or allocs
  std::string heap_text(const std::stop_token& stop) const;
  TakenProfile cpu(std::chrono::seconds duration, const std::stop_token& stop) const;
  // Of "0x55d1+0x55d2", as pprof's symbol service.
  std::string symbols(std::string_view addresses, const std::stop_token& stop) const;
};

}  // namespace duel::servers::profiles
