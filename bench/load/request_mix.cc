#include "bench/load/request_mix.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "http/grammar/ascii.h"

namespace duel::load {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

std::string in_chunks(std::string_view body, size_t chunk_bytes) {
  std::string framed;
  while (!body.empty()) {
    const std::string_view chunk = body.substr(0, chunk_bytes);
    framed += fmt::format("{:x}\r\n{}\r\n", chunk.size(), chunk);
    body.remove_prefix(chunk.size());
  }
  return framed + "0\r\n\r\n";
}

PreparedRequest prepare(const RequestKind& kind, const std::string& authority, const std::string& trace_prefix) {
  PreparedRequest made;
  made.answer_has_no_body = kind.method == "HEAD";
  made.head = kind.method + " " + kind.target + " HTTP/1.1\r\nHost: " + authority + "\r\n";
  for (const std::string& header : kind.headers) made.head.append(header).append(kLineEnd);
  if (!trace_prefix.empty()) {
    made.head += "X-Trace-ID: " + trace_prefix;
    made.trace_at = made.head.size();
    made.head.append(RequestMix::kTraceDigits, '0').append(kLineEnd);
  }
  if (kind.chunk_bytes > 0) {
    made.head += "Transfer-Encoding: chunked\r\n";
    made.body = in_chunks(kind.body, kind.chunk_bytes);
  } else if (kind.has_body) {
    made.head += "Content-Length: " + std::to_string(kind.body.size()) + "\r\n";
    made.body = kind.body;
  }
  made.closing_head = made.head + "Connection: close\r\n\r\n";
  made.head += kLineEnd;
  return made;
}

// Smooth weighted round robin: each turn every kind gains its weight, the richest kind is taken and pays the sum.
std::vector<uint32_t> spread(const std::vector<RequestKind>& kinds) {
  int64_t sum = 0;
  for (const RequestKind& kind : kinds) sum += static_cast<int64_t>(kind.weight);
  std::vector<int64_t> credit(kinds.size());
  std::vector<uint32_t> sequence;
  for (int64_t i = 0; i < sum; ++i) {
    for (size_t k = 0; k < kinds.size(); ++k) credit[k] += static_cast<int64_t>(kinds[k].weight);
    const auto richest = std::max_element(credit.begin(), credit.end());
    *richest -= sum;
    sequence.push_back(static_cast<uint32_t>(richest - credit.begin()));
  }
  return sequence;
}

}  // namespace

RequestMix::RequestMix(const std::vector<RequestKind>& kinds, const std::string& authority,
                       const std::string& trace_prefix)
    : sequence_(spread(kinds)) {
  for (const RequestKind& kind : kinds) prepared_.push_back(prepare(kind, authority, trace_prefix));
}

std::array<char, RequestMix::kTraceDigits> RequestMix::trace_digits(uint64_t number) {
  std::array<char, kTraceDigits> digits{};
  for (size_t i = kTraceDigits; i-- > 0; number /= 16) digits[i] = http::grammar::kLowerHexDigits[number % 16];
  return digits;
}

}  // namespace duel::load
