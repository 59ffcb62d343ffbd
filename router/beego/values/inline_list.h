// For the rooms of the Beego style.
#pragma once

#include <array>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace duel::beego::values {

// A list whose first `kFew` elements are in the object itself. Only a longer list allocates. Elements that were not
// added are not initialised, so that an empty list costs nothing.
template <typename T, size_t kFew>
class InlineList {
  static_assert(std::is_trivially_default_constructible_v<T> && std::is_trivially_copyable_v<T>);

 public:
  size_t size() const { return size_; }
  T& operator[](size_t i) { return i < kFew ? few_[i] : more_[i - kFew]; }
  const T& operator[](size_t i) const { return i < kFew ? few_[i] : more_[i - kFew]; }

  void push_back(const T& element) {
    if (size_ < kFew) {
      few_[size_] = element;
    } else {
      more_.push_back(element);
    }
    ++size_;
  }
  void pop_back() {
    if (size_ > kFew) more_.pop_back();
    --size_;
  }
  void clear() {
    more_.clear();
    size_ = 0;
  }

 private:
  std::array<T, kFew> few_;
  std::vector<T> more_;
  size_t size_ = 0;
};

}  // namespace duel::beego::values
