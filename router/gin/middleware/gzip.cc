#include "router/gin/middleware/gzip.h"

#include <libdeflate.h>

#include <array>
#include <memory>
#include <optional>

#include "http/token.h"

namespace duel::gin {
namespace {

constexpr int kMostWeight = 1000;

// A weight in thousandths (RFC 9110 §12.4.2); nothing if it is malformed.
std::optional<int> parse_weight(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int weight = (text[0] - '0') * kMostWeight;
  int digit = kMostWeight / 10;
  for (const char c : text.substr(std::min<size_t>(2, text.size()))) {
    if (c < '0' || c > '9') return std::nullopt;
    weight += (c - '0') * digit;
    digit /= 10;
  }
  if (weight > kMostWeight) return std::nullopt;
  return weight;
}

// Of "gzip;q=0.5" the weight.
std::optional<int> weight_of(std::string_view member) {
  const size_t semicolon = member.find(';');
  if (semicolon == std::string_view::npos) return kMostWeight;
  const std::string_view parameter = http::trim(member.substr(semicolon + 1));
  if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) return std::nullopt;
  return parse_weight(parameter.substr(2));
}

bool shrinks(std::string_view type) {
  constexpr std::string_view kPacked[] = {
      "image/",          "video/",           "audio/",           "font/woff",
      "application/zip", "application/gzip", "application/zstd", "application/x-7z-compressed"};
  if (type.starts_with("image/svg")) return true;
  for (const std::string_view packed : kPacked) {
    if (type.starts_with(packed)) return false;
  }
  return true;
}

bool may_be_compressed(const Context& c, const GzipOptions& options) {
  const size_t size = c.response_body().size();
  if (c.streaming() || size == 0 || size < options.threshold_bytes || c.status() == 206) return false;
  if (!c.response_header("Content-Encoding").empty() || !c.response_header("Content-Range").empty()) return false;
  return shrinks(c.response_header("Content-Type"));
}

bool names(std::string_view list, std::string_view wanted) {
  bool named = false;
  http::for_each_member(
      list, [&](std::string_view member) { named |= member == "*" || http::equal_ignoring_case(member, wanted); });
  return named;
}

// Empty if it would not get smaller.
std::string_view compress(std::string_view body, int level, Arena& arena) {
  struct Free {
    void operator()(libdeflate_compressor* compressor) const { libdeflate_free_compressor(compressor); }
  };
  thread_local std::array<std::unique_ptr<libdeflate_compressor, Free>, kMostGzipLevel + 1> compressors;
  auto& compressor = compressors[static_cast<size_t>(level)];
  if (!compressor) compressor.reset(libdeflate_alloc_compressor(level));
  if (!compressor) return {};
  char* const to = arena.take(body.size());
  const size_t size = libdeflate_gzip_compress(compressor.get(), body.data(), body.size(), to, body.size() - 1);
  arena.shrink(to + size);
  return {to, size};
}

}  // namespace

bool accepts_gzip(std::string_view accept_encoding) {
  std::optional<int> gzip;
  std::optional<int> any;
  std::optional<int> identity;
  http::for_each_member(accept_encoding, [&](std::string_view member) {
    const std::string_view coding = http::trim(member.substr(0, member.find(';')));
    const auto weight = weight_of(member);
    if (!weight) return;
    if (http::equal_ignoring_case(coding, "gzip") || http::equal_ignoring_case(coding, "x-gzip")) gzip = weight;
    if (http::equal_ignoring_case(coding, "identity")) identity = weight;
    if (coding == "*") any = weight;
  });
  const int ours = gzip.value_or(any.value_or(0));
  return ours > 0 && ours >= identity.value_or(0);
}

void internal::compress_response(Context& c, const GzipOptions& options) {
  if (!may_be_compressed(c, options)) return;
  http::Response& response = c.response();  // the header counts as written for handlers, but nothing has left yet
  if (!names(response.get("Vary"), "Accept-Encoding")) response.add("Vary", "Accept-Encoding");
  if (!accepts_gzip(c.header("Accept-Encoding"))) return;
  const std::string_view smaller = compress(c.response_body(), options.level, c.arena());
  if (smaller.empty()) return;
  c.replace_body(stable(smaller));
  response.set("Content-Encoding", "gzip");
  // The compressed bytes are other bytes, so that the tag holds only for the content (RFC 9110 §8.8.3).
  const std::string_view tag = response.get("ETag");
  if (!tag.empty() && !tag.starts_with("W/")) {
    char* const weak = c.arena().take(tag.size() + 2);
    weak[0] = 'W';
    weak[1] = '/';
    tag.copy(weak + 2, tag.size());
    response.set("ETag", {weak, tag.size() + 2});
  }
}

}  // namespace duel::gin
