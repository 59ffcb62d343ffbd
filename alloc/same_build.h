#pragma once

#include <version>

// What an application and the libraries must have in common. CMake passes the libraries' values to their users
// (cmake/compiler.cmake); this file refuses a mix that would link and then fail.
//
// All other flags may differ: optimisation, NDEBUG, sanitizers, -m flags, the standard from C++20 on, g++ or clang.

#define DUEL_POISON_NONE 0
#define DUEL_POISON_BYTES 1
#define DUEL_POISON_ASAN 2
#ifndef DUEL_POISON
#error "DUEL_POISON is not defined: use find_package(duel) and link a target of duel, which defines it"
#endif

// This macro changes the size of every container, so the objects of the libraries would have another layout here.
#if defined(_GLIBCXX_DEBUG) && !defined(DUEL_GLIBCXX_DEBUG)
#error \
    "_GLIBCXX_DEBUG is defined, but duel was built without it: build duel with the same flags (CMAKE_CXX_FLAGS), or use _GLIBCXX_ASSERTIONS"
#elif !defined(_GLIBCXX_DEBUG) && defined(DUEL_GLIBCXX_DEBUG)
#error "_GLIBCXX_DEBUG is not defined, but duel was built with it: define it, or build duel without it"
#endif

// The containers report their unused capacity to AddressSanitizer, which must see every change of it.
#if defined(_GLIBCXX_SANITIZE_VECTOR) && DUEL_POISON != DUEL_POISON_ASAN
#error \
    "_GLIBCXX_SANITIZE_VECTOR is defined, but duel was built without AddressSanitizer: build duel with DUEL_SANITIZE=address"
#endif

#ifndef __GLIBCXX__
#error "duel was built with libstdc++: compile without -stdlib=libc++"
#elif !_GLIBCXX_USE_CXX11_ABI
#error "duel was built with the C++11 ABI of libstdc++: compile without -D_GLIBCXX_USE_CXX11_ABI=0"
#endif
#ifndef __cpp_exceptions
#error "duel reports errors by exceptions: compile without -fno-exceptions"
#endif
