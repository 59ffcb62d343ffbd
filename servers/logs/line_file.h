#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace duel::servers::logs {

// A file that grows by whole lines, or a pipe. Nobody waits for it: a line that does not fit on the disk or into the
// pipe is left out as a whole, which is said on standard error (log.h); the next one is tried again. One thread at a
// time.
class LineFile {
 public:
  LineFile() = default;  // takes no lines
  // Appends to --stats-file; throws http::StartError if that cannot be done.
  explicit LineFile(const std::string& name);
  ~LineFile();
  LineFile(LineFile&& other) noexcept;
  LineFile& operator=(LineFile&& other) noexcept;

  bool is_open() const { return descriptor_ >= 0; }
  bool is_empty() const;  // a file without bytes; a pipe that was given no line by this object
  void append(std::string_view lines);

 private:
  std::string name_;
  int descriptor_ = -1;
  bool cut_ = false;      // its last line has no end
  bool written_ = false;  // a line, whole
};

// To append lines to, without waiting, be it a pipe. Throws http::StartError, which begins with `what`.
int open_for_lines(const std::string& what, const std::string& file, mode_t mode);

// Says on standard error that `lines` of them were left out because of `error`, an errno: the cause and the cure.
void log_lines_left_out(const std::string& what, uint64_t lines, int error);

}  // namespace duel::servers::logs
