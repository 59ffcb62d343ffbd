// For the router styles: limits of the documents that a client sends.
#pragma once

#include <cstddef>

namespace duel::documents {

// Much deeper than the bodies that APIs get, and small enough for recursion.
inline constexpr size_t kMaxDepth = 64;

// Much larger than the documents that APIs get. Readers keep several bytes for each, and a compressed body can be
// larger than the limit of bodies.
inline constexpr size_t kMaxBytes = size_t{4} << 20U;

// Elements and attributes of XML, values of YAML. A reader may keep about a hundred bytes for each, but the shortest
// element has only four bytes: the limit holds the memory of the values to some ten MB.
inline constexpr size_t kMaxValues = 100'000;

inline constexpr const char* kTooDeep = "is nested too deeply";
inline constexpr const char* kTooManyValues = "holds too many values";

}  // namespace duel::documents
