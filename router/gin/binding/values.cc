#include "router/gin/binding/values.h"

#include <algorithm>

#include "router/gin/binding/percent.h"

namespace duel::gin::binding {
namespace {

// Calls visit(name, value) for each pair, with both still encoded, until it returns false.
template <class Visit>
void each_encoded(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    if (pair.empty() || pair.find(';') != std::string_view::npos) continue;
    const size_t equals = std::min(pair.find('='), pair.size());
    if (!visit(pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size())))) return;
  }
}

// The key of `name[key]`, or an empty text. As in Gin, the key has at least one character, and any text can follow the
// ']'.
std::string_view key_in(std::string_view text, std::string_view name) {
  if (name.empty() || name.find('[') != std::string_view::npos) return {};  // the first '[' of the text begins the key
  if (text.size() < name.size() + 3 || !text.starts_with(name) || text[name.size()] != '[') return {};
  const std::string_view rest = text.substr(name.size() + 1);
  const size_t end = rest.find(']');
  return end == std::string_view::npos ? std::string_view() : rest.substr(0, end);
}

}  // namespace

bool is_urlencoded(std::string_view text) {
  if (text.find(';') != std::string_view::npos) return false;
  for (size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 3)) {
    if (http::grammar::percent_escape_at(text, at) < 0) return false;
  }
  return true;
}

// Calls visit(value) for each value of this name until it returns false.
template <class Visit>
void Values::each_named(std::string_view name, Visit visit) const {
  bool more = true;
  const auto in_text = [&](std::string_view text) {
    each_encoded(text, [&](std::string_view sent_name, std::string_view sent) {
      if (!http::grammar::percent_decodes_to(sent_name, name)) return true;
      const auto value = percent_decode(sent, http::grammar::Plus::kIsSpace, arena_);
      if (value) more = visit(*value);
      return more;
    });
  };
  in_text(texts_[0]);
  for (size_t i = 0; i < pairs_.size() && more; ++i) {
    if (pairs_[i].name == name) more = visit(pairs_[i].value);
  }
  if (more) in_text(texts_[1]);
}

template <class Visit>
void Values::each_key(std::string_view name, Visit visit) const {
  const auto in_text = [&](std::string_view text) {
    each_encoded(text, [&](std::string_view sent_name, std::string_view sent) {
      const auto full = percent_decode(sent_name, http::grammar::Plus::kIsSpace, arena_);
      if (!full) return true;
      const auto key = key_in(*full, name);
      if (key.empty()) return true;
      if (const auto value = percent_decode(sent, http::grammar::Plus::kIsSpace, arena_)) visit(key, *value);
      return true;
    });
  };
  in_text(texts_[0]);
  for (const Pair& pair : pairs_) {
    if (const auto key = key_in(pair.name, name); !key.empty()) visit(key, pair.value);
  }
  in_text(texts_[1]);
}

std::optional<std::string_view> Values::find(std::string_view name) const {
  std::optional<std::string_view> found;
  each_named(name, [&](std::string_view value) {
    if (!found) found = value;
    return false;
  });
  return found;
}

std::span<const std::string_view> Values::all(std::string_view name) const {
  size_t count = 0;
  each_named(name, [&](std::string_view) { return ++count > 0; });
  const std::span<std::string_view> values = arena_.make<std::string_view>(count);
  size_t at = 0;
  each_named(name, [&](std::string_view value) {
    values[at++] = value;
    return true;
  });
  return values;
}

std::span<const Pair> Values::map(std::string_view name) const {
  size_t count = 0;
  each_key(name, [&](std::string_view, std::string_view) { ++count; });
  const std::span<Pair> pairs = arena_.make<Pair>(std::min(count, kMaxMapKeys));
  size_t size = 0;
  each_key(name, [&](std::string_view key, std::string_view value) {
    const auto known = pairs.first(size);
    if (size == pairs.size() || std::ranges::any_of(known, [&](const Pair& pair) { return pair.name == key; })) return;
    pairs[size++] = {key, value};
  });
  return pairs.first(size);
}

}  // namespace duel::gin::binding
