#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "router/beego/values/text_map.h"

namespace duel::beego::values {

// The parameter that `*` sets.
inline constexpr std::string_view kRestName = ":splat";

// The route parameters of one request, by name with the leading ':'; made for the request, as the article has it.
// What one pattern's match set stays for the next, as in the original: `:splat` of the whole-path catch-all is always
// there.
class Params {
 public:
  using Table = TextMap<std::string>;

  // Empty if there is none of this name. Valid until the next change.
  std::string_view get(std::string_view name) const {
    const auto found = table_.find(name);
    return found == table_.end() ? std::string_view() : std::string_view(found->second);
  }
  void set(std::string_view name, std::string_view value) {
    const auto found = table_.find(name);
    if (found != table_.end()) {
      found->second.assign(value);
    } else {
      table_.emplace(name, value);
    }
  }
  // The parts of what `*` took become parameters too: "0", "1" and so on.
  void number_splat();
  void clear() { table_.clear(); }

  const Table& table() const { return table_; }
  void replace(Table table) { table_ = std::move(table); }

 private:
  Table table_;
};

}  // namespace duel::beego::values
