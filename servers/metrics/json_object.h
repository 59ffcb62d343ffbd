#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/grammar/json_text.h"

namespace duel::servers::metrics {

// A text as a JSON value.
inline std::string json_text(std::string_view text) {
  std::string json;
  http::grammar::write_json_text(text, http::grammar::JsonHtml::kKept,
                                 [&](std::string_view piece) { json.append(piece); });
  return json;
}

// Builds a JSON object, member by member. Names must not need escapes: they are printable and have no quotes or
// backslashes.
class JsonObject {
 public:
  JsonObject& number(std::string_view name, uint64_t value) { return raw(name, std::to_string(value)); }
  JsonObject& text(std::string_view name, std::string_view value) { return raw(name, json_text(value)); }
  JsonObject& boolean(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }
  JsonObject& object(std::string_view name, const JsonObject& value) { return raw(name, value.str()); }
  // `json` is any JSON value, such as a list or null.
  JsonObject& raw(std::string_view name, std::string_view json) {
    members_.append(members_.empty() ? "\"" : ",\"").append(name).append("\":").append(json);
    return *this;
  }

  std::string str() const { return "{" + members_ + "}"; }

 private:
  std::string members_;
};

}  // namespace duel::servers::metrics
