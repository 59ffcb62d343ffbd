// For programs and tests that choose how heads are read (ServerOptions::head_scan).
#pragma once

#include <cstdint>

namespace duel::http {

// Who reads the head of a usual request. llhttp reads every other head. The result is the same for each value.
enum class HeadScan : uint8_t {
  kVector,    // the scanner of core/simple_head.h, 16 bytes at once; without SSSE3 (other processors) as kPortable
  kPortable,  // the same scanner, byte by byte
  kOff,       // llhttp
};

}  // namespace duel::http
