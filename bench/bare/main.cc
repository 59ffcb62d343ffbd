#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <string>
#include <thread>

#include "bench/bare/bare_ring.h"
#include "http/address.h"
#include "http/core/listener.h"
#include "http/start_error.h"
#include "servers/config/options.h"
#include "servers/config/start_sentence.h"
#include "servers/signals.h"

// The bare server shows what io_uring and TCP cost without anything of this project: bench/bare/bare_ring.h. It accepts
// all flags of the server, so that the harness can start both in the same way, and obeys --host, --port,
// --max-connections and --stats-file. It has one worker and no admin port. SIGTERM ends it at once.
namespace duel::bare {
namespace {

void write_counts(const std::string& file, const BareRing& ring) {
  std::ofstream(file, std::ios::app) << "{\"requests\":" << ring.requests() << ",\"connections\":" << ring.connections()
                                     << ",\"ring_enters\":" << ring.enters() << "}\n";
}

[[noreturn]] void run(const servers::config::Options& options) {
  const servers::Signals signals({SIGTERM, SIGINT, SIGUSR1});
  const http::core::Listener listener(options.server.host, options.server.port, false);
  BareRing ring(listener.descriptor(), options.server.max_connections);
  std::thread([&] {
    try {
      ring.run();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "bare_server: %s\n", error.what());
      std::_Exit(1);
    }
  }).detach();
  std::printf("listening on http://%s:%u (bare)\n", http::url_host(options.server.host).c_str(), listener.port());
  std::fflush(stdout);
  while (signals.wait() == SIGUSR1) write_counts(options.stats_file, ring);
  std::_Exit(0);  // the other thread never ends
}

}  // namespace
}  // namespace duel::bare

int main(int argc, char** argv) {
  try {
    const auto parsed = duel::servers::config::parse_options(argc, argv);
    if (parsed.run) duel::bare::run(parsed.options);
    return parsed.exit_status;
  } catch (const duel::http::StartError& error) {
    std::fprintf(stderr, "bare_server: %s\n", duel::servers::config::start_sentence(error).c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bare_server: %s\n", error.what());
  }
  return 1;
}
