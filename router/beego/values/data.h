// For applications in the Beego style, as beego::Data, Map, List and Record.
#pragma once

#include <any>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "http/grammar/rfc3339.h"
#include "router/beego/values/text_map.h"

namespace duel::beego::values {

// Values that the filters, the controller and the response of one request share: Go's map[interface{}]interface{}, with
// strings as keys. Each value is boxed.
using Data = TextMap<std::any>;

// Bytes, and a point in time, as Go's []byte and time.Time: text in JSON.
using Bytes = std::vector<uint8_t>;
using Time = http::grammar::Time;

// Values that are sent as JSON objects and arrays.
using Map = std::map<std::string, std::any>;
using List = std::vector<std::any>;

// A value with a type name and fields in order. It stands for a Go struct, which encoders read by reflection. XML needs
// the type name, which a Map does not have.
struct Record {
  std::string type;
  std::vector<std::pair<std::string, std::any>> fields;
};

}  // namespace duel::beego::values
