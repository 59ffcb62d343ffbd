#include "servers/admin/profile_endpoints.h"

#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <ctime>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "servers/profiles/threads_text.h"

namespace duel::servers::admin {
namespace {

constexpr int kDefaultSeconds = 30;  // as in Go
constexpr int kMaxSeconds = 300;

http::Answer answer_of(int status, const char* type, std::string body) {
  return {.status = status,
          .fields = {{"Content-Type", type}, {"X-Content-Type-Options", "nosniff"}, {"Cache-Control", "no-store"}},
          .body = std::move(body)};
}

// `go tool pprof` shows the text of an error only if the response has this field. Go's own handlers set it.
constexpr const char* kShowReason = "X-Go-Pprof";

http::Answer text_answer(int status, std::string text) {
  http::Answer answer = answer_of(status, "text/plain; charset=utf-8", std::move(text));
  answer.fields.emplace_back(kShowReason, "1");
  return answer;
}

http::Answer file_answer(profiles::TakenProfile profile) {
  http::Answer answer = answer_of(200, "application/octet-stream", std::move(profile.bytes));
  answer.fields.emplace_back("Content-Disposition", "attachment; filename=\"" + std::string(profile.type) + ".pb.gz\"");
  return answer;
}

// The query's `seconds`, or the default. Nothing if it is not a number from 1 to kMaxSeconds.
std::optional<std::chrono::seconds> seconds_of(const http::Request& request) {
  const std::string_view text = query_value(request.query, "seconds");
  if (text.empty()) return std::chrono::seconds(kDefaultSeconds);
  int seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool number = error == std::errc() && end == text.data() + text.size();
  if (!number || seconds < 1 || seconds > kMaxSeconds) return std::nullopt;
  return std::chrono::seconds(seconds);
}

void refuse_seconds(http::Response& response) {
  response.set(kShowReason, "1");
  answer_text(response, 400,
              "400 Bad Request: seconds must be a number from 1 to " + std::to_string(kMaxSeconds) + ".");
}

http::Answer answer_or_error(const std::function<http::Answer(const std::stop_token&)>& work,
                             const std::stop_token& stop) {
  try {
    return work(stop);
  } catch (const profiles::ProfileRefused& refused) {
    return text_answer(refused.status, std::string(refused.what()) + "\n");
  } catch (const std::system_error& error) {
    return text_answer(profiles::kStatusUnavailable,
                       std::string("no profile could be taken: ") + error.what() +
                           "; free memory, or raise the limits of open files and of memory (ulimit -n, ulimit -v)\n");
  } catch (const std::exception& error) {
    return text_answer(500, std::string("no profile could be taken: ") + error.what() + "\n");
  }
}

bool wants_text(const http::Request& request) {
  const std::string_view debug = query_value(request.query, "debug");
  return !debug.empty() && debug != "0";
}

// The name of the router, the time and the process id.
std::string make_run_id(std::string_view router) {
  const std::time_t now = std::time(nullptr);
  std::tm utc = {};
  gmtime_r(&now, &utc);
  std::array<char, 32> date;
  std::strftime(date.data(), date.size(), "%Y%m%dT%H%M%SZ", &utc);
  return std::string(router) + "-" + date.data() + "-" + std::to_string(getpid());
}

}  // namespace

ProfileEndpoints::ProfileEndpoints(const config::ProfileOptions& options, std::string_view router)
    : profiler_(options), store_(options.directory), run_id_(make_run_id(router)) {}

// Runs `work` on the thread of `queue`, so that the admin port's thread does not wait. The deferred answer is shared,
// because a job can be copied.
void ProfileEndpoints::answer_on(profiles::JobQueue& queue, http::Response& response, const Busy& busy, Work work) {
  response.defer_answer([&queue, &busy, work = std::move(work)](http::DeferredAnswer deferred) {
    const auto shared = std::make_shared<http::DeferredAnswer>(std::move(deferred));
    const bool posted = queue.post([shared, work](const std::stop_token& stop) {
      return [shared, answer = answer_or_error(work, stop)] { shared->answer(answer); };
    });
    if (!posted) {
      shared->answer(text_answer(busy.status, busy.sentence));
    }
  });
}

void ProfileEndpoints::add_to(Mux& mux) {
  add_profiles(mux);
  add_symbols(mux);
  add_save(mux);
}

void ProfileEndpoints::add_profiles(Mux& mux) {
  for (const char* type : {"heap", "allocs"}) {
    const bool allocs = std::string_view(type) == "allocs";
    mux.add(http::Method::kGet, std::string("/debug/pprof/") + type,
            allocs ? "all memory ever allocated, for go tool pprof; ?debug=1 for text"
                   : "memory in use, for go tool pprof; ?debug=1 for text",
            [this, type](const http::Request& request, http::Response& response) {
              const bool text = wants_text(request);
              answer_on(others_, response, kOthersBusy, [this, type, text](const std::stop_token& stop) {
                return text ? text_answer(200, profiler_.heap_text(stop)) : file_answer(profiler_.heap(type, stop));
              });
            });
  }
  mux.add(http::Method::kGet, "/debug/pprof/profile", "CPU time of the next ?seconds=30, for go tool pprof",
          [this](const http::Request& request, http::Response& response) {
            const auto seconds = seconds_of(request);
            if (!seconds) return refuse_seconds(response);
            answer_on(cpu_, response, kCpuBusy, [this, seconds](const std::stop_token& stop) {
              return file_answer(profiler_.cpu(*seconds, stop));
            });
          });
}

void ProfileEndpoints::add_symbols(Mux& mux) {
  mux.add(http::Method::kGet, "/debug/pprof/cmdline", "the arguments of the program",
          [](const http::Request&, http::Response& response) {
            answer_with(response, "text/plain; charset=utf-8", profiles::command_line());
          });
  mux.add(http::Method::kGet, "/debug/pprof/threads", "name, CPU time and state of each thread",
          [](const http::Request&, http::Response& response) {
            answer_with(response, "text/plain; charset=utf-8", profiles::threads_text());
          });
  const auto answer_symbols = [this](std::string_view addresses, http::Response& response) {
    if (addresses.empty()) return answer_with(response, "text/plain; charset=utf-8", "num_symbols: 1\n");
    answer_on(others_, response, kOthersBusy, [this, given = std::string(addresses)](const std::stop_token& stop) {
      return text_answer(200, profiler_.symbols(given, stop));
    });
  };
  mux.add(http::Method::kGet, "/debug/pprof/symbol", "names of addresses, such as ?0x1234+0x5678",
          [answer_symbols](const http::Request& request, http::Response& response) {
            answer_symbols(request.query, response);
          });
  mux.add(http::Method::kPost, "/debug/pprof/symbol", "the same, with the addresses in the body",
          [answer_symbols](const http::Request& request, http::Response& response) {
            answer_symbols(request.body, response);
          });
}

void ProfileEndpoints::add_save(Mux& mux) {
  mux.add(http::Method::kPost, "/debug/save",
          "saves a profile in --profile-dir: ?type=heap|allocs|cpu&seconds=30&run_id=R",
          [this](const http::Request& request, http::Response& response) { save(request, response); });
}

void ProfileEndpoints::save(const http::Request& request, http::Response& response) {
  const std::string type(query_value(request.query, "type"));
  const bool cpu = type == "cpu" || type == "profile";
  if (!cpu && type != "heap" && type != "allocs") {
    return answer_text(response, 400, "400 Bad Request: type must be heap, allocs or cpu.");
  }
  const auto seconds = seconds_of(request);
  if (!seconds) return refuse_seconds(response);
  std::string run_id(query_value(request.query, "run_id"));
  if (run_id.empty()) run_id = run_id_;
  // Checked before the profile is taken.
  if (!store_.has_directory()) {
    return answer_text(response, profiles::kStatusNotImplemented,
                       "501 Not Implemented: start the server with --profile-dir=FOLDER.");
  }
  if (!profiles::ProfileStore::is_run_id(run_id)) {
    return answer_text(response, 400,
                       "400 Bad Request: run_id must have 1 to 64 letters, digits, . _ or -, and begin with a letter "
                       "or digit.");
  }
  answer_on(cpu ? cpu_ : others_, response, cpu ? kCpuBusy : kOthersBusy,
            [this, cpu, seconds, run_id, heap = type == "heap"](const std::stop_token& stop) {
              const profiles::TakenProfile taken =
                  cpu ? profiler_.cpu(*seconds, stop) : profiler_.heap(heap ? "heap" : "allocs", stop);
              const profiles::SavedProfile saved = store_.save(taken, run_id);
              // The strings need no escapes.
              return answer_of(201, "application/json",
                               R"({"file":")" + saved.file + R"(","size_bytes":)" + std::to_string(saved.size_bytes) +
                                   R"(,"sha256":")" + saved.sha256 + "\"}\n");
            });
}

}  // namespace duel::servers::admin
