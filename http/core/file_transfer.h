#pragma once

#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "http/limits.h"
#include "http/response.h"

namespace duel::http::core {

// A file that is being sent, one piece at a time: a client that reads slowly occupies the memory of one piece, not of
// the whole file. Owns the descriptor.
class FileTransfer {
 public:
  explicit FileTransfer(FileBody body) noexcept : body_(body) {}
  ~FileTransfer() { ::close(body_.descriptor); }
  FileTransfer(const FileTransfer&) = delete;
  FileTransfer& operator=(const FileTransfer&) = delete;

  int descriptor() const { return body_.descriptor; }
  uint64_t offset() const { return body_.offset; }
  uint64_t remaining() const { return body_.size; }
  void advance(uint64_t size) {
    body_.offset += size;
    body_.size -= size;
  }
  std::array<char, limits::kFilePieceBytes>& piece() { return piece_; }

 private:
  FileBody body_;
  std::array<char, limits::kFilePieceBytes> piece_;  // NOLINT: uninitialised, so that unused pages are not touched
};

}  // namespace duel::http::core
