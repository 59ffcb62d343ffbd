# duel_room(NAME) gives a target the include root, the warnings and the sanitizers that every room has.

set(DUEL_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast)
if(DUEL_DEVELOPER)
  list(APPEND DUEL_WARNINGS -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  list(APPEND DUEL_WARNINGS -Wno-restrict)  # GCC 12 warns of std::string's own copies (its bug 105329)
endif()

# The compile-time trie of a large route table takes more evaluation steps than the compilers' defaults. Asked of the
# compiler that is used: the installed package says it on, and who takes that may have another one.
set(DUEL_CONSTEXPR_BUDGET $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fconstexpr-ops-limit=1000000000>
  $<$<COMPILE_LANG_AND_ID:CXX,Clang,AppleClang>:-fconstexpr-steps=200000000>)
add_compile_options(${DUEL_CONSTEXPR_BUDGET})

# SSE4.2 is on every x86-64 server since 2009; llhttp and the slash search use it.
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  add_compile_options(-march=x86-64-v2 -mtune=generic)
endif()
# Profilers walk frame pointers; they cost nothing measurable here.
add_compile_options(-fno-omit-frame-pointer)
# What is measured has names, those of inlined functions too, for profiles: they are on disk and never loaded.
add_compile_options($<$<CONFIG:Release>:-g>)
# What nobody calls is left out: code is resident by whole pages, whoever asked for a part of one.
add_compile_options($<$<CONFIG:Release>:-ffunction-sections> $<$<CONFIG:Release>:-fdata-sections>)
add_link_options($<$<CONFIG:Release>:-Wl,--gc-sections>)
# A profile names the very file that ran.
add_link_options(-Wl,--build-id)

include(cmake/hardening.cmake)

if(DUEL_SANITIZE)
  add_compile_options(-fsanitize=${DUEL_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${DUEL_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    list(APPEND DUEL_WARNINGS -Wno-maybe-uninitialized)  # instrumented code misleads it: std::regex's own tables
  endif()
endif()

function(duel_room target)
  target_include_directories(${target} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/duel>)
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:${DUEL_WARNINGS}>)
endfunction()
