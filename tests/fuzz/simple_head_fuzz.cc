#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

#include "tests/http/core/head_ways.h"

// Input: four bytes that choose the limit of the body and one changed byte, then a stream of requests.
//
// Checks for every request of the stream, split at every byte, that the scanner for simple heads in both its forms and
// llhttp agree: the scanner accepts nothing that llhttp refuses or still waits for, and both find the same request.
// Then the same with one changed byte, and again without the change: the scanners remember what they have seen.
namespace duel::http {
namespace {

using testing::HeadWays;

size_t check(const HeadWays::Verdict& verdict) {
  if (verdict.difference.empty()) return verdict.bytes;
  std::cerr << verdict.difference;
  std::abort();
}

void run(std::string_view stream, size_t changed_at, char change, uint64_t max_body) {
  constexpr int kRequests = 4;
  constexpr size_t kSplitsInTwo = 16;  // the scanners read every beginning; these also go through RequestParser
  HeadWays ways(max_body);
  for (int i = 0; i < kRequests && !stream.empty(); ++i) {
    const size_t bytes = check(ways.compare(stream, kSplitsInTwo));
    std::string changed(stream);
    char& byte = changed[changed_at % changed.size()];
    byte = static_cast<char>(byte ^ change);
    check(ways.compare_whole(changed));
    check(ways.compare_whole(stream));
    if (bytes == 0) return;
    stream.remove_prefix(bytes);
  }
}

}  // namespace
}  // namespace duel::http

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kControlBytes = 4;
  constexpr size_t kMaxStreamBytes = 4'096;
  constexpr uint64_t kMaxBody[] = {duel::http::limits::kMaxBodyBytes, 0, 5};
  if (size <= kControlBytes || size > kMaxStreamBytes) return 0;
  const size_t changed_at = data[1] | (size_t{data[2]} << 8U);
  const std::string_view stream(reinterpret_cast<const char*>(data) + kControlBytes, size - kControlBytes);
  duel::http::run(stream, changed_at, static_cast<char>(data[3]), kMaxBody[data[0] % std::size(kMaxBody)]);
  return 0;
}
