#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "http/grammar/ascii.h"
#include "tests/http/core/parser_feed.h"

// Input: four bytes that choose the limit of the body and the splits of the stream, then the stream.
//
// Checks for every request of the stream: all splits give the same result; the parsed request, written in its plainest
// form, is parsed as the same request again (request smuggling needs two readers that disagree); and the guarantees of
// Request hold.
namespace duel::http {
namespace {

using testing::feed;
using testing::feed_bytewise;
using testing::feed_whole;
using testing::Outcome;
using testing::Seen;

void check(bool holds, const char* what, std::string_view stream, const Outcome& expected, const Outcome& got = {}) {
  if (holds) return;
  std::cerr << what << "\nstream (" << stream.size() << "): " << stream << "\nfirst: " << expected << "\nthen:  " << got
            << '\n';
  std::abort();
}

// A request may be both too large and malformed. The split decides which error is found first.
bool agree(const Outcome& a, const Outcome& b) {
  const auto is_limit = [](int status) { return status == 413 || status == 414 || status == 431; };
  if (a.status == core::RequestParser::Status::kError && b.status == core::RequestParser::Status::kError) {
    return a.error_status == b.error_status || is_limit(a.error_status) || is_limit(b.error_status);
  }
  return a == b;
}

// Has its own generator, so that an input gives the same result with every standard library.
class Cuts {
 public:
  explicit Cuts(uint32_t seed) : state_(seed | 1U) {}
  size_t next(size_t most) {
    state_ = state_ * 1664525U + 1013904223U;
    return 1 + (state_ >> 8U) % most;
  }

 private:
  uint32_t state_;
};

std::vector<std::string_view> cut(std::string_view stream, uint32_t seed) {
  constexpr size_t kPieceBytes[] = {1, 3, 17, 200, 5'000};
  Cuts cuts(seed);
  std::vector<std::string_view> pieces;
  for (; !stream.empty(); stream.remove_prefix(pieces.back().size())) {
    pieces.push_back(stream.substr(0, cuts.next(kPieceBytes[seed % std::size(kPieceBytes)])));
  }
  return pieces;
}

bool is_framing(std::string_view name) {
  return grammar::equal_fold_ascii(name, "Transfer-Encoding") || grammar::equal_fold_ascii(name, "Content-Length");
}

std::string in_plain_form(const Seen& request) {
  std::string plain =
      request.method_name + " " + request.target + " HTTP/1." + std::to_string(request.minor_version) + "\r\n";
  for (const auto& [name, value] : request.fields) {
    if (!is_framing(name)) plain.append(name).append(": ").append(value).append("\r\n");
  }
  return plain + "Content-Length: " + std::to_string(request.body.size()) + "\r\n\r\n" + request.body;
}

void check_promises(std::string_view stream, const Outcome& outcome, uint64_t max_body) {
  const Seen& request = outcome.request;
  const bool tunnel = request.method == Method::kConnect;
  check(outcome.consumed > 0 && outcome.consumed <= stream.size(), "consumed", stream, outcome);
  check(request.body.size() <= max_body, "body limit", stream, outcome);
  check(request.fields.size() <= limits::kFieldCount, "field limit", stream, outcome);
  check(request.target.size() <= limits::kRequestLineBytes, "target limit", stream, outcome);
  check(tunnel || request.path == "*" || request.path.starts_with('/'), "path", stream, outcome);
  check(request.path.find_first_of("?# \r\n") == std::string::npos, "byte in the path", stream, outcome);
  check(request.minor_version == 0 || !request.fields.empty(), "HTTP/1.1 without Host", stream, outcome);
  for (const auto& [name, value] : request.fields) {
    check(name.find_first_of(" \t:\r\n") == std::string::npos && !name.empty(), "field name", stream, outcome);
    check(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos, "field value", stream, outcome);
  }
}

void check_plain_form(std::string_view stream, const Outcome& outcome, uint64_t max_body) {
  const Seen& request = outcome.request;
  const std::string plain = in_plain_form(request);
  // The plain form adds a space after colons, and perhaps a Content-Length: near a limit, it may exceed the limit.
  if (plain.size() - request.body.size() > limits::kHeadBytes || request.fields.size() == limits::kFieldCount) return;
  const Outcome again = feed_whole(plain, max_body);
  check(again.complete(), "plain form not understood", plain, outcome, again);
  Seen expected = request;
  std::erase_if(expected.fields, [](const auto& field) { return is_framing(field.first); });
  Seen got = again.request;
  std::erase_if(got.fields, [](const auto& field) { return is_framing(field.first); });
  check(got == expected, "plain form differs", stream, outcome, again);
}

void run(std::string_view stream, uint32_t seed, uint64_t max_body) {
  constexpr int kRequests = 20;
  for (int i = 0; i < kRequests && !stream.empty(); ++i) {
    const Outcome whole = feed_whole(stream, max_body);
    const Outcome pieces = feed(cut(stream, seed), max_body);
    check(agree(pieces, whole), "cut at random", stream, whole, pieces);
    if (stream.size() < 2'000) {
      const Outcome bytes = feed_bytewise(stream, max_body);
      check(agree(bytes, whole), "byte by byte", stream, whole, bytes);
    }
    if (!whole.complete()) return;
    check_promises(stream, whole, max_body);
    check_plain_form(stream, whole, max_body);
    stream.remove_prefix(whole.consumed);
  }
}

}  // namespace
}  // namespace duel::http

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr size_t kControlBytes = 4;
  constexpr uint64_t kMaxBody[] = {0, 5, 100, duel::http::limits::kMaxBodyBytes};
  if (size < kControlBytes) return 0;
  const uint32_t seed = data[1] | (uint32_t{data[2]} << 8U) | (uint32_t{data[3]} << 16U);
  const std::string_view stream(reinterpret_cast<const char*>(data) + kControlBytes, size - kControlBytes);
  duel::http::run(stream, seed, kMaxBody[data[0] % std::size(kMaxBody)]);
  return 0;
}
