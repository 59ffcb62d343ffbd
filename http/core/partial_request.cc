#include "http/core/partial_request.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace duel::http::core {

void PartialRequest::append(std::string_view bytes) {
  if (capacity_ - size_ < bytes.size()) reserve(size_ + bytes.size());
  std::memcpy(data_ + size_, bytes.data(), bytes.size());
  size_ += bytes.size();
}

void PartialRequest::drop_front(size_t at) {
  if (at == 0) return;  // otherwise every piece of a large body would move the whole body: quadratic time
  std::memmove(data_, data_ + at, size_ - at);
  size_ -= at;
}

void PartialRequest::reserve(size_t size) {
  // Doubles instead of allocating Content-Length bytes: a client must send bytes to make the server use memory.
  const size_t capacity = std::max(size, 2 * capacity_);
  auto larger = std::make_unique_for_overwrite<char[]>(capacity + limits::kReadAheadBytes);
  std::memcpy(larger.get(), data_, size_);
  capacity_ = capacity;
  heap_ = std::move(larger);
  data_ = heap_.get();
}

}  // namespace duel::http::core
