#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/handler.h"
#include "router/gin/engine.h"

// For the generated applications (gin_generate.py): handlers that record a trace, and the list of cases.
namespace duel::gin::routing {

// Recorded by the handlers of one request.
struct Sighting {
  int route = -1;
  std::string full;
  std::vector<std::pair<std::string, std::string>> params;
  std::vector<std::string> trace;
};
inline Sighting sighting;

template <size_t N>
struct Name {
  char text[N]{};
  consteval Name(const char (&from)[N]) { std::copy(from, from + N, text); }  // NOLINT: a literal is meant to convert
  std::string str() const { return std::string(text, N - 1); }
};

template <int kRoute>
void route(Context& c) {
  sighting.route = kRoute;
  sighting.full = c.full_path();
  for (size_t i = 0; i < c.param_count(); ++i) sighting.params.emplace_back(c.param_name(i), c.param(i));
  const std::string name = "h" + std::to_string(kRoute);
  sighting.trace.push_back(name);
  c.string(200, name);
}

// The middleware of tests/data/routing/FORMAT.md, by its `act`.
enum class Act { next, plain, abort, abort_status, abort_after, write_next, status_next, no_next_write };

template <Name kName, Act kAct>
void middleware(Context& c) {
  const std::string name = kName.str();
  sighting.trace.push_back(name);
  const auto next = [&] {
    c.next();
    if (kAct == Act::abort_after) c.abort();
    sighting.trace.push_back(name + "'");
  };
  switch (kAct) {
    case Act::next:
    case Act::abort_after:
      return next();
    case Act::plain:
      return;
    case Act::abort:
      return c.abort();
    case Act::abort_status:
      return c.abort_with_status(403);
    case Act::write_next:
      c.string(202, name);
      return next();
    case Act::status_next:
      c.status(421);
      return next();
    case Act::no_next_write:
      return c.string(418, name);
  }
}

struct CompiledCase {
  std::string_view id;
  std::unique_ptr<http::Handler> (*make)();  // returns null if a route that Gin accepted is refused
  bool refusals_agree;
};

template <const auto& kApp>
std::unique_ptr<http::Handler> make() {
  if constexpr (find_problem<kApp>().refusal == Refusal::kNone) {
    return std::make_unique<Engine<kApp>>();
  } else {
    return nullptr;
  }
}

// Whether registering the routes of kApp one after the other gives these verdicts. kAny means any refusal.
inline constexpr auto kAny = static_cast<Refusal>(255);

template <const auto& kApp, size_t N>
consteval bool refusals_are(const std::array<Refusal, N>& expected) {
  const auto verdicts = judge_routes<Compiled<kApp>::kFlat>();
  static_assert(std::tuple_size_v<decltype(verdicts)> == N);
  for (size_t i = 0; i < N; ++i) {
    const Refusal got = verdicts[i].refusal;
    if (expected[i] == kAny ? got == Refusal::kNone : got != expected[i]) return false;
  }
  return true;
}

// Whether the first refusal in kApp has this reason.
template <const auto& kApp>
consteval bool is_refused(Refusal expected) {
  const Refusal got = find_problem<kApp>().refusal;
  return expected == kAny ? got != Refusal::kNone : got == expected;
}

}  // namespace duel::gin::routing
