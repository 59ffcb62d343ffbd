#include "bench/load/hdr_text.h"

#include <libdeflate.h>
#include <nettle/base64.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <vector>

namespace duel::load {
namespace {

constexpr uint32_t kPlainCookie = 0x1c849313;       // V2, counts as variable-length integers
constexpr uint32_t kCompressedCookie = 0x1c849314;  // the same behind zlib
constexpr int kZlibLevel = 6;

void put_big_endian(std::string& to, uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) to += static_cast<char>(value >> (8 * i) & 0xff);
}

// ZigZag, then LEB128: seven bits per byte, the lowest first. The ninth byte, if it is needed, holds eight bits.
void put_varint(std::string& to, int64_t value) {
  uint64_t left = static_cast<uint64_t>(value) << 1 ^ (value < 0 ? ~uint64_t{0} : 0);
  for (int i = 0; i < 8 && left >= 0x80; ++i, left >>= 7) to += static_cast<char>((left & 0x7f) | 0x80);
  to += static_cast<char>(left);
}

// A count is a positive number; a run of n > 1 empty classes is the number -n.
std::string packed_counts(const std::vector<uint64_t>& counts) {
  std::string packed;
  for (size_t i = 0; i < counts.size();) {
    size_t end = i;
    while (end < counts.size() && counts[end] == 0) ++end;
    if (end - i > 1) {
      put_varint(packed, -static_cast<int64_t>(end - i));
      i = end;
    } else {
      put_varint(packed, static_cast<int64_t>(counts[i]));
      ++i;
    }
  }
  return packed;
}

std::string plain(const Histogram& histogram) {
  const std::string counts = packed_counts(histogram.counts());
  std::string bytes;
  put_big_endian(bytes, kPlainCookie, 4);
  put_big_endian(bytes, counts.size(), 4);
  put_big_endian(bytes, 0, 4);  // normalizing index offset
  put_big_endian(bytes, Histogram::kDigits, 4);
  put_big_endian(bytes, 1, 8);  // lowest value that is told from 0, in nanoseconds
  put_big_endian(bytes, static_cast<uint64_t>(Histogram::kMaxNs), 8);
  put_big_endian(bytes, std::bit_cast<uint64_t>(1.0), 8);  // conversion ratio
  return bytes + counts;
}

std::string compress(const std::string& bytes) {
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor(
      libdeflate_alloc_compressor(kZlibLevel), libdeflate_free_compressor);
  if (compressor == nullptr) throw std::bad_alloc();
  std::string compressed(libdeflate_zlib_compress_bound(compressor.get(), bytes.size()), '\0');
  compressed.resize(
      libdeflate_zlib_compress(compressor.get(), bytes.data(), bytes.size(), compressed.data(), compressed.size()));
  return compressed;
}

}  // namespace

std::string hdr_text(const Histogram& histogram) {
  const std::string compressed = compress(plain(histogram));
  std::string bytes;
  put_big_endian(bytes, kCompressedCookie, 4);
  put_big_endian(bytes, compressed.size(), 4);
  bytes += compressed;
  std::string text(BASE64_ENCODE_RAW_LENGTH(bytes.size()), '\0');
  base64_encode_raw(text.data(), bytes.size(), reinterpret_cast<const uint8_t*>(bytes.data()));
  return text;
}

}  // namespace duel::load
