#pragma once

#include <any>
#include <stdexcept>
#include <string>
#include <string_view>

namespace duel::beego {

// A value that JSON cannot show: a type that to_json() does not know, a number that is not finite, nesting that is too
// deep.
class JsonError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// JSON text of a boxed value, byte for byte as Go's encoding/json writes it: keys in order, no blanks, < > & and
// U+2028, U+2029 escaped, bytes that are not UTF-8 replaced by U+FFFD, numbers as short as they can be.
//
// Known types: nothing and nullptr (null), bool, the integers, float, double, std::string, std::string_view, const
// char*, Map, List, std::vector<std::string>, std::map<std::string, std::string>.
std::string to_json(const std::any& value);

// Appends `text` in quotes, escaped as above: for who writes JSON without boxes.
void append_json_text(std::string_view text, std::string& out);

}  // namespace duel::beego
