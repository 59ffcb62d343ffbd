#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace duel::servers::logs {

// A regular file or a pipe that receives whole lines. Writing never waits: a line that does not fit on the disk or into
// the pipe is left out entirely and reported on standard error (log.h); the next line is tried again. For one thread at
// a time.
class LineFile {
 public:
  LineFile() = default;  // closed: append() does nothing
  // Opens `path` for appending. Error messages start with `label` and `path`. Throws http::StartError.
  LineFile(const std::string& label, const std::string& path);
  ~LineFile();
  LineFile(LineFile&& other) noexcept;
  LineFile& operator=(LineFile&& other) noexcept;

  bool is_open() const { return descriptor_ >= 0; }
  // True for a file of zero bytes, and for a pipe until this object has written a line to it.
  bool is_empty() const;
  void append(std::string_view lines);

 private:
  std::string title_;  // label and path, for messages
  int descriptor_ = -1;
  bool cut_ = false;      // the last line in the file has no newline
  bool written_ = false;  // at least one whole line was written
};

// Opens a file or pipe for appending without waiting, creating a file with `mode`. The caller owns the descriptor.
// Error messages start with `title`. Throws http::StartError.
int open_for_lines(const std::string& title, const std::string& path, mode_t mode);

// Reports on standard error that `lines` lines were left out: the cause and the cure that belong to `error`, an errno.
void log_lines_left_out(const std::string& title, uint64_t lines, int error);

}  // namespace duel::servers::logs
