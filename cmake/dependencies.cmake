# Libraries of other projects. tools/packages.txt lists the Debian packages; cmake/llhttp.cmake provides llhttp.

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(fmt REQUIRED IMPORTED_TARGET "fmt>=9")
pkg_check_modules(libdw REQUIRED IMPORTED_TARGET "libdw>=0.178")  # used only by the program that writes profiles
pkg_check_modules(simdjson REQUIRED IMPORTED_TARGET "simdjson>=3")
# Static libraries are preferred: a shared library makes whole pages resident, also code that the server never calls.
set(shared_suffixes ${CMAKE_FIND_LIBRARY_SUFFIXES})
set(CMAKE_FIND_LIBRARY_SUFFIXES .a ${shared_suffixes})
pkg_check_modules(liburing REQUIRED IMPORTED_TARGET "liburing>=2.3")
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(sqlite3 REQUIRED IMPORTED_TARGET "sqlite3>=3.36")  # the first version in which connections can share a memdb
pkg_check_modules(libdeflate REQUIRED IMPORTED_TARGET libdeflate)
pkg_check_modules(nettle REQUIRED IMPORTED_TARGET nettle)  # HMAC, base64
pkg_check_modules(expat REQUIRED IMPORTED_TARGET "expat>=2.5")
pkg_check_modules(yaml REQUIRED IMPORTED_TARGET "yaml-0.1>=0.2.5")
set(CMAKE_FIND_LIBRARY_SUFFIXES ${shared_suffixes})
target_link_libraries(PkgConfig::sqlite3 INTERFACE m ${CMAKE_DL_LIBS} Threads::Threads)
target_link_libraries(PkgConfig::re2 INTERFACE Threads::Threads)
find_path(DUEL_MUSTACHE_INCLUDE kainjow/mustache.hpp)  # templates: a single header, included by one file
if(NOT DUEL_MUSTACHE_INCLUDE)
  message(FATAL_ERROR "kainjow/mustache.hpp is missing: install libkainjow-mustache-dev (tools/install)")
endif()

# Sanitizers replace malloc, so jemalloc is not used with them and alloc::available() is false.
if(DUEL_SANITIZE)
  set(DUEL_JEMALLOC OFF)
else()
  set(DUEL_JEMALLOC ON)
  pkg_check_modules(jemalloc REQUIRED IMPORTED_TARGET "jemalloc>=5.3")
  # The shared C++ runtime alone costs 1.4 MB of resident memory. Release builds therefore link it statically. The shared
  # libraries of fmt and jemalloc depend on it, so fmt is used as headers and jemalloc as a static library.
  find_library(DUEL_JEMALLOC_ARCHIVE libjemalloc_pic.a)
  if(CMAKE_BUILD_TYPE STREQUAL "Release" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND DUEL_JEMALLOC_ARCHIVE)
    set_property(TARGET PkgConfig::jemalloc PROPERTY INTERFACE_LINK_LIBRARIES
      ${DUEL_JEMALLOC_ARCHIVE} m ${CMAKE_DL_LIBS} Threads::Threads)
    set_property(TARGET PkgConfig::fmt PROPERTY INTERFACE_LINK_LIBRARIES)
    set_property(TARGET PkgConfig::fmt APPEND PROPERTY INTERFACE_COMPILE_DEFINITIONS FMT_HEADER_ONLY)
    # With -static-libstdc++, g++ looks for shared libraries again after its own, which must not happen in a static program.
    set(is_static $<BOOL:$<TARGET_PROPERTY:DUEL_STATIC>>)
    add_link_options($<$<AND:$<LINK_LANGUAGE:CXX>,$<NOT:${is_static}>>:-static-libstdc++> $<$<NOT:${is_static}>:-static-libgcc>)
    find_library(DUEL_LIBC_ARCHIVE libc.a)
    if(DUEL_LIBC_ARCHIVE)
      set(DUEL_STATIC_SERVERS ON)  # cmake/static_server.cmake
    endif()
  endif()
endif()

find_package(CLI11 REQUIRED)
if(DUEL_DEVELOPER)
  find_package(GTest REQUIRED)
  find_package(benchmark REQUIRED)
  find_package(nlohmann_json REQUIRED)
  pkg_check_modules(libseccomp REQUIRED IMPORTED_TARGET libseccomp)  # for the tests of docker/seccomp.json
endif()

include(cmake/llhttp.cmake)
