#include "router/gin/json/xml.h"

#include <algorithm>
#include <stdexcept>

#include "http/grammar/ascii.h"
#include "http/grammar/xml_text.h"
#include "router/gin/json/scan.h"

namespace duel::gin::json {
namespace {

constexpr char kAttribute = '@';  // begins the name of a member that is an attribute

// Letters, digits and "_-.:", not first a digit, '-' or '.'; bytes above 0x7F as well (XML 1.0 §2.3, without its
// tables).
bool is_name(std::string_view name) {
  const auto is_name_byte = [](char c) {
    return http::grammar::is_letter_or_digit(c) || std::string_view("_-.:").find(c) != std::string_view::npos ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  return !name.empty() && std::string_view("0123456789-.").find(name.front()) == std::string_view::npos &&
         std::ranges::all_of(name, is_name_byte);
}

class XmlWriter {
 public:
  XmlWriter(memory::Buffer& to, memory::Arena& arena) : to_(to), arena_(arena) {}

  void write(std::string_view name, std::string_view value) {
    if (value == "null") return;
    if (value.front() == '[') return each_value(value, [&](std::string_view element) { write(name, element); });
    if (!is_name(name)) throw std::domain_error("a name is not that of an XML element");
    put("<");
    put(name);
    if (value.front() == '{') write_attributes(value);
    put(">");
    if (value.front() == '{') {
      write_members(value);
    } else {
      write_scalar(value);
    }
    put("</");
    put(name);
    put(">");
  }

 private:
  void put(std::string_view text) { to_.append(text); }
  std::string_view decoded(std::string_view text) {
    return arena_.write(text.size(), [&](char* to) { return write_decoded(text, to); });
  }

  void write_attributes(std::string_view object) {
    each_pair(object, [&](std::string_view quoted_name, std::string_view value) {
      if (quoted_name[1] != kAttribute || value == "null") return;
      const std::string_view name = decoded(quoted_name).substr(1);
      if (!is_name(name)) throw std::domain_error("a name is not that of an XML attribute");
      put(" ");
      put(name);
      put("=\"");
      write_scalar(value);
      put("\"");
    });
  }

  void write_members(std::string_view object) {
    each_pair(object, [&](std::string_view name, std::string_view value) {
      if (name[1] != kAttribute) write(decoded(name), value);
    });
  }

  void write_scalar(std::string_view value) {
    if (value.front() != '"') return put(value);
    http::grammar::write_xml_text(decoded(value), [&](std::string_view piece) { put(piece); });
  }

  memory::Buffer& to_;
  memory::Arena& arena_;
};

}  // namespace

void write_xml(memory::Buffer& to, std::string_view compact, std::string_view name, memory::Arena& arena) {
  XmlWriter(to, arena).write(name, compact);
}

}  // namespace duel::gin::json
