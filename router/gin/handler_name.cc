#include "router/gin/handler_name.h"

#include <cxxabi.h>
#include <dlfcn.h>

#include <bit>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace duel::gin {
namespace {

constinit const internal::NamedHandler* first_named = nullptr;

std::string_view symbol_name(const char* symbol, memory::Arena& arena) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> plain(abi::__cxa_demangle(symbol, nullptr, nullptr, &status), std::free);
  const std::string_view whole = status == 0 ? plain.get() : symbol;
  return arena.copy(whole.substr(0, whole.find("(duel::gin::Context")));
}

}  // namespace

internal::NamedHandler::NamedHandler(std::string_view given, Handler named)
    : name(given), handler(named), next(first_named) {
  first_named = this;
}

std::string_view handler_name(Handler handler, memory::Arena& arena) {
  for (const auto* named = first_named; named != nullptr; named = named->next) {
    if (named->handler == handler) return named->name;
  }
  void* const address = std::bit_cast<void*>(handler);
  Dl_info info{};
  if (dladdr(address, &info) == 0) return {};
  if (info.dli_sname != nullptr && info.dli_saddr == address) return symbol_name(info.dli_sname, arena);
  constexpr size_t kOffsetBytes = 24;
  std::string_view module = info.dli_fname;
  module = module.substr(module.rfind('/') + 1);
  char* const text = arena.take(module.size() + kOffsetBytes);
  const size_t offset = std::bit_cast<size_t>(address) - std::bit_cast<size_t>(info.dli_fbase);
  const int size = std::snprintf(text, module.size() + kOffsetBytes, "%.*s+0x%zx", static_cast<int>(module.size()),
                                 module.data(), offset);
  return {text, static_cast<size_t>(size)};
}

}  // namespace duel::gin
