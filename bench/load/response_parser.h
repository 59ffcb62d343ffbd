// For the generator's connections.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace duel::load {

// Reads the answers of one connection (RFC 9112). It is strict: an answer that breaks a rule of framing is malformed.
// Bodies are skipped. Interim answers (1xx) are skipped too; 101 is malformed, because nobody asked for another
// protocol.
class ResponseParser {
 public:
  enum class Result : uint8_t { kIncomplete, kAnswer, kMalformed };

  static constexpr size_t kMaxHeadBytes = 64 * 1024;  // larger than any server sends by default
  static constexpr size_t kMaxChunkLineBytes = 1024;  // a chunk size with its extensions, or a trailer field

  // Takes bytes from the front of `bytes` up to the end of one answer. `no_body`: the answer belongs to a HEAD request.
  // After kMalformed the connection must be closed.
  Result feed(std::string_view& bytes, bool no_body);
  // The server has closed the connection. kAnswer if that ends an answer; kMalformed in the middle of one; kIncomplete
  // between two answers.
  Result end();
  void reset();

  // Of the last answer.
  int status() const { return head_.status; }
  bool closes() const { return head_.closes; }  // the server will close the connection, or has done so

 private:
  enum class State : uint8_t { kHead, kBody, kUntilClose, kChunkSize, kChunkData, kChunkEnd, kTrailer };
  struct Head {
    int status = 0;
    bool closes = false;
    bool chunked = false;
    bool has_length = false;
    uint64_t length = 0;
  };

  Result take_head(std::string_view& bytes, bool no_body);
  Result after_head(bool no_body);
  Result take_body(std::string_view& bytes);
  // Completes line_ up to LF. Returns kAnswer if it is complete, without its line end.
  Result take_line(std::string_view& bytes);
  Result take_chunk_line(std::string_view& bytes);
  static bool parse_head(std::string_view text, Head& head);
  static bool parse_status_line(std::string_view line, Head& head);
  static bool parse_field(std::string_view line, Head& head);
  static bool parse_framing(std::string_view name, std::string_view value, Head& head);

  State state_ = State::kHead;
  Head head_;
  uint64_t left_ = 0;    // bytes of the body, or of the chunk, that are missing
  std::string pending_;  // a head that arrives in pieces
  std::string line_;     // a line of the chunked coding that arrives in pieces
  // Servers send the same head again and again. The same bytes have the same verdict.
  std::string known_text_;
  Head known_;
};

}  // namespace duel::load
