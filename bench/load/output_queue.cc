#include "bench/load/output_queue.h"

#include <utility>

namespace duel::load {

void OutputQueue::append_shared(std::string_view bytes) {
  filling_.shared.push_back({filling_.text.size(), bytes});
}

std::string_view OutputQueue::take() {
  if (exhausted()) {
    std::swap(filling_, sending_);
    filling_.text.clear();
    filling_.shared.clear();
    next_byte_ = next_shared_ = 0;
  }
  const bool more_shared = next_shared_ < sending_.shared.size();
  const size_t end = more_shared ? sending_.shared[next_shared_].at : sending_.text.size();
  if (next_byte_ == end) return more_shared ? sending_.shared[next_shared_++].bytes : std::string_view();
  const size_t begin = std::exchange(next_byte_, end);
  return std::string_view(sending_.text).substr(begin, end - begin);
}

void OutputQueue::clear() {
  filling_ = {};
  sending_ = {};
  next_byte_ = next_shared_ = 0;
}

}  // namespace duel::load
