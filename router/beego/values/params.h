// For applications in the Beego style, as beego::Params.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "router/beego/values/text_map.h"

namespace duel::beego::values {

// The name of the parameter that `*` sets.
inline constexpr std::string_view kRestName = ":splat";

// The route parameters of one request, by name with the leading ':'. The map is made for the request, as in the
// article. A match does not remove the parameters of earlier matches, as in beego 2.1.0: `:splat` of the pattern "/*",
// which the engine matches first, is always there.
class Params {
 public:
  using Table = TextMap<std::string>;

  // Empty if there is no parameter of this name. Valid until the parameters change.
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
  // Splits `:splat` at its slashes and sets the parameters "0", "1" and so on to the parts.
  void number_splat();
  void clear() { table_.clear(); }

  const Table& table() const { return table_; }
  void replace(Table table) { table_ = std::move(table); }

 private:
  Table table_;
};

}  // namespace duel::beego::values
