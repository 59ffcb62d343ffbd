// For the generator's connections.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace duel::load {

// The bytes that one connection has to send, in order. Appended bytes are copied, so that several requests leave with
// one send. Shared bytes, such as large bodies, are not copied: they must outlive the queue.
class OutputQueue {
 public:
  void append(std::string_view bytes) { filling_.text += bytes; }
  void append_shared(std::string_view bytes);

  // The next bytes to send. They stay valid until the next take() or clear(). Empty if there are none.
  std::string_view take();
  void clear();

 private:
  struct Shared {
    size_t at;  // the number of copied bytes that precede it
    std::string_view bytes;
  };
  struct Batch {
    std::string text;
    std::vector<Shared> shared;
  };
  bool exhausted() const { return next_byte_ == sending_.text.size() && next_shared_ == sending_.shared.size(); }

  Batch filling_;
  Batch sending_;  // not changed while its bytes are on their way
  size_t next_byte_ = 0;
  size_t next_shared_ = 0;
};

}  // namespace duel::load
