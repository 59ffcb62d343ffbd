# duel_static_server(TARGET) links a server without any shared library, if this is a release build with g++ and dependencies.cmake has
# found the static libraries. The program stays position independent, so its address still differs from run to run. A shared library
# makes whole pages resident, also for code that is never called: those of libc, libm and the loader are 1.7 MB.
#
# The property DUEL_STATIC of the target chooses the linker's flag (hardening.cmake), and leaves out simdjson, of which Debian has no
# static library (router/gin/CMakeLists.txt).
#
# The table of relocations, which the start reads as a whole, is 220 KB without compression. glibc can read the short form from 2.36 on.
if(DUEL_STATIC_SERVERS)
  include(CheckCXXSourceCompiles)
  check_cxx_source_compiles("#include <features.h>
#if !__GLIBC_PREREQ(2, 36)
#error
#endif
int main() {}" DUEL_LIBC_READS_RELR)
endif()

function(duel_static_server target)
  if(DUEL_STATIC_SERVERS)
    set_property(TARGET ${target} PROPERTY DUEL_STATIC ON)
    target_link_libraries(${target} PRIVATE duel_static_link)
    target_link_options(${target} PRIVATE -Wl,--wrap=dlopen,--wrap=_Unwind_Backtrace)
    # The functions that a server calls stand side by side. bench/resident/order makes the list, and reads the map.
    set(script ${PROJECT_SOURCE_DIR}/servers/functions.ld)
    target_link_options(${target} PRIVATE -Wl,-T,${script} -Wl,-Map,$<TARGET_FILE:${target}>.map)
    set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${script})
    if(DUEL_LIBC_READS_RELR)
      target_link_options(${target} PRIVATE -Wl,-z,pack-relative-relocs)
    endif()
  endif()
endfunction()
