#pragma once

#include <string>
#include <string_view>

namespace duel::alloc::profile::writer {

// A name for people, of a linker's symbol: demangled, without parameters, template arguments, result and clones, as
// pprof's own names are. `_ZNSt6vectorIiSaIiEE9push_backERKi` is std::vector::push_back. What is no C++ name stays.
std::string short_name(const std::string& symbol);

// Of a demangled name. Parentheses and angles that do not match leave it as it is.
std::string without_arguments(std::string_view demangled);

// Whether a function is declared in the standard library.
bool is_of_library(std::string_view short_name);

// Whether a frame belongs to the allocator or to the standard library, which allocate for somebody: it is of interest
// for whom. True for je_*, malloc and its family, operator new, and what is declared in std.
bool allocates_for_others(std::string_view short_name);

}  // namespace duel::alloc::profile::writer
