#include "http/output.h"

#include <algorithm>
#include <utility>

namespace duel::http {

void Output::grow(size_t size) {
  // Twice the needed size: a stream of small pieces is then copied only a logarithmic number of times.
  constexpr size_t kFirstHeapBytes = 16 * 1024;
  const size_t used = this->size();
  const size_t capacity = std::max(kFirstHeapBytes, 2 * (used + size));
  auto larger = std::make_unique_for_overwrite<char[]>(capacity);
  if (used > 0) std::memcpy(larger.get(), begin_, used);
  heap_ = std::move(larger);
  begin_ = heap_.get();
  next_ = begin_ + used;
  last_ = begin_ + capacity;
}

}  // namespace duel::http
