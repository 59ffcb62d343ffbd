#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "router/beego/params.h"

namespace duel::beego {

// Name and value pairs of a query or of an urlencoded body, decoded.
class Form {
 public:
  // Adds the pairs of `encoded` behind those that are there. False if a pair was refused (a ';', a broken escape); the
  // others are added.
  bool parse(std::string_view encoded);

  // The first value of this name; empty if there is none. Valid until the next parse().
  std::string_view get(std::string_view name) const;

 private:
  TextMap<std::vector<std::string>> values_;
};

}  // namespace duel::beego
