#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "router/gin/routing/tree.h"

#ifdef __SSE4_1__
#include <smmintrin.h>
#endif

// For router.h: the static routes of a method, which are the routes without wildcards, in a perfect hash. The path is
// loaded into a few vectors, the hash gives the only candidate, and one comparison decides. The only branch depends on
// the result. A tree has a branch at every byte where paths differ, and with paths in random order the processor
// mispredicts about half of them. A static route has priority over all other routes that match the same path, so the
// tree does not need the routes of the hash.
namespace duel::gin::routing::internal {

inline constexpr size_t kHashVector = 16;                   // bytes
inline constexpr size_t kMaxHashedBytes = 4 * kHashVector;  // longer routes stay in the tree
inline constexpr size_t kMaxUnhashedRoutes = 15;            // with so few routes the tree is as fast
inline constexpr size_t kPageSize = 4096;                   // bytes; the smallest page size

constexpr bool is_hashable(std::string_view pattern) {
  return pattern.size() <= kMaxHashedBytes && count_wildcards(pattern) == 0;
}

// Mixes the two halves of a product, so that every bit of both words changes the hash.
constexpr uint64_t hash_words(uint64_t low, uint64_t high) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(low ^ 0x9e3779b97f4a7c15) * (high ^ 0xd6e8feb86659fd93);
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

// XORs the words of eight bytes with even index into one word and those with odd index into another.
constexpr uint64_t hash_path(std::string_view text) {
  uint64_t words[2]{};
  for (size_t i = 0; i < text.size(); ++i) {
    words[i / 8 % 2] ^= static_cast<uint64_t>(static_cast<uint8_t>(text[i])) << i % 8 * 8;
  }
  return hash_words(words[0], words[1]);
}

// "Hash and displace": the low bits of a hash choose a bucket. Each bucket has a factor that maps its routes to slots
// of their own.
template <size_t kRoutes, size_t kVectors>
struct PerfectHash {
  static constexpr size_t kBuckets = std::bit_ceil(kRoutes / 2 + 1);
  static constexpr size_t kSlots = std::bit_ceil(kRoutes + kRoutes / 4);

  struct alignas(kHashVector) Entry {
    char text[kVectors * kHashVector]{};  // padded with zeros
    uint16_t size = 0;
    int16_t route = kNone;
  };

  std::array<uint16_t, kBuckets> factors{};
  std::array<uint16_t, kSlots> slots{};
  std::array<Entry, kRoutes + 1> entries{};  // the last entry has size 0 and stands for an empty slot

  static constexpr size_t bucket(uint64_t hash) { return hash % kBuckets; }
  static constexpr size_t slot(uint64_t hash, uint16_t factor) {
    return hash * factor >> (64 - std::countr_zero(kSlots));
  }

  // Fills the table. Returns false if that is impossible, because two routes have the same hash.
  constexpr bool place(const std::array<uint64_t, kRoutes>& hashes) {
    slots.fill(kRoutes);
    std::array<uint16_t, kBuckets> sizes{};
    for (const uint64_t hash : hashes) ++sizes[bucket(hash)];
    std::array<uint16_t, kRoutes> order{};  // bucket by bucket; the largest first, while most slots are free
    for (size_t i = 0; i < kRoutes; ++i) order[i] = static_cast<uint16_t>(i);
    const auto rank = [&](uint16_t route) { return sizes[bucket(hashes[route])] * kBuckets + bucket(hashes[route]); };
    std::sort(order.begin(), order.end(), [&](uint16_t a, uint16_t b) { return rank(a) > rank(b); });
    for (size_t i = 0; i < kRoutes; i += sizes[bucket(hashes[order[i]])]) {
      if (!place_bucket(hashes, order.data() + i, sizes[bucket(hashes[order[i]])])) return false;
    }
    return true;
  }

 private:
  static constexpr uint16_t kFactorLimit = 0x7fff;

  // Tries odd factors only, because a multiplication by an odd factor keeps all bits of the hash.
  constexpr bool place_bucket(const std::array<uint64_t, kRoutes>& hashes, const uint16_t* routes, size_t count) {
    for (uint16_t factor = 1; factor < kFactorLimit; factor = static_cast<uint16_t>(factor + 2)) {
      size_t placed = 0;
      for (; placed < count; ++placed) {
        uint16_t& taken = slots[slot(hashes[routes[placed]], factor)];
        if (taken != kRoutes) break;
        taken = routes[placed];
      }
      if (placed == count) {
        factors[bucket(hashes[routes[0]])] = factor;
        return true;
      }
      while (placed > 0) slots[slot(hashes[routes[--placed]], factor)] = kRoutes;
    }
    return false;
  }
};

// Chooses the routes for the hash and finds them. kPatterns is an array with the RouteText of each route of the method.
template <const auto& kPatterns>
class StaticRouteHash {
 private:
  static constexpr size_t kRoutes = [] {
    size_t count = 0;
    for (const RouteText& route : kPatterns) count += is_hashable(route.pattern);
    return count;
  }();
  static constexpr size_t kVectors = [] {
    size_t longest = 1;
    for (const RouteText& route : kPatterns) {
      if (is_hashable(route.pattern)) longest = std::max(longest, route.pattern.size());
    }
    return (longest + kHashVector - 1) / kHashVector;
  }();
  using Table = PerfectHash<kRoutes, kVectors>;

  struct Built {
    bool complete = false;
    Table table;
  };
  static constexpr Built kBuilt = [] {
    Built built;
    std::array<uint64_t, kRoutes> hashes{};
    size_t count = 0;
    for (const RouteText& route : kPatterns) {
      if (!is_hashable(route.pattern)) continue;
      typename Table::Entry& entry = built.table.entries[count];
      std::copy(route.pattern.begin(), route.pattern.end(), entry.text);
      entry.size = static_cast<uint16_t>(route.pattern.size());
      entry.route = route.id;
      hashes[count++] = hash_path(route.pattern);
    }
    built.complete = built.table.place(hashes);
    return built;
  }();

 public:
  static constexpr bool kUsed = [] {
#ifdef __SSE4_1__
    if constexpr (kRoutes > kMaxUnhashedRoutes && 2 * kRoutes > kPatterns.size()) return kBuilt.complete;
#endif
    return false;
  }();

  static constexpr bool has(std::string_view pattern) { return kUsed && is_hashable(pattern); }

#ifdef __SSE4_1__
  // Returns the id of the route, or kNone.
  [[gnu::always_inline]] static int find(std::string_view path) {
    constexpr size_t kBytes = kVectors * kHashVector;
    if (path.size() - 1 >= kBytes) return kNone;  // too long or empty
    alignas(kHashVector) char copy[kBytes];
    const char* from = path.data();
    // The loads below read some bytes after the end of the path and ignore them. This is safe as long as those bytes
    // are on the same page.
    if (reinterpret_cast<uintptr_t>(from) % kPageSize > kPageSize - kBytes) [[unlikely]] {
      std::memcpy(copy, from, path.size());
      from = copy;
    }
    __m128i words[kVectors];
    for (size_t i = 0; i < kVectors; ++i) {
      words[i] = _mm_and_si128(load_with_what_follows(from + i * kHashVector), mask(path.size(), i));
    }
    __m128i folded = words[0];
    for (size_t i = 1; i < kVectors; ++i) folded = _mm_xor_si128(folded, words[i]);
    const uint64_t hash = hash_words(static_cast<uint64_t>(_mm_cvtsi128_si64(folded)),
                                     static_cast<uint64_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(folded, folded))));
    const Table& table = kBuilt.table;
    const auto& entry = table.entries[table.slots[Table::slot(hash, table.factors[Table::bucket(hash)])]];
    __m128i different = _mm_setzero_si128();
    for (size_t i = 0; i < kVectors; ++i) {
      const __m128i text = _mm_load_si128(reinterpret_cast<const __m128i*>(entry.text) + i);
      different = _mm_or_si128(different, _mm_xor_si128(words[i], text));
    }
    const bool same = _mm_testz_si128(different, different) & (entry.size == path.size());
    return same ? entry.route : kNone;
  }

 private:
  [[gnu::no_sanitize_address, gnu::no_sanitize_thread]] static __m128i load_with_what_follows(const char* from) {
    asm("" : "+r"(from));  // NOLINT(hicpp-no-assembler): or the compiler warns if `from` is a short constant
    return *reinterpret_cast<const __m128i_u*>(from);
  }

  // A mask of the bytes in vector `i` that belong to a path of this size.
  [[gnu::always_inline]] static __m128i mask(size_t size, size_t i) {
    static constexpr auto kMasks = [] {
      std::array<char, 2 * kMaxHashedBytes> bytes{};
      std::fill_n(bytes.begin(), kMaxHashedBytes, '\xff');
      return bytes;
    }();
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(kMasks.data() + kMaxHashedBytes - size + i * kHashVector));
  }
#endif
};

}  // namespace duel::gin::routing::internal
