# Everything that is not ours. Debian's packages come from tools/packages.txt; llhttp from cmake/llhttp.cmake.

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(fmt REQUIRED IMPORTED_TARGET "fmt>=9")
pkg_check_modules(libdw REQUIRED IMPORTED_TARGET "libdw>=0.178")  # of the writer of profiles alone
pkg_check_modules(simdjson REQUIRED IMPORTED_TARGET "simdjson>=3")
# Archives where there are some: of a shared library a server pays for whole pages, also those it never calls.
set(shared_suffixes ${CMAKE_FIND_LIBRARY_SUFFIXES})
set(CMAKE_FIND_LIBRARY_SUFFIXES .a ${shared_suffixes})
pkg_check_modules(liburing REQUIRED IMPORTED_TARGET "liburing>=2.3")
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(sqlite3 REQUIRED IMPORTED_TARGET "sqlite3>=3.36")  # the first whose memdb can be shared
pkg_check_modules(libdeflate REQUIRED IMPORTED_TARGET libdeflate)
pkg_check_modules(nettle REQUIRED IMPORTED_TARGET nettle)  # HMAC, base64
set(CMAKE_FIND_LIBRARY_SUFFIXES ${shared_suffixes})
target_link_libraries(PkgConfig::sqlite3 INTERFACE m ${CMAKE_DL_LIBS} Threads::Threads)
target_link_libraries(PkgConfig::re2 INTERFACE Threads::Threads)
find_path(DUEL_MUSTACHE_INCLUDE kainjow/mustache.hpp)      # templates; one header, included by one file
if(NOT DUEL_MUSTACHE_INCLUDE)
  message(FATAL_ERROR "kainjow/mustache.hpp is missing: install libkainjow-mustache-dev (tools/install)")
endif()

# Sanitizers bring their own malloc; jemalloc's readings are then absent (alloc::available() is false).
if(DUEL_SANITIZE)
  set(DUEL_JEMALLOC OFF)
else()
  set(DUEL_JEMALLOC ON)
  pkg_check_modules(jemalloc REQUIRED IMPORTED_TARGET "jemalloc>=5.3")
  # The C++ runtime's shared library alone is 1.4 MB resident. What is measured links the archives instead, and takes fmt
  # and jemalloc, whose shared libraries need it, from a header and an archive.
  find_library(DUEL_JEMALLOC_ARCHIVE libjemalloc_pic.a)
  if(CMAKE_BUILD_TYPE STREQUAL "Release" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND DUEL_JEMALLOC_ARCHIVE)
    set_property(TARGET PkgConfig::jemalloc PROPERTY INTERFACE_LINK_LIBRARIES
      ${DUEL_JEMALLOC_ARCHIVE} m ${CMAKE_DL_LIBS} Threads::Threads)
    set_property(TARGET PkgConfig::fmt PROPERTY INTERFACE_LINK_LIBRARIES)
    set_property(TARGET PkgConfig::fmt APPEND PROPERTY INTERFACE_COMPILE_DEFINITIONS FMT_HEADER_ONLY)
    add_link_options($<$<LINK_LANGUAGE:CXX>:-static-libstdc++> -static-libgcc)
  endif()
endif()

find_package(CLI11 REQUIRED)
if(DUEL_DEVELOPER)
  find_package(GTest REQUIRED)
  find_package(benchmark REQUIRED)
  find_package(nlohmann_json REQUIRED)
  pkg_check_modules(libseccomp REQUIRED IMPORTED_TARGET libseccomp)  # for tests of docker/seccomp.json
endif()

include(cmake/llhttp.cmake)
