# Flags that make bugs harder to exploit (SECURITY.md). tests/hardening checks the finished program. Sanitizer builds have
# stronger checks of their own, and a Debug build is for debuggers.
if(NOT DUEL_SANITIZE AND NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  add_compile_options(-fPIE -fstack-protector-strong -fstack-clash-protection)
  if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
    add_compile_options(-fcf-protection)
  endif()
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)  # some distributions predefine a lower level
  # A program that is linked statically (static_server.cmake) is position independent too.
  add_link_options($<IF:$<BOOL:$<TARGET_PROPERTY:DUEL_STATIC>>,-static-pie,-pie> -Wl,-z,relro,-z,now,-z,noexecstack)
endif()
