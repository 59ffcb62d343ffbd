// For applications in the Beego style, as beego::Params.
#pragma once

#include <cstdint>
#include <forward_list>
#include <string>
#include <string_view>
#include <vector>

#include "http/grammar/short_text.h"
#include "router/beego/values/inline_list.h"
#include "router/beego/values/text_map.h"

namespace duel::beego::values {

// The name of the parameter that `*` sets.
inline constexpr std::string_view kRestName = ":splat";

// The route parameters of one request, by name with the leading ':'. As in beego 2.1.0 they are a list, which is
// searched from its beginning, and its texts are views of the path and of the patterns. A match does not remove the
// parameters of earlier matches, also as in beego 2.1.0: `:splat` of the pattern "/*", which the engine matches first,
// is always there.
class Params {
 public:
  // A parameter. Its texts are views.
  class Entry {
   public:
    Entry() = default;  // for InlineList: not initialised
    Entry(std::string_view name, std::string_view value)
        : name_(name.data()),
          value_(value.data()),
          name_size_(static_cast<uint32_t>(name.size())),
          value_size_(static_cast<uint32_t>(value.size())) {}
    std::string_view name() const { return {name_, name_size_}; }
    std::string_view value() const { return {value_, value_size_}; }

   private:
    const char* name_;
    const char* value_;
    uint32_t name_size_;
    uint32_t value_size_;
  };

  Params() = default;
  Params(const Params&) = delete;
  Params& operator=(const Params&) = delete;

  // Empty if there is no parameter of this name. Valid until reset().
  std::string_view get(std::string_view name) const {
    const size_t at = index_of(name);
    return at == list_.size() ? std::string_view() : list_[at].value();
  }
  // Copies both texts.
  void set(std::string_view name, std::string_view value);
  // Copies neither: both must stay valid until reset().
  void set_views(std::string_view name, std::string_view value) { put(index_of(name), {name, value}); }
  // Stores a text until reset().
  std::string_view keep(std::string text);

  // Splits `:splat` at its slashes and sets the parameters "0", "1" and so on to the parts.
  void number_splat();

  size_t size() const { return list_.size(); }
  const Entry& operator[](size_t i) const { return list_[i]; }
  // A copy of all parameters by name (Beego's Params).
  TextMap<std::string> table() const;

  // Removes all parameters. Texts of theirs stay valid (Beego's ResetParams).
  void clear() { list_.clear(); }
  // Begins with a new request. All texts become invalid.
  void reset() {
    clear();
    texts_.clear();
  }
  // The parameters, for put_back(). Valid until reset().
  std::vector<Entry> saved() const;
  void put_back(const std::vector<Entry>& saved);

 private:
  // More parameters than these need memory of their own: those of `*` and of six parts of the path, and one more.
  static constexpr size_t kFew = 8;

  // The index of the parameter of this name among the first `count`; `count` if there is none.
  size_t index_of(std::string_view name, size_t count) const {
    size_t at = 0;
    while (at < count && !http::grammar::same_text(list_[at].name(), name)) ++at;
    return at;
  }
  size_t index_of(std::string_view name) const { return index_of(name, size()); }
  std::string_view name_of(size_t number);  // in decimal
  void put(size_t at, const Entry& entry) {
    if (at < list_.size()) {
      list_[at] = entry;
    } else {
      list_.push_back(entry);
    }
  }

  InlineList<Entry, kFew> list_;
  std::forward_list<std::string> texts_;  // of set() and keep()
};

}  // namespace duel::beego::values
