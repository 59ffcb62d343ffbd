#include "http/core/simple_head.h"

#if defined(__SSSE3__)
#include <tmmintrin.h>
#endif

#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "http/core/request_rules.h"
#include "http/grammar/ascii.h"

// The grammar of a request with a simple head. It is a part of that of RFC 9112; quoted texts are case-sensitive.
//
//   request = method SP "/" *PATH [ "?" *QUERY ] " HTTP/1.1" CRLF 1*field CRLF
//   method  = a method of kMethods
//   field   = 1*NAME ":" [ SP ] value CRLF
//   value   = VALUE *( VALUE / SP ) that does not end in SP
//
// The sets PATH, QUERY, NAME and VALUE are below. The names of kRules have further rules. The limits are those of
// limits.h; head and body together have at most limits::kHeadBytes.
namespace duel::http::core {
namespace {

using namespace std::string_view_literals;

// --- The tables ---

// A set of ASCII characters, as a table that one instruction (PSHUFB) looks up for 16 bytes: `c` is in the set if
// rows[c % 16] has the bit c / 16.
struct ByteSet {
  alignas(16) std::array<uint8_t, 16> rows{};

  constexpr void add(unsigned c) { rows[c % 16] = static_cast<uint8_t>(rows[c % 16] | 1U << (c / 16)); }
  constexpr bool contains(uint8_t c) const { return c < 128 && (rows[c % 16] >> (c / 16) & 1) != 0; }
};

constexpr ByteSet visible_except(std::string_view excluded) {
  ByteSet set;
  for (unsigned c = 0; c < 128; ++c) {
    const char byte = static_cast<char>(c);
    if (grammar::is_visible_ascii(byte) && excluded.find(byte) == std::string_view::npos) set.add(c);
  }
  return set;
}

// request_rules.cc: a percent-encoding must be checked, and a URI contains none of the others.
constexpr ByteSet kPath = visible_except(R"(%?#<>\^`{})");
constexpr ByteSet kQuery = visible_except("#<>");
constexpr ByteSet kName = visible_except(R"("(),/:;<=>?@[\]{})");  // a token: RFC 9110 §5.6.2
constexpr ByteSet kValue = [] {
  ByteSet set = visible_except("");
  set.add(' ');
  return set;
}();

struct MethodRow {
  std::string_view text;  // with the space that follows; at most 8 bytes
  Method method;
};
constexpr std::array kMethods = {
    MethodRow{"GET ", Method::kGet},         MethodRow{"POST ", Method::kPost},   MethodRow{"HEAD ", Method::kHead},
    MethodRow{"PUT ", Method::kPut},         MethodRow{"PATCH ", Method::kPatch}, MethodRow{"DELETE ", Method::kDelete},
    MethodRow{"OPTIONS ", Method::kOptions},
};

enum class Rule : uint8_t {
  kHost,        // exactly one, and is_valid_host()
  kConnection,  // "keep-alive" or "close", in any letter case; one "close" is enough to close
  kLength,      // at most one, of 1 to 7 digits: the size of the body, which has arrived and is not too large
  kNotSimple,   // changes where the request ends, or llhttp or request_rules.h have rules for the value
};
struct RuleRow {
  std::string_view name;  // in lower case
  Rule rule;
};
constexpr std::array kRules = {
    RuleRow{"host", Rule::kHost},
    RuleRow{"expect", Rule::kNotSimple},
    RuleRow{"upgrade", Rule::kNotSimple},
    RuleRow{"connection", Rule::kConnection},
    RuleRow{"content-length", Rule::kLength},
    RuleRow{"proxy-connection", Rule::kNotSimple},
    RuleRow{"transfer-encoding", Rule::kNotSimple},
};

constexpr std::string_view kVersion = " HTTP/1.1\r\n";
constexpr std::string_view kLineEnd = "\r\n";
constexpr size_t kMaxLengthDigits = 7;  // more than a simple request can have, and no overflow
// The shortest simple request.
constexpr size_t kMinBytes = "GET / HTTP/1.1\r\nHost:a\r\n\r\n"sv.size();

// --- The tables in a form for quick lookups ---

struct MethodWord {
  uint64_t word = 0;
  uint64_t mask = 0;
  uint32_t size = 0;
  Method method = Method::kOther;
};
constexpr auto kMethodWords = [] {
  std::array<MethodWord, kMethods.size()> words{};
  for (size_t i = 0; i < words.size(); ++i) {
    std::array<char, 8> word{};
    std::array<char, 8> mask{};
    for (size_t at = 0; at < kMethods[i].text.size(); ++at) {
      word[at] = kMethods[i].text[at];
      mask[at] = '\xFF';
    }
    words[i] = {std::bit_cast<uint64_t>(word), std::bit_cast<uint64_t>(mask),
                static_cast<uint32_t>(kMethods[i].text.size()), kMethods[i].method};
  }
  return words;
}();

// All names of kRules have different sizes, so the size of a name finds its only candidate, and the first four letters
// exclude most other names.
struct Candidate {
  uint32_t first_letters = 0;
  uint8_t row = 0;
};
constexpr size_t kMaxRuleName = kRules.back().name.size();
constexpr auto kCandidates = [] {
  std::array<Candidate, kMaxRuleName + 1> by_size{};
  for (size_t i = 0; i < kRules.size(); ++i) {
    const std::string_view name = kRules[i].name;
    const std::array<char, 4> letters{name[0], name[1], name[2], name[3]};
    if (by_size[name.size()].first_letters != 0) throw "two names of kRules have the same size";
    by_size[name.size()] = {std::bit_cast<uint32_t>(letters), static_cast<uint8_t>(i)};
  }
  return by_size;
}();

template <typename Word>
Word word_at(const char* at) {
  Word word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// Null if the method is not in the table.
const MethodWord* method_at(const char* at) {
  const auto word = word_at<uint64_t>(at);
  for (const MethodWord& method : kMethodWords) {
    if ((word & method.mask) == method.word) return &method;
  }
  return nullptr;
}

// Whether `name` may be a name of kRules. Never false for a name of kRules.
bool may_have_rule(std::string_view name) {
  constexpr uint32_t kToLowerCase = 0x20202020;  // changes other bytes too, so the name must still be compared
  return name.size() <= kMaxRuleName &&
         (word_at<uint32_t>(name.data()) | kToLowerCase) == kCandidates[name.size()].first_letters;
}

// --- The two ways to search ---

// skip() returns the first byte at or after `at` that is not in the set. If all bytes before `end` are in the set, it
// returns `end` or a later byte.

// is_same() compares `size` bytes, at least kMinCompared. It takes the same time wherever they differ: other clients'
// fields may contain secrets.
constexpr size_t kMinCompared = 16;

struct Portable {
  static const char* skip(const char* at, const char* end, const ByteSet& set) {
    while (at < end && set.contains(static_cast<uint8_t>(*at))) ++at;
    return at;
  }
  static bool is_same(const char* one, const char* other, size_t size) {
    int difference = 0;
    for (size_t i = 0; i < size; ++i) difference |= one[i] ^ other[i];
    return difference == 0;
  }
};

#if defined(__SSSE3__)
struct Vector {
  static __m128i load(const void* at) { return _mm_loadu_si128(static_cast<const __m128i*>(at)); }

  static const char* skip(const char* at, const char* end, const ByteSet& set) {
    // Bit c / 16 for bytes below 128. For other bytes, PSHUFB gives 0 for the row.
    const __m128i bits = _mm_set1_epi64x(static_cast<int64_t>(0x8040'2010'0804'0201));
    const __m128i low_half = _mm_set1_epi8(0x0F);
    for (; at < end; at += sizeof(__m128i)) {
      const __m128i bytes = load(at);
      const __m128i row = _mm_shuffle_epi8(load(set.rows.data()), bytes);
      const __m128i bit = _mm_shuffle_epi8(bits, _mm_and_si128(_mm_srli_epi16(bytes, 4), low_half));
      const __m128i outside = _mm_cmpeq_epi8(_mm_and_si128(row, bit), _mm_setzero_si128());
      const auto mask = static_cast<unsigned>(_mm_movemask_epi8(outside));
      if (mask != 0) return at + std::countr_zero(mask);
    }
    return at;
  }
  static bool is_same(const char* one, const char* other, size_t size) {
    __m128i same = equal_bytes(one + size - sizeof(__m128i), other + size - sizeof(__m128i));  // may overlap the others
    for (size_t at = 0; at + sizeof(__m128i) <= size; at += sizeof(__m128i)) {
      same = _mm_and_si128(same, equal_bytes(one + at, other + at));
    }
    return _mm_movemask_epi8(same) == 0xFFFF;
  }

 private:
  static __m128i equal_bytes(const char* one, const char* other) { return _mm_cmpeq_epi8(load(one), load(other)); }
};
#else
using Vector = Portable;
#endif

bool is_line_end(const char* at) {
  return std::memcmp(at, kLineEnd.data(), kLineEnd.size()) == 0;
}

}  // namespace

// --- The scanner ---

template <typename Bytes>
size_t SimpleHeads::read_with(SimpleHeads& heads, const char* base, const char* end, Request& request) {
  if (static_cast<size_t>(end - base) < kMinBytes) return 0;
  if (static_cast<size_t>(end - base) > limits::kHeadBytes) end = base + limits::kHeadBytes;
  const MethodWord* const method = method_at(base);
  if (method == nullptr) return 0;
  const char* const target = base + method->size;
  if (*target != '/') return 0;
  const char* const path_end = Bytes::skip(target + 1, end, kPath);
  const char* const query = *path_end == '?' ? path_end + 1 : path_end;
  const char* const target_end = *path_end == '?' ? Bytes::skip(query, end, kQuery) : path_end;
  if (std::memcmp(target_end, kVersion.data(), kVersion.size()) != 0) return 0;
  if (static_cast<size_t>(target_end - target) > limits::kRequestLineBytes) return 0;
  const char* const fields = target_end + kVersion.size();
  if (!heads.is_remembered<Bytes>(fields, end) && !heads.read_fields<Bytes>(fields, end)) return 0;

  const Fields& found = heads.found_;
  const char* const body = fields + found.size;
  if (found.body_size > static_cast<size_t>(end - body)) return 0;
  request.method = method->method;
  request.minor_version = 1;
  request.keep_alive = found.keep_alive;
  request.method_name = {base, method->size - 1};
  request.target = {target, target_end};
  request.path = {target, path_end};
  request.query = {query, target_end};
  request.host = {fields + found.host_at, found.host_size};
  request.fields = {fields, heads.spans_.data(), found.count};
  request.body = {body, found.body_size};
  return static_cast<size_t>(body - base) + found.body_size;
}

template <typename Bytes>
bool SimpleHeads::is_remembered(const char* begin, const char* end) const {
  return remembered_size_ != 0 && end - begin >= static_cast<ptrdiff_t>(remembered_size_) &&
         Bytes::is_same(begin, remembered_.data(), remembered_size_);
}

// Sets found_ and spans_. Returns false if the fields are not simple or not complete. Every byte that a result depends
// on is before `end`: the empty line must be, and it is behind all others.
template <typename Bytes>
bool SimpleHeads::read_fields(const char* const begin, const char* const end) {
  found_ = {};
  remembered_size_ = 0;
  const char* at = begin;
  while (end - at >= static_cast<ptrdiff_t>(kLineEnd.size()) && *at != '\r') {
    const char* const name = at;
    const char* const name_end = Bytes::skip(name, end, kName);
    if (*name_end != ':' || name_end == name || found_.count == spans_.size()) return false;
    const char* const value = name_end + (name_end[1] == ' ' ? 2 : 1);
    const char* const value_end = Bytes::skip(value, end, kValue);
    at = value_end + kLineEnd.size();
    if (at > end || !is_line_end(value_end)) return false;
    if (value_end == value || *value == ' ' || value_end[-1] == ' ') return false;
    const std::string_view name_text(name, name_end);
    if (may_have_rule(name_text) && !apply_rule(name_text, {value, value_end}, begin)) return false;
    spans_[found_.count++] = {.name_at = static_cast<uint32_t>(name - begin),
                              .value_at = static_cast<uint32_t>(value - begin),
                              .name_size = static_cast<uint16_t>(name_text.size()),
                              .value_size = static_cast<uint16_t>(value_end - value)};
  }
  found_.size = static_cast<uint32_t>(at + kLineEnd.size() - begin);
  if (end - at < static_cast<ptrdiff_t>(kLineEnd.size()) || !is_line_end(at) || found_.host_size == 0) return false;
  if (found_.size >= kMinCompared && found_.size <= remembered_.size()) {
    std::memcpy(remembered_.data(), begin, found_.size);
    remembered_size_ = found_.size;
  }
  return true;
}

// `name` has the size of a name of kRules. Returns false if the field is not simple.
bool SimpleHeads::apply_rule(std::string_view name, std::string_view value, const char* begin) {
  const RuleRow& row = kRules[kCandidates[name.size()].row];
  if (!grammar::equal_fold_ascii(name, row.name)) return true;
  switch (row.rule) {
    case Rule::kHost:
      if (found_.host_size != 0 || !is_valid(value)) return false;
      found_.host_at = static_cast<uint32_t>(value.data() - begin);
      found_.host_size = static_cast<uint16_t>(value.size());
      return true;
    case Rule::kConnection:
      if (grammar::equal_fold_ascii(value, "keep-alive"sv)) return true;
      found_.keep_alive = false;
      return grammar::equal_fold_ascii(value, "close"sv);
    case Rule::kLength:
      return read_length(value);
    case Rule::kNotSimple:
      return false;
  }
  return false;
}

bool SimpleHeads::read_length(std::string_view digits) {
  if (std::exchange(found_.has_length, true) || digits.size() > kMaxLengthDigits) return false;
  for (const char digit : digits) {
    if (!grammar::is_digit(digit)) return false;
    found_.body_size = 10 * found_.body_size + static_cast<uint32_t>(digit - '0');
  }
  return found_.body_size <= max_body_;
}

// Most clients send the same Host, so the last valid one is not examined again.
bool SimpleHeads::is_valid(std::string_view host) {
  if (host == std::string_view(host_.data(), host_size_)) return true;
  if (!is_valid_host(host)) return false;
  if (host.size() <= host_.size()) host_size_ = host.copy(host_.data(), host_.size());
  return true;
}

SimpleHeads::SimpleHeads(HeadScan scan, uint64_t max_body) : read_(reader(scan)), max_body_(max_body) {}

SimpleHeads::Read* SimpleHeads::reader(HeadScan scan) {
  switch (scan) {
    case HeadScan::kVector:
      return read_with<Vector>;
    case HeadScan::kPortable:
      return read_with<Portable>;
    case HeadScan::kOff:
      break;
  }
  return [](SimpleHeads&, const char*, const char*, Request&) -> size_t { return 0; };
}

}  // namespace duel::http::core
