#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/address.h"
#include "bench/load/options.h"
#include "bench/load/report.h"
#include "bench/load/run.h"
#include "bench/load/start_failure.h"

namespace duel::load {
namespace {

enum ExitStatus : int { kMeasured = 0, kFailed = 1, kWrongOption = 2, kVoid = 3, kInterrupted = 130 };

// A file appears under its name only when it is complete.
void write_report(const std::string& text, const std::string& path) {
  if (path.empty()) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return;
    throw StartFailure("standard output cannot be written: look for the program that should read it");
  }
  const std::string part = path + ".part";
  std::ofstream file(part, std::ios::binary);
  file << text;
  file.close();
  if (!file || std::rename(part.c_str(), path.c_str()) != 0) {
    std::remove(part.c_str());
    throw StartFailure("--output=" + path + " cannot be written: make room, or name another file");
  }
}

int measure(const Options& options) {
  constexpr int64_t kNsPerMs = 1'000'000;
  const bool terminal = isatty(STDERR_FILENO) == 1;
  const bool shows_progress = options.progress == Progress::kAuto ? terminal : options.progress == Progress::kOn;
  const Address address = reach(options.url, static_cast<int>(options.plan.timeout_ns / kNsPerMs));
  std::signal(SIGPIPE, SIG_IGN);  // writing to a closed pipe is an error
  const Outcome outcome = run_workers(options, address, shows_progress);
  if (outcome.interrupted) {
    std::fputs("duel-load: interrupted; nothing is written\n", stderr);
    return kInterrupted;
  }
  const std::vector<std::string> reasons = void_reasons(options, outcome.results);
  write_report(report_text(options, outcome, reasons), options.output);
  if (shows_progress) std::fputs(summary_text(options, outcome, reasons).c_str(), stderr);
  return reasons.empty() ? kMeasured : kVoid;
}

}  // namespace
}  // namespace duel::load

int main(int argc, char** argv) {
  try {
    const std::vector<std::string_view> arguments(argv + 1, argv + argc);
    const auto parsed = duel::load::parse_options(arguments);
    if (!parsed.error.empty()) {
      std::fprintf(stderr, "duel-load: %s\n", parsed.error.c_str());
      return duel::load::kWrongOption;
    }
    if (!parsed.text.empty()) {
      std::fputs(parsed.text.c_str(), stdout);
      return duel::load::kMeasured;
    }
    return duel::load::measure(parsed.options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "duel-load: %s\n", error.what());
  }
  return duel::load::kFailed;
}
