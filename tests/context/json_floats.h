#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>

// The floating-point numbers of the table "JSON values" (tests/data/context/FORMAT.md), which gives their bits.
namespace duel::context {

inline constexpr uint64_t kDoubles[] = {
    0x0000000000000000, 0x8000000000000000, 0x3ff0000000000000, 0xbff8000000000000, 0x3fb999999999999a,
    0x3fd3333333333334, 0x3fd5555555555555, 0x4059000000000000, 0x412e848000000000, 0x419d6f3454800000,
    0x430c6bf526340000, 0x4341c37937e08000, 0x4376345785d8a000, 0x4340000000000000, 0x4415af1d78b58c40,
    0x441ac53a7e04bcda, 0x444b1ae4d6e2ef48, 0x444b1ae4d6e2ef50, 0x4454542ba12a337c, 0xc44b1ae4d6e2ef50,
    0x4480f0cf064dd592, 0x44b52d02c7e14af6, 0x54b249ad2594c37d, 0x3ee9e3abe16fc70d, 0x3ee4f8b588e368f1,
    0x3eb0c6f7a0b5ed8d, 0x3eb0c2ac1dbbe3d8, 0x3e7ad7f29abcaf48, 0xbe7ad7f29abcaf48, 0x3e19c511dc3a41df,
    0x3ddb7cdfd9d7bdbb, 0x2b417f7d4ed8c33e, 0x7fefffffffffffff, 0x0000000000000001, 0x0010000000000000,
    0xffefffffffffffff, 0x4011666666666666, 0x3eb4b3fd5942cd96, 0x41b1de784a000000, 0x44dfe185ca57c517,
    0x390b860bde023111};
inline constexpr uint32_t kFloats[] = {0x3dcccccd, 0x3e99999a, 0x4b800000, 0x4b800000, 0x7f7fffff,
                                       0x00000001, 0x6258d727, 0x60ad78ec, 0x358637bd, 0x33d6bf95,
                                       0x40490fdb, 0x00800000, 0x47f12065, 0xc0200000};

inline constexpr size_t kFirstDouble = 11;  // the row of kDoubles[0]
inline constexpr size_t kFirstFloat = kFirstDouble + std::size(kDoubles);
inline constexpr size_t kAfterFloats = kFirstFloat + std::size(kFloats);

inline bool is_double(size_t row) {
  return row >= kFirstDouble && row < kFirstFloat;
}
inline bool is_float(size_t row) {
  return row >= kFirstFloat && row < kAfterFloats;
}

// For a row of a double, and for a row of a float.
inline double double_of(size_t row) {
  return std::bit_cast<double>(kDoubles[row - kFirstDouble]);
}
inline float float_of(size_t row) {
  return std::bit_cast<float>(kFloats[row - kFirstFloat]);
}

}  // namespace duel::context
