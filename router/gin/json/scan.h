#pragma once

#include <string_view>

#include "http/grammar/utf8.h"

// For xml.cc and yaml.cc: reads the compact JSON that write() makes. It is valid, so nothing is checked.
namespace duel::gin::json {

// The size of the value at the front of the text.
size_t value_size(std::string_view text);

// Calls visit(value) for each value of a list.
template <class Visit>
void each_value(std::string_view list, Visit visit) {
  list.remove_prefix(1);
  while (list.front() != ']') {
    const size_t size = value_size(list);
    visit(list.substr(0, size));
    list.remove_prefix(size + (list[size] == ',' ? 1 : 0));
  }
}

// Calls visit(name, value) for each member of an object; the name is a text with quotes and escapes.
template <class Visit>
void each_pair(std::string_view object, Visit visit) {
  object.remove_prefix(1);
  while (object.front() != '}') {
    const size_t name = value_size(object);
    const size_t value = value_size(object.substr(name + 1));
    visit(object.substr(0, name), object.substr(name + 1, value));
    const size_t end = name + 1 + value;
    object.remove_prefix(end + (object[end] == ',' ? 1 : 0));
  }
}

// Writes a text without quotes and escapes to `to`, which has room for text.size() bytes. Returns the end.
char* write_decoded(std::string_view text, char* to);

}  // namespace duel::gin::json
