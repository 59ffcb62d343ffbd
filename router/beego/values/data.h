#pragma once

#include <any>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "router/beego/values/text_map.h"

namespace duel::beego::values {

// What a request's filters and controller hand to each other and to the answer: Go's map[interface{}]interface{}, with
// text as keys. Each value is boxed.
using Data = TextMap<std::any>;

// For values that are shown as JSON objects and arrays.
using Map = std::map<std::string, std::any>;
using List = std::vector<std::any>;

// A value with named fields in their order: what a Go struct is to its encoders. XML needs the type's name, which a Map
// has not.
struct Record {
  std::string type;
  std::vector<std::pair<std::string, std::any>> fields;
};

}  // namespace duel::beego::values
