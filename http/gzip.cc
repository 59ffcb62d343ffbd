#include "http/gzip.h"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <new>
#include <optional>

#include "http/grammar/ascii.h"
#include "http/grammar/token.h"

namespace duel::http {
namespace {

constexpr int kMaxWeight = 1000;
// Larger than nearly every answer. A larger buffer is released before the next answer.
constexpr size_t kKeptBufferBytes = 64 * 1024;

// A weight in thousandths (RFC 9110 §12.4.2); empty if it is malformed.
std::optional<int> parse_weight(std::string_view text) {
  constexpr size_t kLongest = 5;  // "0.123"
  if (text.empty() || text.size() > kLongest || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int weight = (text[0] - '0') * kMaxWeight;
  int digit = kMaxWeight / 10;
  for (const char c : text.substr(std::min<size_t>(2, text.size()))) {
    if (c < '0' || c > '9') return std::nullopt;
    weight += (c - '0') * digit;
    digit /= 10;
  }
  if (weight > kMaxWeight) return std::nullopt;
  return weight;
}

// The weight of a member such as "gzip;q=0.5".
std::optional<int> weight_of(std::string_view member) {
  const size_t semicolon = member.find(';');
  if (semicolon == std::string_view::npos) return kMaxWeight;
  const std::string_view parameter = grammar::trim(member.substr(semicolon + 1));
  if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) return std::nullopt;
  return parse_weight(parameter.substr(2));
}

bool depends_on_coding(const Response& response) {
  constexpr int kPartialContent = 206;
  return response.status() != kPartialContent && response.get("Content-Encoding").empty() &&
         response.get("Content-Range").empty() && may_shrink(response.get("Content-Type"));
}

// The compressed bytes differ from the plain bytes, so only a weak tag may name both (RFC 9110 §8.8.3).
void weaken_tag(Response& response) {
  constexpr size_t kLongestTag = 256;
  const std::string_view tag = response.get("ETag");
  if (tag.empty() || tag.starts_with("W/")) return;
  if (tag.size() + 2 > kLongestTag) return response.remove("ETag");
  std::array<char, kLongestTag> weak = {'W', '/'};
  tag.copy(weak.data() + 2, tag.size());
  response.set("ETag", {weak.data(), tag.size() + 2});
}

}  // namespace

bool accepts_gzip(const FieldList& fields) {
  std::optional<int> gzip;
  std::optional<int> any;
  std::optional<int> identity;
  const auto read = [&](std::string_view member) {
    const std::string_view coding = grammar::trim(member.substr(0, member.find(';')));
    const auto weight = weight_of(member);
    if (!weight) return;
    if (grammar::equal_fold_ascii(coding, "gzip") || grammar::equal_fold_ascii(coding, "x-gzip")) gzip = weight;
    if (grammar::equal_fold_ascii(coding, "identity")) identity = weight;
    if (coding == "*") any = weight;
  };
  for (const Field field : fields) {
    if (grammar::equal_fold_ascii(field.name, "Accept-Encoding")) grammar::for_each_member(field.value, read);
  }
  const int ours = gzip.value_or(any.value_or(0));
  return ours > 0 && ours >= identity.value_or(0);
}

Gunzip gunzip(std::string_view body, size_t max_bytes, std::string& to) {
  constexpr size_t kFirstRoom = 4096;
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> decompressor(
      libdeflate_alloc_decompressor(), &libdeflate_free_decompressor);
  if (!decompressor) throw std::bad_alloc();
  size_t room = std::min(max_bytes, kFirstRoom);
  for (size_t made = to.size(); !body.empty();) {
    to.resize(made + room);
    size_t read = 0;
    size_t written = 0;
    switch (libdeflate_gzip_decompress_ex(decompressor.get(), body.data(), body.size(), to.data() + made, room, &read,
                                          &written)) {
      case LIBDEFLATE_SUCCESS:
        body.remove_prefix(read);
        made += written;
        room = max_bytes - std::min(max_bytes, made);
        to.resize(made);
        continue;
      case LIBDEFLATE_INSUFFICIENT_SPACE:
        if (made + room >= max_bytes) return Gunzip::kTooLarge;
        room = std::min(max_bytes - made, 2 * room);
        continue;
      default:
        return Gunzip::kMalformed;
    }
  }
  return Gunzip::kDecoded;
}

bool may_shrink(std::string_view content_type) {
  constexpr std::array<std::string_view, 8> kPacked = {
      "image/",          "video/",           "audio/",           "font/woff",
      "application/zip", "application/gzip", "application/zstd", "application/x-7z-compressed"};
  if (content_type.starts_with("image/svg")) return true;
  return std::none_of(kPacked.begin(), kPacked.end(),
                      [&](std::string_view packed) { return content_type.starts_with(packed); });
}

Gzip::Gzip(GzipOptions options)
    : options_(options),
      compressor_(libdeflate_alloc_compressor(std::clamp(options.level, kMinGzipLevel, kMaxGzipLevel))) {
  if (compressor_ == nullptr) throw std::bad_alloc();
}

Gzip::~Gzip() {
  libdeflate_free_compressor(compressor_);
}

std::string_view Gzip::code(Response& response, std::string_view body) {
  if (body.size() < std::max<size_t>(options_.min_bytes, 1) || !depends_on_coding(response)) return body;
  response.vary("Accept-Encoding");
  if (!accepted_) return body;
  const std::string_view smaller = compress(body);
  if (smaller.empty()) return body;
  response.set("Content-Encoding", "gzip");
  weaken_tag(response);
  return smaller;
}

void Gzip::describe_not_modified(Response& response) {
  if (!depends_on_coding(response)) return;
  response.vary("Accept-Encoding");
  if (accepted_) weaken_tag(response);
}

// Empty if the body would not get smaller.
std::string_view Gzip::compress(std::string_view body) {
  if (body.size() > capacity_ || capacity_ > kKeptBufferBytes) {
    const size_t capacity = std::max(body.size(), kKeptBufferBytes);
    buffer_ = std::make_unique_for_overwrite<char[]>(capacity);
    capacity_ = capacity;  // after the allocation, which may throw
  }
  const size_t size = libdeflate_gzip_compress(compressor_, body.data(), body.size(), buffer_.get(), body.size() - 1);
  return {buffer_.get(), size};
}

}  // namespace duel::http
