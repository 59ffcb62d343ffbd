# duel_static_server(TARGET) links a server without any shared library, if this is a release build with g++ and dependencies.cmake has
# found the static libraries. The program stays position independent, so its address still differs from run to run. A shared library
# makes whole pages resident, also for code that is never called: those of libc, libm and the loader are 1.7 MB.
#
# The property DUEL_STATIC of the target chooses the linker's flag (hardening.cmake), and leaves out simdjson, of which Debian has no
# static library (router/gin/CMakeLists.txt).
function(duel_static_server target)
  if(DUEL_STATIC_SERVERS)
    set_property(TARGET ${target} PROPERTY DUEL_STATIC ON)
    target_link_libraries(${target} PRIVATE duel_static_link)
    target_link_options(${target} PRIVATE -Wl,--wrap=dlopen,--wrap=_Unwind_Backtrace)
  endif()
endfunction()
