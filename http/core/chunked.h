#pragma once

#include <cstdint>
#include <string_view>

namespace duel::http::core {

// The chunked transfer coding (RFC 9112 §7.1), taken in as the bytes arrive, whatever their pieces. To the letter:
// whitespace only where the grammar has BWS (around ";" and "=" of an extension), no extension without a name, no value
// missing behind "=", every line ended by CRLF. Extensions are ignored, trailer fields checked and dropped (§7.1.2).
//
// llhttp's decoder is not used: it refuses that whitespace and takes "5;=a", "5;;a" and "5;a=".
class ChunkedDecoder {
 public:
  enum class Status : uint8_t {
    kNeedMore,  // everything given was taken in
    kData,      // `data` is the next piece of the body, a view into what was given
    kSize,      // the size line of a chunk was taken in: remaining() bytes of data follow
    kDone,      // the body is complete; what was not taken in belongs to the next message
    kError,     // reason() says why
  };

  // Takes in bytes from `next` on, which it moves. Call again until kNeedMore, kDone or kError.
  Status decode(const char*& next, const char* end, std::string_view& data);

  uint64_t remaining() const { return remaining_; }
  uint64_t framing() const { return framing_; }  // bytes taken in that were no data
  const char* reason() const { return reason_; }

 private:
  enum class State : uint8_t {
    kSizeStart,
    kSize,
    kBeforeSemicolon,  // BWS behind a size or a value: an extension has to follow
    kNameStart,
    kName,
    kBeforeEquals,  // BWS behind a name: "=" or the next extension has to follow
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
  uint64_t chunks_ = 0;  // of which the size is known
  const char* reason_ = "";
  State state_ = State::kSizeStart;
};

}  // namespace duel::http::core
