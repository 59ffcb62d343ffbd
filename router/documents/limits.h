// For the router styles: limits of the documents that a client sends.
#pragma once

#include <cstddef>

namespace duel::documents {

// Much deeper than the bodies that APIs get, and small enough for recursion.
inline constexpr size_t kMaxDepth = 64;

// Elements and attributes of XML, values of YAML. A reader may keep about a hundred bytes for each, but the shortest
// element has only four bytes: the limit holds the memory that a body can ask for to about 10 MB.
inline constexpr size_t kMaxValues = 100'000;

inline constexpr const char* kTooDeep = "is nested too deeply";
inline constexpr const char* kTooManyValues = "holds too many values";

}  // namespace duel::documents
