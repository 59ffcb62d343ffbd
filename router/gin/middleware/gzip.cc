#include "router/gin/middleware/gzip.h"

#include <libdeflate.h>

#include <array>
#include <memory>

#include "http/gzip.h"
#include "http/token.h"

namespace duel::gin {
namespace {

bool may_be_compressed(const Context& c, const GzipOptions& options) {
  const size_t size = c.response_body().size();
  if (c.streaming() || size == 0 || size < options.threshold_bytes || c.status() == 206) return false;
  if (!c.response_header("Content-Encoding").empty() || !c.response_header("Content-Range").empty()) return false;
  return http::may_shrink(c.response_header("Content-Type"));
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
