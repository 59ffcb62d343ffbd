#include "router/beego/routing/children.h"

#include <bit>

#include "http/grammar/short_text.h"

namespace duel::beego::routing {
namespace {

// Made of the size and of the first and last eight bytes, so that a segment of any length takes the same short time.
// std::hash would take most of the time of a lookup. No client chooses the keys: they are those of an application's
// routes.
size_t hash_of(std::string_view text) {
  constexpr size_t kWord = sizeof(uint64_t);
  const uint64_t first = http::grammar::bytes_as_number(text.data(), text.size());
  const uint64_t last = text.size() > kWord ? http::grammar::word_at<uint64_t>(text.data() + text.size() - kWord) : 0;
  constexpr uint64_t kOdd = 0x9e3779b97f4a7c15;  // 2^64 divided by the golden ratio: spreads equal bytes
  return (((first ^ text.size()) * kOdd + last) * kOdd) >> 32;
}

}  // namespace

void Children::add(std::string_view segment, std::shared_ptr<Tree> tree) {
  children_.push_back({.segment = std::string(segment), .tree = std::move(tree)});
  size_t from = children_.size() - 1;
  if (slots_.size() <= 2 * children_.size()) {
    slots_.assign(std::bit_ceil(2 * children_.size() + 1), 0);
    for (Child& child : children_) child.same_segment = 0;
    from = 0;
  }
  for (size_t i = from; i < children_.size(); ++i) {
    uint32_t* place = &slots_[slot_of(children_[i].segment)];
    while (*place != 0) place = &children_[*place - 1].same_segment;
    *place = static_cast<uint32_t>(i + 1);
  }
}

const Children::Child* Children::find(std::string_view segment) const {
  if (children_.empty()) return nullptr;
  const uint32_t number = slots_[slot_of(segment)];
  return number == 0 ? nullptr : &children_[number - 1];
}

size_t Children::slot_of(std::string_view segment) const {
  const size_t last = slots_.size() - 1;
  for (size_t at = hash_of(segment) & last;; at = (at + 1) & last) {
    if (slots_[at] == 0 || http::grammar::same_text(children_[slots_[at] - 1].segment, segment)) return at;
  }
}

}  // namespace duel::beego::routing
