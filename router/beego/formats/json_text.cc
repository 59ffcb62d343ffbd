#include <algorithm>
#include <cstdint>

#include "router/beego/formats/json.h"
#include "router/beego/formats/json_escape.h"
#include "router/beego/values/utf8.h"

namespace duel::beego::formats {
namespace {

void begin_line(size_t depth, std::string& out) {
  out.push_back('\n');
  out.append(2 * depth, ' ');
}

// The end of the text's first string, behind its closing quote.
size_t string_end(std::string_view text) {
  size_t at = 1;
  while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
  return std::min(at + 1, text.size());
}

}  // namespace

std::string indent_json(std::string_view compact) {
  std::string out;
  size_t depth = 0;
  for (size_t at = 0; at < compact.size(); ++at) {
    const char c = compact[at];
    if (c == '"') {
      const size_t size = string_end(compact.substr(at));
      out.append(compact.substr(at, size));
      at += size - 1;
    } else if (c == '{' || c == '[') {
      out.push_back(c);
      const char next = at + 1 < compact.size() ? compact[at + 1] : '\0';
      if (next == '}' || next == ']') {
        out.push_back(next);
        ++at;
      } else {
        begin_line(++depth, out);
      }
    } else if (c == '}' || c == ']') {
      begin_line(--depth, out);
      out.push_back(c);
    } else if (c == ',') {
      out.push_back(c);
      begin_line(depth, out);
    } else {
      out.push_back(c);
      if (c == ':') out.push_back(' ');
    }
  }
  return out;
}

std::string ascii_json(std::string_view json) {
  std::string out;
  for (size_t size = 0; !json.empty(); json.remove_prefix(size)) {
    size = values::utf8_size(json);
    if (size == 1) {
      out.push_back(json.front());
    } else if (size == 0) {
      append_escaped(0xFFFD, out);
      size = 1;
    } else if (const uint32_t letter = values::utf8_letter(json.substr(0, size)); letter > 0xFFFF) {
      append_escaped(0xD800 + ((letter - 0x10000) >> 10), out);
      append_escaped(0xDC00 + ((letter - 0x10000) & 0x3FF), out);
    } else {
      append_escaped(letter, out);
    }
  }
  return out;
}

}  // namespace duel::beego::formats
