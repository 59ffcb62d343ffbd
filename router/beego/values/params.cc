#include "router/beego/values/params.h"

#include <algorithm>

namespace duel::beego::values {

void Params::number_splat() {
  const auto found = table_.find(kRestName);
  if (found == table_.end() || found->second.empty()) return;
  const std::string& splat = found->second;  // a reference to a value stays valid while the table grows
  int number = 0;
  for (size_t at = 0; at <= splat.size(); ++number) {
    const size_t end = std::min(splat.find('/', at), splat.size());
    set(std::to_string(number), std::string_view(splat).substr(at, end - at));
    at = end + 1;
  }
}

}  // namespace duel::beego::values
