// For the options and the generator.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace duel::load {

// One kind of request.
struct RequestKind {
  uint64_t weight = 1;
  std::string method = "GET";
  std::string target = "/";
  std::vector<std::string> headers = {};  // "Name: value"
  std::string body = {};
  bool has_body = false;     // an empty body is a body: it gets Content-Length: 0
  uint64_t chunk_bytes = 0;  // more than 0: the body is sent in chunks of this size
};

// The bytes that are sent for each request of a kind. The body follows the head. It includes its chunk framing.
struct PreparedRequest {
  std::string head;          // if the connection stays open
  std::string closing_head;  // with Connection: close
  size_t trace_at = 0;       // where the 16 digits of the trace id stand in both heads; 0: there is none
  std::string body;
  bool answer_has_no_body = false;  // the method is HEAD
};

// Which request is sent when. Immutable, so that threads can share it.
class RequestMix {
 public:
  // The sum of the weights must not exceed this; it bounds the memory of the sequence.
  static constexpr uint64_t kMaxWeights = 100'000;
  static constexpr size_t kTraceDigits = 16;

  // `kinds` is not empty. If `trace_prefix` is not empty, every request has the field X-Trace-ID with the prefix and
  // its number in 16 hexadecimal digits.
  RequestMix(const std::vector<RequestKind>& kinds, const std::string& authority, const std::string& trace_prefix);

  // Every block of as many requests as the sum of the weights contains each kind exactly as often as its weight, and
  // spreads it evenly.
  const PreparedRequest& kind_of(uint64_t number) const { return prepared_[sequence_[number % sequence_.size()]]; }

  static std::array<char, kTraceDigits> trace_digits(uint64_t number);

 private:
  std::vector<PreparedRequest> prepared_;
  std::vector<uint32_t> sequence_;
};

}  // namespace duel::load
