#pragma once

#include <string>
#include <string_view>

#include "servers/admin/mux.h"
#include "servers/config/profile_options.h"
#include "servers/profiles/job_queue.h"
#include "servers/profiles/profile_store.h"
#include "servers/profiles/profiler.h"

namespace duel::servers::admin {

// The profiles on the admin port, under the paths of Go's net/http/pprof:
//
//   GET  /debug/pprof/heap, allocs       what is allocated, what ever was; ?debug=1: text
//   GET  /debug/pprof/profile?seconds=N  CPU time from now on, 30 s if not said; 409 while another is being taken
//   GET  /debug/pprof/cmdline            the arguments, NUL between them
//   GET, POST /debug/pprof/symbol        names of 0x1234+0x5678
//   GET  /debug/pprof/threads            each thread's name, CPU time and state
//   POST /debug/save?type=T&seconds=N&run_id=R  takes one and puts it into --profile-dir
//
// What takes long is done on two threads of its own, one for CPU time and one for the rest, each started when it is
// first asked for.
class ProfileEndpoints {
 public:
  // `router` is a part of the run id of what is saved without one. Throws http::StartError, as Profiler and
  // ProfileStore do.
  ProfileEndpoints(const config::ProfileOptions& options, std::string_view router);

  // Outlives the mux's server.
  void add_to(Mux& mux);

 private:
  using Work = std::function<http::Answer(const std::stop_token& stop)>;

  void add_profiles(Mux& mux);
  void add_symbols(Mux& mux);
  void add_save(Mux& mux);
  void save(const http::Request& request, http::Response& response);
  static void answer_on(profiles::JobQueue& queue, http::Response& response, const char* when_full, Work work);

  // One recording of CPU time at a time; of the others some may wait.
  static constexpr size_t kMaxWaiting = 8;

  profiles::Profiler profiler_;
  profiles::ProfileStore store_;
  std::string run_id_;
  profiles::JobQueue cpu_{"profiles", 1};
  profiles::JobQueue others_{"profiles", kMaxWaiting};
};

}  // namespace duel::servers::admin
