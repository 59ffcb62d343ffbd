#include "http/core/chunked.h"

#include <algorithm>

#include "http/grammar/ascii.h"
#include "http/grammar/token.h"
#include "http/limits.h"

namespace duel::http::core {
namespace {

constexpr uint64_t kSizeBeforeOverflow = ~uint64_t{0} >> 4;
// Framing up to this size per chunk is allowed in any number of chunks; only bytes beyond it count towards the limit.
// Go does the same since CVE-2023-39326.
constexpr uint64_t kFairBytesPerChunk = 16;

bool is_blank(char byte) {
  return byte == ' ' || byte == '\t';
}

}  // namespace

ChunkedDecoder::Status ChunkedDecoder::decode(const char*& next, const char* end, std::string_view& data) {
  // Includes the chunk whose size is being read, so that the result does not depend on where the stream was cut.
  const uint64_t allowed = limits::kChunkOverheadBytes + kFairBytesPerChunk * (chunks_ + 1);
  while (next != end) {
    if (state_ == State::kData) {
      const auto size = static_cast<size_t>(std::min<uint64_t>(remaining_, static_cast<uint64_t>(end - next)));
      data = {next, size};
      next += size;
      remaining_ -= size;
      if (remaining_ == 0) state_ = State::kDataCr;
      return Status::kData;
    }
    if (++framing_ > allowed) return refuse("too much chunk framing");
    const Status status = take(*next++);
    if (status != Status::kNeedMore) return status;
  }
  return Status::kNeedMore;
}

// Consumes one byte of framing.
ChunkedDecoder::Status ChunkedDecoder::take(char byte) {
  switch (state_) {
    case State::kSizeStart:
      remaining_ = 0;
      state_ = State::kSize;
      return grammar::hex_value(byte) < 0 ? refuse("chunk without a size") : add_digit(byte);
    case State::kSize:
      if (byte == '\r') {
        state_ = State::kSizeLineEnd;
        return Status::kNeedMore;
      }
      if (grammar::hex_value(byte) >= 0) return add_digit(byte);
      return take_extension(byte) ? Status::kNeedMore : refuse("bad byte in a chunk size");
    case State::kSizeLineEnd:
      if (byte != '\n') return refuse("chunk size not ended by CRLF");
      ++chunks_;
      state_ = remaining_ == 0 ? State::kTrailerStart : State::kData;
      return Status::kSize;
    case State::kData:
      break;
    case State::kDataCr:
      state_ = State::kDataLf;
      return byte == '\r' ? Status::kNeedMore : refuse("chunk longer than its size");
    case State::kDataLf:
      state_ = State::kSizeStart;
      return byte == '\n' ? Status::kNeedMore : refuse("chunk not ended by CRLF");
    case State::kTrailerStart:
    case State::kTrailerName:
    case State::kTrailerValue:
    case State::kTrailerLf:
      return take_trailer(byte) ? Status::kNeedMore : refuse("bad trailer field");
    case State::kLastLf:
      return byte == '\n' ? Status::kDone : refuse("body not ended by CRLF");
    default:
      return take_extension(byte) ? Status::kNeedMore : refuse("bad chunk extension");
  }
  return refuse("");
}

ChunkedDecoder::Status ChunkedDecoder::add_digit(char byte) {
  if (remaining_ > kSizeBeforeOverflow) return refuse("chunk size too large");
  remaining_ = remaining_ * 16 + static_cast<uint64_t>(grammar::hex_value(byte));
  return Status::kNeedMore;
}

ChunkedDecoder::Status ChunkedDecoder::refuse(const char* reason) {
  reason_ = reason;
  return Status::kError;
}

// chunk-ext = *( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] ), after a size.
bool ChunkedDecoder::take_extension(char byte) {
  const bool complete = state_ == State::kSize || state_ == State::kName || state_ == State::kValue ||
                        state_ == State::kQuotedEnd;  // here the line can end, or an extension can begin
  const bool awaited = state_ == State::kBeforeSemicolon || state_ == State::kBeforeEquals;
  if (complete && byte == '\r') {
    state_ = State::kSizeLineEnd;
    return true;
  }
  if ((complete || awaited) && byte == ';') {
    state_ = State::kNameStart;
    return true;
  }
  switch (state_) {
    case State::kSize:
    case State::kQuotedEnd:
    case State::kBeforeSemicolon:
      state_ = State::kBeforeSemicolon;
      return is_blank(byte);
    case State::kNameStart:
      if (is_blank(byte)) return true;
      state_ = State::kName;
      return grammar::is_token_byte(byte);
    case State::kName:
    case State::kBeforeEquals:
      if (byte == '=') {
        state_ = State::kValueStart;
        return true;
      }
      if (state_ == State::kName && grammar::is_token_byte(byte)) return true;
      state_ = State::kBeforeEquals;
      return is_blank(byte);
    case State::kValueStart:
      if (is_blank(byte)) return true;
      state_ = byte == '"' ? State::kQuoted : State::kValue;
      return byte == '"' || grammar::is_token_byte(byte);
    case State::kValue:
      if (grammar::is_token_byte(byte)) return true;
      state_ = State::kBeforeSemicolon;
      return is_blank(byte);
    case State::kQuoted:
      if (byte == '"') state_ = State::kQuotedEnd;
      if (byte == '\\') state_ = State::kQuotedPair;
      return grammar::is_field_byte(byte);
    case State::kQuotedPair:
      state_ = State::kQuoted;
      return grammar::is_field_byte(byte);
    default:
      return false;
  }
}

// trailer-section = *( field-line CRLF ), and the empty line after it.
bool ChunkedDecoder::take_trailer(char byte) {
  switch (state_) {
    case State::kTrailerStart:
      state_ = byte == '\r' ? State::kLastLf : State::kTrailerName;
      return byte == '\r' || grammar::is_token_byte(byte);
    case State::kTrailerName:
      if (byte == ':') state_ = State::kTrailerValue;
      return byte == ':' || grammar::is_token_byte(byte);
    case State::kTrailerValue:
      if (byte == '\r') state_ = State::kTrailerLf;
      return byte == '\r' || grammar::is_field_byte(byte);
    default:
      state_ = State::kTrailerStart;
      return byte == '\n';
  }
}

}  // namespace duel::http::core
