#include "bench/load/response_parser.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "bench/load/values.h"
#include "http/grammar/ascii.h"
#include "http/grammar/token.h"

namespace duel::load {
namespace {

using http::grammar::equal_fold_ascii;
using http::grammar::trim;

constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr int kSwitchingProtocols = 101;
constexpr int kNoContent = 204;
constexpr int kNotModified = 304;

bool is_field_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), http::grammar::is_field_byte);
}

}  // namespace

void ResponseParser::reset() {
  state_ = State::kHead;
  pending_.clear();
  line_.clear();
}

ResponseParser::Result ResponseParser::feed(std::string_view& bytes, bool no_body) {
  while (!bytes.empty()) {
    const Result result = state_ == State::kHead ? take_head(bytes, no_body) : take_body(bytes);
    if (result != Result::kIncomplete) return result;
  }
  return Result::kIncomplete;
}

ResponseParser::Result ResponseParser::end() {
  if (state_ == State::kUntilClose) {
    state_ = State::kHead;
    return Result::kAnswer;
  }
  return state_ == State::kHead && pending_.empty() ? Result::kIncomplete : Result::kMalformed;
}

ResponseParser::Result ResponseParser::take_head(std::string_view& bytes, bool no_body) {
  if (pending_.empty() && !known_text_.empty() && bytes.starts_with(known_text_)) {
    bytes.remove_prefix(known_text_.size());
    head_ = known_;
    return after_head(no_body);
  }
  // The end of the head may lie across the border of two pieces.
  const size_t before = pending_.size();
  pending_.append(bytes.substr(0, kMaxHeadBytes + kHeadEnd.size() - std::min(before, kMaxHeadBytes)));
  const size_t from = before < kHeadEnd.size() ? 0 : before - (kHeadEnd.size() - 1);
  const size_t end = pending_.find(kHeadEnd, from);
  if (end > kMaxHeadBytes) {  // or not found
    bytes = {};
    return pending_.size() > kMaxHeadBytes ? Result::kMalformed : Result::kIncomplete;
  }
  pending_.resize(end + kHeadEnd.size());
  bytes.remove_prefix(pending_.size() - before);
  head_ = {};
  if (!parse_head(std::string_view(pending_).substr(0, end + 2), head_)) return Result::kMalformed;
  known_text_.swap(pending_);
  pending_.clear();
  known_ = head_;
  return after_head(no_body);
}

// RFC 9112 §6.3
ResponseParser::Result ResponseParser::after_head(bool no_body) {
  if (head_.status == kSwitchingProtocols) return Result::kMalformed;
  if (head_.status < 200) return Result::kIncomplete;  // the final answer follows
  if (no_body || head_.status == kNoContent || head_.status == kNotModified) return Result::kAnswer;
  if (head_.chunked) {
    state_ = State::kChunkSize;
    return Result::kIncomplete;
  }
  if (!head_.has_length) {
    head_.closes = true;
    state_ = State::kUntilClose;
    return Result::kIncomplete;
  }
  left_ = head_.length;
  if (left_ == 0) return Result::kAnswer;
  state_ = State::kBody;
  return Result::kIncomplete;
}

ResponseParser::Result ResponseParser::take_body(std::string_view& bytes) {
  switch (state_) {
    case State::kUntilClose:
      bytes = {};
      return Result::kIncomplete;
    case State::kBody:
    case State::kChunkData: {
      const size_t taken = static_cast<size_t>(std::min<uint64_t>(left_, bytes.size()));
      bytes.remove_prefix(taken);
      left_ -= taken;
      if (left_ > 0) return Result::kIncomplete;
      const bool whole = state_ == State::kBody;
      state_ = whole ? State::kHead : State::kChunkEnd;
      return whole ? Result::kAnswer : Result::kIncomplete;
    }
    default:
      return take_chunk_line(bytes);
  }
}

ResponseParser::Result ResponseParser::take_line(std::string_view& bytes) {
  const size_t end = bytes.find('\n');
  line_.append(bytes.substr(0, std::min(end, kMaxChunkLineBytes + 1)));
  if (line_.size() > kMaxChunkLineBytes) return Result::kMalformed;
  bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
  if (end == std::string_view::npos) return Result::kIncomplete;
  if (!line_.ends_with('\r')) return Result::kMalformed;
  line_.pop_back();
  return is_field_text(line_) ? Result::kAnswer : Result::kMalformed;
}

// RFC 9112 §7.1
ResponseParser::Result ResponseParser::take_chunk_line(std::string_view& bytes) {
  if (const Result line = take_line(bytes); line != Result::kAnswer) return line;
  const std::string text = std::exchange(line_, {});
  if (state_ == State::kChunkEnd) {
    state_ = State::kChunkSize;
    return text.empty() ? Result::kIncomplete : Result::kMalformed;
  }
  if (state_ == State::kTrailer) {
    if (text.empty()) {
      state_ = State::kHead;
      return Result::kAnswer;
    }
    Head ignored;
    return parse_field(text, ignored) ? Result::kIncomplete : Result::kMalformed;
  }
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, left_, 16);
  if (error != std::errc() || (end != last && *end != ';' && *end != ' ' && *end != '\t')) return Result::kMalformed;
  state_ = left_ == 0 ? State::kTrailer : State::kChunkData;
  return Result::kIncomplete;
}

// `text` is the head with the line end of its last field.
bool ResponseParser::parse_head(std::string_view text, Head& head) {
  bool first = true;
  while (!text.empty()) {
    const size_t end = text.find("\r\n");
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 2);
    if (!is_field_text(line)) return false;  // also a CR or LF alone
    if (!(first ? parse_status_line(line, head) : parse_field(line, head))) return false;
    first = false;
  }
  return !(head.chunked && head.has_length);
}

// HTTP/1.1 200 OK
bool ResponseParser::parse_status_line(std::string_view line, Head& head) {
  constexpr size_t kVersionBytes = 9;  // "HTTP/1.1 "
  constexpr size_t kStatusBytes = 3;
  if (!line.starts_with("HTTP/1.1 ") && !line.starts_with("HTTP/1.0 ")) return false;
  head.closes = line[kVersionBytes - 2] == '0';
  const std::string_view status = line.substr(kVersionBytes, kStatusBytes);
  const std::optional<uint64_t> number = parse_count(status);
  if (status.size() != kStatusBytes || !number || *number < 100 || *number > 599) return false;
  head.status = static_cast<int>(*number);
  const std::string_view rest = line.substr(kVersionBytes + kStatusBytes);
  return rest.empty() || rest.front() == ' ';
}

bool ResponseParser::parse_field(std::string_view line, Head& head) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || !http::grammar::is_token(line.substr(0, colon))) return false;
  return parse_framing(line.substr(0, colon), trim(line.substr(colon + 1)), head);
}

bool ResponseParser::parse_framing(std::string_view name, std::string_view value, Head& head) {
  if (equal_fold_ascii(name, "Content-Length")) {
    const std::optional<uint64_t> length = parse_count(value);
    if (!length || (head.has_length && *length != head.length)) return false;
    head.has_length = true;
    head.length = *length;
  } else if (equal_fold_ascii(name, "Transfer-Encoding")) {
    if (head.chunked || !equal_fold_ascii(value, "chunked")) return false;  // nobody asked for another coding
    head.chunked = true;
  } else if (equal_fold_ascii(name, "Connection")) {
    http::grammar::for_each_member(value, [&](std::string_view member) {
      if (equal_fold_ascii(member, "close")) head.closes = true;
      if (equal_fold_ascii(member, "keep-alive")) head.closes = false;
    });
  }
  return true;
}

}  // namespace duel::load
