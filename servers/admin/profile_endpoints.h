#pragma once

#include <string>
#include <string_view>

#include "servers/admin/mux.h"
#include "servers/config/profile_options.h"
#include "servers/profiles/job_queue.h"
#include "servers/profiles/profile_store.h"
#include "servers/profiles/profiler.h"

namespace duel::servers::admin {

// Profiles on the admin port, under the paths of Go's net/http/pprof:
//
//   GET  /debug/pprof/heap               memory in use; with ?debug=1 as text
//   GET  /debug/pprof/allocs             all memory ever allocated; with ?debug=1 as text
//   GET  /debug/pprof/profile?seconds=N  CPU time of the next N seconds, 30 by default; 409 during another CPU profile
//   GET  /debug/pprof/cmdline            the arguments of the program, separated by NUL
//   GET, POST /debug/pprof/symbol        names of addresses such as 0x1234+0x5678
//   GET  /debug/pprof/threads            name, CPU time and state of each thread
//   POST /debug/save?type=T&seconds=N&run_id=R  takes a profile and saves it in --profile-dir
//
// Two threads do the slow work: one takes CPU profiles, the other does the rest. Each starts at the first request for
// it.
class ProfileEndpoints {
 public:
  // `router` becomes part of the run id of saved profiles, unless the request names a run id. Throws http::StartError,
  // as Profiler and ProfileStore do.
  ProfileEndpoints(const config::ProfileOptions& options, std::string_view router);

  // Adds the paths. This object must outlive the server of `mux`.
  void add_to(Mux& mux);

 private:
  using Work = std::function<http::Answer(const std::stop_token& stop)>;

  // The answer if a queue is full.
  struct Busy {
    int status;
    const char* sentence;
  };

  void add_profiles(Mux& mux);
  void add_symbols(Mux& mux);
  void add_save(Mux& mux);
  void save(const http::Request& request, http::Response& response);
  static void answer_on(profiles::JobQueue& queue, http::Response& response, const Busy& busy, Work work);

  static constexpr Busy kCpuBusy{
      409,
      "409 Conflict: a CPU profile is being taken, and only one at a time is possible; try again when it has ended.\n"};
  static constexpr Busy kOthersBusy{
      503, "503 Service Unavailable: too many requests for profiles are waiting; try again later.\n"};

  // Requests for other profiles that can wait. CPU profiles do not wait.
  static constexpr size_t kMaxWaiting = 8;

  profiles::Profiler profiler_;
  profiles::ProfileStore store_;
  std::string run_id_;
  profiles::JobQueue cpu_{"profiles", 1};
  profiles::JobQueue others_{"profiles", kMaxWaiting};
};

}  // namespace duel::servers::admin
