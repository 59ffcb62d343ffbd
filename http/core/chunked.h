#pragma once

#include <cstdint>
#include <string_view>

namespace duel::http::core {

// Decodes the chunked transfer coding (RFC 9112 §7.1) as the bytes arrive, in pieces of any size. It follows the
// grammar strictly: whitespace only where the grammar has BWS (around ";" and "=" of an extension), a name in every
// extension, a value after every "=", CRLF at the end of every line. Extensions are ignored; trailer fields are checked
// and discarded (§7.1.2).
//
// llhttp's own decoder refuses that whitespace and accepts "5;=a", "5;;a" and "5;a=", so it is not used.
class ChunkedDecoder {
 public:
  enum class Status : uint8_t {
    kNeedMore,  // all given bytes were consumed
    kData,      // `data` is the next piece of the body, a view into the given bytes
    kSize,      // the size line of a chunk was consumed: remaining() bytes of data follow
    kDone,      // the body is complete; the bytes from `next` on belong to the next message
    kError,     // the body is malformed: reason()
  };

  // Consumes bytes from `next` on, and advances `next`. Call again until kNeedMore, kDone or kError.
  Status decode(const char*& next, const char* end, std::string_view& data);

  uint64_t remaining() const { return remaining_; }
  uint64_t framing() const { return framing_; }  // consumed bytes that were not data
  const char* reason() const { return reason_; }

 private:
  enum class State : uint8_t {
    kSizeStart,
    kSize,
    kBeforeSemicolon,  // BWS after a size or a value: an extension must follow
    kNameStart,
    kName,
    kBeforeEquals,  // BWS after a name: "=" or the next extension must follow
    kValueStart,
    kValue,
    kQuoted,
    kQuotedPair,
    kQuotedEnd,
    kSizeLineEnd,
    kData,
    kDataCr,
    kDataLf,
    kTrailerStart,
    kTrailerName,
    kTrailerValue,
    kTrailerLf,
    kLastLf,
  };

  Status take(char byte);
  Status refuse(const char* reason);
  Status add_digit(char byte);
  bool take_extension(char byte);
  bool take_trailer(char byte);

  uint64_t remaining_ = 0;
  uint64_t framing_ = 0;
  uint64_t chunks_ = 0;  // whose size line is complete
  const char* reason_ = "";
  State state_ = State::kSizeStart;
};

}  // namespace duel::http::core
