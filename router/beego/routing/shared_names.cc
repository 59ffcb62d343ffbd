#include "router/beego/routing/shared_names.h"

#include <algorithm>

namespace duel::beego::routing {

SharedNames SharedNames::plus(std::span<const std::string> more) const {
  if (more.empty()) return *this;
  const std::vector<std::string> added(more.begin(),
                                       more.end());  // `more` may be a view of the cells that are written below
  SharedNames longer = *this;
  longer.size_ = size_ + added.size();
  const size_t room = cells_ ? cells_->size() : 0;
  if (longer.size_ > room) {
    // Go's append() doubles the capacity below 256 elements. The size classes of Go's allocator round the capacity up
    // only for more than sixteen names.
    longer.cells_ = std::make_shared<std::vector<std::string>>(std::max(longer.size_, 2 * room));
    std::ranges::copy(view(), longer.cells_->begin());
  }
  std::ranges::copy(added, longer.cells_->begin() + static_cast<std::ptrdiff_t>(size_));
  return longer;
}

bool SharedNames::contains(std::string_view name) const {
  return std::ranges::find(view(), name) != view().end();
}

}  // namespace duel::beego::routing
