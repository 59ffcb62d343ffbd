#pragma once

#include <string>
#include <string_view>

namespace duel::servers {

// A file that grows by whole lines. A line that does not fit on the disk is left out as a whole, which is said on
// standard error (log.h); the next one is tried again. One thread at a time.
class LineFile {
 public:
  LineFile() = default;  // takes no lines
  // Appends to --stats-file; throws http::StartError if that cannot be done.
  explicit LineFile(const std::string& name);
  ~LineFile();
  LineFile(LineFile&& other) noexcept;
  LineFile& operator=(LineFile&& other) noexcept;

  bool is_open() const { return descriptor_ >= 0; }
  bool is_empty() const;
  void append(std::string_view lines);

 private:
  std::string name_;
  int descriptor_ = -1;
};

}  // namespace duel::servers
