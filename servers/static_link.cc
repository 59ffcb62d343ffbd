#include <unwind.h>

// Only for servers that are linked statically (cmake/static_server.cmake). The linker's --wrap makes the names: calls
// of f() become calls of __wrap_f(), which finds the original as __real_f(). NOLINTBEGIN(bugprone-reserved-identifier)

// libc's dlopen() would load a second libc. SQLite can load extensions with it. That is switched off by default, and
// nothing here asks for it.
extern "C" void* __wrap_dlopen(const char*, int) {
  return nullptr;
}

namespace {
bool can_unwind = false;
[[gnu::constructor]] void allow_unwinding() {
  can_unwind = true;
}
}  // namespace

// libc makes the first allocation before it knows where the program is in memory. jemalloc with a heap sampler then
// tries the unwinder once, and without this function the unwinder ends the process.
extern "C" _Unwind_Reason_Code __real__Unwind_Backtrace(_Unwind_Trace_Fn take, void* extra);
extern "C" _Unwind_Reason_Code __wrap__Unwind_Backtrace(_Unwind_Trace_Fn take, void* extra) {
  if (!can_unwind) return _URC_END_OF_STACK;
  return __real__Unwind_Backtrace(take, extra);
}

// NOLINTEND(bugprone-reserved-identifier)
