#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "router/gin/memory/arena.h"

namespace duel::gin::binding {

struct Pair {
  std::string_view name;
  std::string_view value;
};

// Whether all of an urlencoded text can be read: no bad escape, and no ';', which some take for a separator.
bool is_urlencoded(std::string_view text);

// Named values, several of one name allowed, wherever they come from: pairs that are there already, then what
// urlencoded texts (a=1&b=2) say. A text is read anew each time, which is cheaper than a table for the few values that
// a handler asks for. As in Go, a pair with a ';' or a bad escape counts as absent.
// What is found lives as long as the pairs, the texts and the arena.
class Values {
 public:
  Values(std::string_view text, memory::Arena& arena) : arena_(arena), texts_{text, {}} {}
  Values(std::span<const Pair> pairs, std::string_view text, std::string_view more_text, memory::Arena& arena)
      : arena_(arena), pairs_(pairs), texts_{text, more_text} {}

  // The first value of this name.
  std::optional<std::string_view> find(std::string_view name) const;
  // All of them, in the order sent.
  std::span<const std::string_view> all(std::string_view name) const;
  // A client that sends more keys of one map means harm: finding the first of each is a search.
  static constexpr size_t kMaxMapKeys = 256;
  // Of `name[key]=value` the keys and values, up to kMaxMapKeys. The first value of a key counts.
  std::span<const Pair> map(std::string_view name) const;

 private:
  template <class Visit>
  void each_named(std::string_view name, Visit visit) const;
  template <class Visit>
  void each_key(std::string_view name, Visit visit) const;

  memory::Arena& arena_;
  std::span<const Pair> pairs_;
  std::string_view texts_[2];
};

}  // namespace duel::gin::binding
