#include <array>
#include <atomic>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include "alloc/counters.h"
#include "alloc/phases.h"
#include "bench/null/pong.h"
#include "bench/ruler/kernel.h"
#include "bench/ruler/marks.h"
#include "bench/ruler/stopwatch.h"
#include "http/core/admission.h"
#include "http/core/listener.h"
#include "http/core/worker.h"
#include "http/handler.h"
#include "http/static_directory.h"
#include "servers/config/options.h"
#include "servers/demo/demo.h"

// One worker of the server with one application, on a stand-in of the kernel. Every run does the same work, so tools
// that count instructions or allocations give the same counts. harness/ruler.py starts it, under callgrind for
// instructions, and without it for times.
namespace duel::ruler {
namespace {

// The router styles and the server without a router.
#define DUEL_STYLE(value, name, pooled) #name ", "
constexpr const char* kSubjects =
#include "servers/config/router_styles.inc"
    "null";
#undef DUEL_STYLE
constexpr const char* kUsage =
    "usage: ruler STYLE|null PATH wrk|browser|browsers CONNECTIONS PIPELINE TURNS counts|total|stages|time|times\n"
    "  STYLE   a value of the server's --router\n"
    "  wrk     requests have the head that wrk sends; browser: that of a browser; browsers: with other cookies on each "
    "connection\n"
    "  counts  prints the allocations of each phase\n"
    "  total   for callgrind: marks the loop of the server in the measured part\n"
    "  stages  for callgrind: marks its other phases, too\n"
    "  time    prints the median time of an iteration of the loop, in ns\n"
    "  times   prints the median time of each phase in an iteration, in ns, and how often the phase ended\n";

enum class Mode : uint8_t { kCounts, kTotal, kStages, kTime, kTimes };

struct Arguments {
  std::string_view subject;
  Load load;
  Mode mode = Mode::kCounts;
};

unsigned number(std::string_view text) {
  constexpr unsigned kMost = 10'000;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value == 0 || value > kMost) {
    throw std::invalid_argument("'" + std::string(text) + "' is not a whole number from 1 to 10000; give one");
  }
  return value;
}

Mode mode(std::string_view text) {
  if (text == "counts") return Mode::kCounts;
  if (text == "total") return Mode::kTotal;
  if (text == "stages") return Mode::kStages;
  if (text == "time") return Mode::kTime;
  if (text == "times") return Mode::kTimes;
  throw std::invalid_argument("'" + std::string(text) + "' is no mode; use counts, total, stages, time or times");
}

Head head(std::string_view text) {
  if (text == "wrk") return Head::kWrk;
  if (text == "browser") return Head::kBrowser;
  if (text == "browsers") return Head::kBrowsers;
  throw std::invalid_argument("'" + std::string(text) + "' is no head; use wrk, browser or browsers");
}

http::HandlerFactory application(std::string_view subject, const servers::config::Options& options,
                                 const http::StaticDirectory& files) {
#define DUEL_STYLE(value, name, pooled) \
  if (subject == #name) return servers::demo::make_##name##_demo({files, options, nullptr});
#include "servers/config/router_styles.inc"
#undef DUEL_STYLE
  if (subject == "null") return [] { return std::make_unique<null::Pong>(); };
  throw std::invalid_argument("'" + std::string(subject) + "' is no server; use one of " + kSubjects);
}

using Costs = std::array<alloc::PhaseCosts, alloc::kPhases>;

// What the kernel does when the measured part begins and ends.
class Measurement {
 public:
  Measurement(Mode mode, std::atomic<http::core::ServerState>& state) : mode_(mode), state_(state) {
    if (mode_ == Mode::kTime || mode_ == Mode::kTimes) stopwatch_.emplace(mode_ == Mode::kTimes);
  }

  Events events() {
    if (stopwatch_) {
      return {.begins = [] {},
              .ends = [] {},
              .enters = [this] { stopwatch_->end_turn(); },
              .leaves = [this] { stopwatch_->begin_turn(); },
              .stop = [this] { stop(); }};
    }
    return {.begins = [this] { begin(); },
            .ends = [this] { end(); },
            .enters = mark_kernel,
            .leaves = [] { mark_phase(alloc::Phase::kLoop); },
            .stop = [this] { stop(); }};
  }

  void print(const Kernel& kernel) const {
    std::printf("requests %llu\n", static_cast<unsigned long long>(kernel.measured_requests()));
    const Stopwatch::Times times = stopwatch_ ? stopwatch_->medians() : Stopwatch::Times{};
    for (size_t i = 0; i < alloc::kPhases; ++i) {
      if (stopwatch_) {
        std::printf("%s %.1f %llu\n", alloc::kPhaseNames[i], times[i],
                    static_cast<unsigned long long>(stopwatch_->ends(i)));
        continue;
      }
      std::printf("%s %llu %llu\n", alloc::kPhaseNames[i],
                  static_cast<unsigned long long>(after_[i].allocations - before_[i].allocations),
                  static_cast<unsigned long long>(after_[i].bytes - before_[i].bytes));
    }
    std::printf("answers %zu\n%s", kernel.answers().size(), kernel.answers().c_str());
  }

 private:
  void stop() { state_ = http::core::ServerState::kStopping; }
  void begin() {
    if (mode_ == Mode::kStages) {
      alloc::observe_phases(mark_phase);
      alloc::account_phases(true);
    }
    if (mode_ == Mode::kCounts) before_ = alloc::phase_costs();
    mark_outside();
  }
  void end() {
    if (mode_ == Mode::kStages) alloc::account_phases(false);
    mark_outside();
    if (mode_ == Mode::kCounts) after_ = alloc::phase_costs();
  }

  Mode mode_;
  std::atomic<http::core::ServerState>& state_;
  Costs before_{};
  Costs after_{};
  std::optional<Stopwatch> stopwatch_;
};

void run(const Arguments& arguments) {
  const servers::config::Options options;  // the defaults, as the server has them
  const http::StaticDirectory files(options.static_dir);
  const http::HandlerFactory make_handler = application(arguments.subject, options, files);
  std::atomic<http::core::ServerState> state{http::core::ServerState::kServing};
  Measurement measurement(arguments.mode, state);
  if (arguments.mode == Mode::kCounts) {
    alloc::count_calls(true);
    alloc::account_phases(true);
  }
  const Kernel kernel(arguments.load, measurement.events());
  http::core::Admission admission(options.server.max_connections);
  // Nobody connects to the listener.
  http::core::Worker worker(options.server, http::core::Listener("127.0.0.1", 0, true), admission, state);
  worker.run(make_handler, [] {});
  measurement.print(kernel);
}

Arguments read(std::span<char*> arguments) {
  constexpr size_t kCount = 7;
  if (arguments.size() != kCount) throw std::invalid_argument(kUsage);
  return {.subject = arguments[0],
          .load = {.path = arguments[1],
                   .head = head(arguments[2]),
                   .connections = number(arguments[3]),
                   .pipeline = number(arguments[4]),
                   .turns = number(arguments[5])},
          .mode = mode(arguments[6])};
}

}  // namespace
}  // namespace duel::ruler

int main(int argc, char** argv) {
  try {
    duel::ruler::run(duel::ruler::read(std::span(argv, static_cast<size_t>(argc)).subspan(1)));
    return 0;
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "ruler: %s\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ruler: %s\n", error.what());
    return 1;
  }
}
