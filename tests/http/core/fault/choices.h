#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

namespace duel::http::testing {

// The source of a schedule's decisions: a seed, or the bytes of a fuzzer followed by a fixed seed. It has its own
// generator, so that a seed gives the same schedule with every standard library.
class Choices {
 public:
  explicit Choices(uint64_t seed) : state_(seed * 0x9e37'79b9'7f4a'7c15u + 1) {}
  explicit Choices(std::span<const uint8_t> bytes) : state_(1), bytes_(bytes) {}

  // A number from 0 to `n` - 1; `n` must not be 0.
  uint32_t below(uint32_t n) {
    if (bytes_.empty()) return static_cast<uint32_t>(next() % n);
    uint32_t value = bytes_.front();
    bytes_ = bytes_.subspan(1);
    for (; n > 256 && !bytes_.empty(); n /= 256, bytes_ = bytes_.subspan(1)) value = value << 8U | bytes_.front();
    return value % n;
  }
  bool one_in(uint32_t n) { return below(n) == 0; }
  size_t size_up_to(size_t most) { return 1 + below(static_cast<uint32_t>(most)); }

 private:
  uint64_t next() {  // xorshift64*
    state_ ^= state_ >> 12U;
    state_ ^= state_ << 25U;
    state_ ^= state_ >> 27U;
    return state_ * 0x2545'f491'4f6c'dd1du >> 33U;
  }

  uint64_t state_;
  std::span<const uint8_t> bytes_;
};

// The number in this variable of the environment, such as a seed; `otherwise` if the variable is not set.
inline uint64_t number_from(const char* variable, uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

}  // namespace duel::http::testing
