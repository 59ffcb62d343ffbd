#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace duel::nethttp {

// The fields of a message (Go's http.Header): a map from the canonical name, such as "Content-Type", to the values. It
// is sorted, because net/http sends fields in the order of their names.
class Header {
 public:
  using Map = std::map<std::string, std::vector<std::string>>;

  void add(std::string_view name, std::string_view value) { fields_[canonical(name)].emplace_back(value); }
  void set(std::string_view name, std::string_view value) {
    std::vector<std::string>& values = fields_[canonical(name)];
    values.clear();
    values.emplace_back(value);
  }
  void del(std::string_view name) { fields_.erase(canonical(name)); }
  bool has(std::string_view name) const { return fields_.contains(canonical(name)); }
  // The first value; empty if there is none. Valid until the fields change.
  std::string_view get(std::string_view name) const;
  const Map& fields() const { return fields_; }

  // Go's textproto.CanonicalMIMEHeaderKey: a capital at the beginning and behind each '-'. A name that is no token is
  // not changed.
  static std::string canonical(std::string_view name);

 private:
  Map fields_;
};

}  // namespace duel::nethttp
