// For the context, forms and binding of the Gin style.
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

// Whether the urlencoded text is well-formed: it has no malformed escape and no ';'. Go refuses ';' because some
// servers treat it as a separator.
bool is_urlencoded(std::string_view text);

// Finds values by name. The values come from three sources, in this order: an urlencoded text such as "a=1&b=2",
// decoded pairs, and another urlencoded text. A name can have several values. Every call decodes the texts again. This
// is cheaper than building a table, because a handler reads few values. As in Go, a pair with a ';' or a malformed
// escape is ignored. Results stay valid as long as the pairs, the texts and the arena.
class Values {
 public:
  Values(std::string_view text, memory::Arena& arena) : arena_(arena), texts_{text, {}} {}
  Values(std::string_view text, std::span<const Pair> pairs, std::string_view more_text, memory::Arena& arena)
      : arena_(arena), pairs_(pairs), texts_{text, more_text} {}

  // The first value of this name, or std::nullopt.
  std::optional<std::string_view> find(std::string_view name) const;
  // All values of this name, in the order of the request.
  std::span<const std::string_view> all(std::string_view name) const;
  // The maximum number of keys of one map; further keys are ignored. Each key is compared with all earlier keys, so the
  // cost is quadratic.
  static constexpr size_t kMaxMapKeys = 256;
  // The keys and values of `name[key]=value`, at most kMaxMapKeys. Only the first value of a key is used.
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
