#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "router/gin/declare.h"
#include "router/gin/memory/arena.h"

// For applications: names of handlers, for logs and metrics.
namespace duel::gin {

// A string literal as a template argument.
template <size_t N>
struct NameText {
  consteval NameText(const char (&text)[N]) { std::copy_n(text, N, bytes); }  // NOLINT: a literal is meant to convert
  char bytes[N]{};
  constexpr std::string_view view() const { return {bytes, N - 1}; }
};

namespace internal {

// A link of the list of named handlers. The list is complete before main() runs.
struct NamedHandler {
  NamedHandler(std::string_view given, Handler named);
  std::string_view name;
  Handler handler;
  const NamedHandler* next;
};

}  // namespace internal

template <NameText kName, Handler kHandler>
struct Named {
  static void run(Context& context) {
    (void)&kLink;  // uses the static member, so that it is instantiated
    kHandler(context);
  }
  static inline const internal::NamedHandler kLink{kName.view(), &run};
};

// Gives a handler a name:  gin::get("/user/:id", gin::named<"show user", show_user>)
template <NameText kName, Handler kHandler>
inline constexpr Handler named = &Named<kName, kHandler>::run;

// Returns the name given with named. Without one, returns the symbol, if the function has external linkage and the
// program exports its symbols (ENABLE_EXPORTS); otherwise module+0xOFFSET, which addr2line understands. The result
// lives as long as the bytes of the arena. Takes locks and may allocate, so do not call it for every request.
std::string_view handler_name(Handler handler, memory::Arena& arena);

}  // namespace duel::gin
