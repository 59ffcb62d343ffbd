#pragma once

#include <string>
#include <string_view>

namespace duel::alloc::profile::writer {

// For the profile writer: names of functions for people.

// Demangles a linker's symbol and removes parameters, template arguments, the result type and clone suffixes, as pprof
// does. `_ZNSt6vectorIiSaIiEE9push_backERKi` becomes std::vector::push_back. Other names are returned as they are.
std::string short_name(const std::string& symbol);

// The same for a demangled name. A name whose brackets do not match is returned as it is.
std::string without_arguments(std::string_view demangled);

// Whether the function is declared in the C++ standard library.
bool is_of_library(std::string_view short_name);

// Whether the function allocates on behalf of its caller: je_*, malloc and its family, operator new, and functions of
// the standard library. Heap profiles leave such frames out, so that a profile shows the callers.
bool allocates_for_others(std::string_view short_name);

}  // namespace duel::alloc::profile::writer
