#include "router/nethttp/request.h"

namespace duel::nethttp {

std::shared_ptr<const Context> Context::with(const std::shared_ptr<const Context>& parent, std::string key,
                                             std::any value) const {
  auto child = std::make_shared<Context>();
  child->parent_ = parent;
  child->key_ = std::move(key);
  child->value_ = std::move(value);
  return child;
}

const std::any* Context::value(std::string_view key) const {
  for (const Context* at = this; at != nullptr; at = at->parent_.get()) {
    if (at->value_.has_value() && at->key_ == key) return &at->value_;
  }
  return nullptr;
}

std::string_view Request::path_value(std::string_view name) const {
  const auto found = path_values.find(name);
  return found == path_values.end() ? std::string_view() : found->second;
}

}  // namespace duel::nethttp
