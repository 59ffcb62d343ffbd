#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "router/gin/routing/find_slash.h"
#include "router/gin/routing/tree.h"

// For router.h: compiles a tree to straight-line code, with one function per node. The text of a node is compared word
// by word with constants, a switch chooses the child, and parameters are written to fixed positions. The priority is
// Gin's: static before parameter before catch-all. Unlike Gin's, the search is complete: on failure it goes back to the
// last choice.
namespace duel::gin::routing {

// The value of a parameter: a view into the request's path. Not a string_view, whose constructor would zero each
// element of an array for every request.
struct Param {
  const char* data;
  uint32_t size;

  std::string_view view() const { return {data, size}; }
};

namespace internal {

template <class Word>
[[gnu::always_inline]] inline bool word_is(const char* p, Word expected) {
  Word word;
  std::memcpy(&word, p, sizeof word);
  return word == expected;
}

template <class Word>
consteval Word word_of(std::string_view text) {
  uint64_t word = 0;
  for (size_t i = 0; i < sizeof(Word); ++i) word |= static_cast<uint64_t>(static_cast<uint8_t>(text[i])) << (8 * i);
  return static_cast<Word>(word);
}

}  // namespace internal

// kTree is a Tree. kFlat is the Flat that contains the texts of its nodes.
template <const auto& kTree, const auto& kFlat>
class Walk {
 public:
  // Returns the index of the route, or kNone. Sets one element of `params` per wildcard of the route.
  static int find(std::string_view path, Param* params) {
    return enter<0, 0>(path.data(), path.data(), path.data() + path.size(), params);
  }

 private:
  static constexpr const Node& node(int i) { return kTree.nodes[static_cast<size_t>(i)]; }
  static constexpr std::string_view text(int i) {
    return kFlat.pattern(static_cast<size_t>(node(i).pattern)).substr(node(i).at, node(i).size);
  }

  // Compares the bytes [At, size) of the text of node N. Uses overlapping words instead of single bytes.
  template <int N, size_t At>
  [[gnu::always_inline]] static bool same(const char* p) {
    using internal::word_is;
    using internal::word_of;
    constexpr std::string_view kText = text(N);
    constexpr size_t kSize = kText.size();
    constexpr size_t kLeft = kSize - At;
    if constexpr (kLeft == 0) {
      return true;
    } else if constexpr (kLeft >= 8) {
      return word_is(p + At, word_of<uint64_t>(kText.substr(At))) && same<N, At + 8>(p);
    } else if constexpr (At > 0 && kSize >= 8) {
      return word_is(p + kSize - 8, word_of<uint64_t>(kText.substr(kSize - 8)));
    } else if constexpr (kLeft >= 4) {
      return word_is(p + At, word_of<uint32_t>(kText.substr(At))) && same<N, At + 4>(p);
    } else if constexpr (At > 0 && kSize >= 4) {
      return word_is(p + kSize - 4, word_of<uint32_t>(kText.substr(kSize - 4)));
    } else if constexpr (kLeft >= 2) {
      return word_is(p + At, word_of<uint16_t>(kText.substr(At))) && same<N, At + 2>(p);
    } else {
      return p[At] == kText[At];
    }
  }

  // Continues in node N. The first `Known` bytes of its text are known to be at p. The arguments are separate, not a
  // struct, so that they stay in registers.
  template <int N, size_t Known>
  static int enter(const char* begin, const char* p, const char* end, Param* params) {
    constexpr const Node& kNode = node(N);
    if constexpr (kNode.kind == Node::Kind::kCatchAll) {
      params[kNode.params] = {p, static_cast<uint32_t>(end - p)};
      return node(kNode.wild).route;
    }
    constexpr bool kLeaf = kNode.count == 0 && kNode.wild == kNone;
    if constexpr (kNode.kind != Node::Kind::kParam && kNode.size > 0) {
      if (kLeaf ? end - p != kNode.size : end - p < kNode.size) return kNone;
      if (!same<N, Known>(p)) return kNone;
      if constexpr (kLeaf) return kNode.route;
      p += kNode.size;
    }
    if (p == end) return kNode.route;
    if constexpr (kNode.count > 0) {
      const int route = choose<N, 0>(begin, p, end, params);
      if constexpr (kNode.wild == kNone) return route;
      if (route != kNone) return route;
    }
    if constexpr (kNode.wild != kNone) {
      const char* slash = find_slash(begin, p, end);
      params[kNode.params] = {p, static_cast<uint32_t>(slash - p)};
      return enter<kNode.wild, 0>(begin, slash, end, params);
    }
    return kNone;
  }

  // The label of child First + i of node N: its first byte, or a negative number if there is no such child.
  template <int N, int First>
  static constexpr int label(int i) {
    return First + i < node(N).count ? node(node(N).first + First + i).key : -1 - i;
  }

  // A switch over the children of N from First on. The cases are macros, because a pack cannot expand to cases.
  template <int N, int First>
  [[gnu::always_inline]] static int choose(const char* begin, const char* p, const char* end, Param* params) {
    constexpr int kCount = node(N).count - First;
    constexpr int kFirst = node(N).first + First;
    const int byte = static_cast<uint8_t>(*p);
#define DUEL_CASE(i)                                                                  \
  case label<N, First>(i):                                                            \
    if constexpr ((i) < kCount) return enter<kFirst + (i), 1>(begin, p, end, params); \
    break;
#define DUEL_CASES_4(i) DUEL_CASE(i) DUEL_CASE((i) + 1) DUEL_CASE((i) + 2) DUEL_CASE((i) + 3)
#define DUEL_CASES_16(i) DUEL_CASES_4(i) DUEL_CASES_4((i) + 4) DUEL_CASES_4((i) + 8) DUEL_CASES_4((i) + 12)
    if constexpr (kCount == 1) {
      if (byte == label<N, First>(0)) return enter<kFirst, 1>(begin, p, end, params);
    } else if constexpr (kCount <= 4) {
      switch (byte) { DUEL_CASES_4(0) }
    } else if constexpr (kCount <= 16) {
      switch (byte) { DUEL_CASES_16(0) }
    } else {
      switch (byte) {
        DUEL_CASES_16(0)
        DUEL_CASES_16(16)
        default:
          if constexpr (kCount > 32) return choose<N, First + 32>(begin, p, end, params);
      }
    }
    return kNone;
#undef DUEL_CASES_16
#undef DUEL_CASES_4
#undef DUEL_CASE
  }
};

}  // namespace duel::gin::routing
