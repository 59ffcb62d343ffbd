# Compiler and linker flags of all targets. duel_room(TARGET) adds the include root and the warnings of the project.

set(DUEL_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast)
if(DUEL_DEVELOPER)
  list(APPEND DUEL_WARNINGS -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  list(APPEND DUEL_WARNINGS -Wno-restrict)  # GCC 12 warns about copies inside std::string (GCC bug 105329)
endif()

# Half of the time of an optimised build is the reading of headers. Such a build reads the standard headers that most sources include only once,
# as a precompiled header. Other builds read all headers for each source, and find an #include that is missing.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  set(DUEL_PRECOMPILES ON)
  if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # GCC 12 forgets in a precompiled header which headers are the system's, and warns of copies inside std::string.
    list(APPEND DUEL_WARNINGS -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
  endif()
endif()

# The compile-time trie of a large route table needs more evaluation steps than the compilers allow by default. A generator
# expression chooses the flag, because users of the installed package may compile with another compiler.
set(DUEL_CONSTEXPR_BUDGET $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fconstexpr-ops-limit=1000000000>
  $<$<COMPILE_LANG_AND_ID:CXX,Clang,AppleClang>:-fconstexpr-steps=200000000>)
add_compile_options(${DUEL_CONSTEXPR_BUDGET})

# llhttp and the search for slashes use SSE4.2. Every x86-64 server since 2009 has it.
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  add_compile_options(-march=x86-64-v2 -mtune=generic)
endif()
# Profilers need frame pointers. Their cost is not measurable here.
add_compile_options(-fno-omit-frame-pointer)
# Some libraries ask for it. A precompiled header needs the same macros in all sources.
add_compile_options(-pthread)
# Profiles of a release build need debug information to name functions, also inlined ones. It stays on disk. Nobody looks at its variables, and to
# follow them takes GCC a tenth of the time of a build.
add_compile_options($<$<CONFIG:Release>:-g> $<$<AND:$<CONFIG:Release>,$<COMPILE_LANG_AND_ID:CXX,GNU>>:-fno-var-tracking>)
# GCC collects its garbage later: a twentieth less time, for 50 MB more per compiler.
add_compile_options($<$<AND:$<CONFIG:Release>,$<COMPILE_LANG_AND_ID:CXX,GNU>>:--param=ggc-min-heapsize=262144>)
# The linker drops functions without callers. They would cost memory, because code becomes resident by whole pages.
add_compile_options($<$<CONFIG:Release>:-ffunction-sections> $<$<CONFIG:Release>:-fdata-sections>)
add_link_options($<$<CONFIG:Release>:-Wl,--gc-sections>)
# A profile identifies the program file by its build id.
add_link_options(-Wl,--build-id)

include(cmake/hardening.cmake)

if(DUEL_SANITIZE)
  add_compile_options(-fsanitize=${DUEL_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${DUEL_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Instrumented code misleads GCC 12: it warns of std::regex's own tables and of std::string's own copies.
    list(APPEND DUEL_WARNINGS -Wno-maybe-uninitialized -Wno-array-bounds)
  endif()
endif()

# What the libraries and the applications that include their headers must have in common (alloc/same_build.h). It is decided
# here, once, and not by the flags of the application.
string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
set(flags "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}} -fsanitize=${DUEL_SANITIZE}")
if(flags MATCHES "-fsanitize=[^ ]*address")
  set(DUEL_BUILD DUEL_POISON=2)
elseif(flags MATCHES "-DNDEBUG")
  set(DUEL_BUILD DUEL_POISON=0)
else()
  set(DUEL_BUILD DUEL_POISON=1)
endif()
if(flags MATCHES "-D_GLIBCXX_DEBUG")
  list(APPEND DUEL_BUILD DUEL_GLIBCXX_DEBUG=1)
endif()

function(duel_room target)
  target_include_directories(${target} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/duel>)
  target_compile_definitions(${target} PUBLIC ${DUEL_BUILD})
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:${DUEL_WARNINGS}>)
  if(DUEL_PRECOMPILES AND NOT target STREQUAL "duel_standard_headers")
    target_precompile_headers(${target} REUSE_FROM duel_standard_headers)
  endif()
endfunction()

if(DUEL_PRECOMPILES)
  set(source ${CMAKE_BINARY_DIR}/standard_headers.cc)
  file(CONFIGURE OUTPUT ${source} CONTENT "// Empty: only the precompiled header of this library is used.\n")
  add_library(duel_standard_headers STATIC ${source})
  duel_room(duel_standard_headers)
  target_precompile_headers(duel_standard_headers PRIVATE <algorithm> <any> <array> <atomic> <bit> <cerrno> <charconv> <chrono> <cmath>
    <cstddef> <cstdint> <cstdio> <cstring> <ctime> <filesystem> <functional> <map> <memory> <mutex> <optional> <span> <stdexcept> <string>
    <string_view> <system_error> <thread> <type_traits> <unordered_map> <utility> <variant> <vector>)
endif()

# A release build compiles the sources of these rooms several at a time, which reads the headers of the project less often. Other builds compile each
# source alone. A source stays alone (SKIP_UNITY_BUILD_INCLUSION) if its names in an anonymous namespace are those of another, or if only some
# programs link it.
#
# What is compiled together is inlined together: with twelve sources at a time a build takes a tenth less time, but a request of the Gin style
# (/json) and of the Beego style takes up to a tenth more instructions.
#
# A class of the library may have a member whose type is private to its source. g++ warns of it in a unit, where the source is not the main file.
# The warning is off here, and on in builds that compile each source alone.
function(duel_compile_together target)
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 6)
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-subobject-linkage>)
  endif()
endfunction()

# Of rooms whose code runs at the start of a program, or when a person asks for something: it should be compiled quickly. With -O1, GCC needs two thirds
# of the time of -O3.
function(duel_seldom_runs target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()
