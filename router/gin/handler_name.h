#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "router/gin/declare.h"
#include "router/gin/memory/arena.h"

// What a handler is called, for logs and metrics.
namespace duel::gin {

// A name written as a template argument.
template <size_t N>
struct NameText {
  consteval NameText(const char (&text)[N]) { std::copy_n(text, N, bytes); }  // NOLINT: a literal is meant to convert
  char bytes[N]{};
  constexpr std::string_view view() const { return {bytes, N - 1}; }
};

namespace internal {

// One link of the list of names, made before main() runs.
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
    (void)&kLink;  // a static member exists only where it is used
    kHandler(context);
  }
  static inline const internal::NamedHandler kLink{kName.view(), &run};
};

// The handler under a name of its own:  gin::get("/user/:id", gin::named<"show user", show_user>)
template <NameText kName, Handler kHandler>
inline constexpr Handler named = &Named<kName, kHandler>::run;

// The name given with named(); else the symbol, which the linker keeps for functions that are exported (external
// linkage and ENABLE_EXPORTS); else module+0xOFFSET, which addr2line understands. Lives as long as the arena's bytes.
// Takes locks and may allocate: for logs, not for every request.
std::string_view handler_name(Handler handler, memory::Arena& arena);

}  // namespace duel::gin
