#include "router/gin/json/yaml.h"

#include <cstdint>

#include "http/grammar/yaml_text.h"
#include "router/gin/json/scan.h"

namespace duel::gin::json {
namespace {

constexpr size_t kIndent = 4;

// The position of a value: alone, after "key:", after "-", or after the ":" of an explicit key.
enum class Place : uint8_t { kRoot, kValue, kItem, kExplicitValue };

class YamlWriter {
 public:
  YamlWriter(memory::Buffer& to, memory::Arena& arena) : to_(to), arena_(arena) {}

  // The lines of a collection or of a block begin at `column`.
  void write(std::string_view value, Place place, size_t column) {
    if (value.front() == '{') return write_mapping(value, place, column);
    if (value.front() == '[') return write_sequence(value, place, column);
    if (value.front() == '"') return write_text(decoded(value), place, column);
    separate(place);
    put(value);
    put("\n");
  }

 private:
  void put(std::string_view text) { to_.append(text); }
  void blanks(size_t count) {
    for (size_t i = 0; i < count; ++i) to_.append(' ');
  }
  void separate(Place place) {
    if (place != Place::kRoot) put(" ");
  }
  std::string_view decoded(std::string_view text) {
    return arena_.write(text.size(), [&](char* to) { return write_decoded(text, to); });
  }

  // Called before each entry of a collection. The first entry after "-" or ":" stays on its line.
  void begin_entry(bool first, Place place, size_t column) {
    if (first && place == Place::kItem) return put(" ");
    if (first && place == Place::kValue) put("\n");
    const bool on_this_line = first && place == Place::kExplicitValue;
    const size_t written = on_this_line ? to_.size() - (to_.view().rfind('\n') + 1) : 0;
    blanks(column - written);
  }

  static size_t below_mapping(size_t column) { return (column + kIndent) / kIndent * kIndent; }

  // A key that must not stand before ":" on one line (YAML 1.2 §7.4.2) is explicit: "? key", and ":" on the next line.
  Place write_key(std::string_view key, size_t column) {
    if (http::grammar::fits_yaml_key(key)) {
      http::grammar::write_yaml_text(key, [&](std::string_view piece) { put(piece); });
      put(":");
      return Place::kValue;
    }
    put("?");
    write_text(key, Place::kValue, below_mapping(column));
    blanks(column);
    put(":");
    return Place::kExplicitValue;
  }

  void write_mapping(std::string_view object, Place place, size_t column) {
    if (object == "{}") return separate(place), put("{}\n");
    bool first = true;
    each_pair(object, [&](std::string_view name, std::string_view value) {
      begin_entry(first, place, column);
      first = false;
      const Place value_place = write_key(decoded(name), column);
      write(value, value_place, below_mapping(column));
    });
  }

  void write_sequence(std::string_view list, Place place, size_t column) {
    if (list == "[]") return separate(place), put("[]\n");
    bool first = true;
    each_value(list, [&](std::string_view value) {
      begin_entry(first, place, column);
      first = false;
      put("-");
      write(value, Place::kItem, column + 2);
    });
  }

  void write_text(std::string_view text, Place place, size_t column) {
    separate(place);
    if (http::grammar::fits_yaml_block(text)) return write_block(text, place == Place::kRoot ? kIndent : column);
    http::grammar::write_yaml_text(text, [&](std::string_view piece) { put(piece); });
    put("\n");
  }

  void write_block(std::string_view text, size_t column) {
    const bool closed = text.ends_with('\n');
    put(closed ? "|\n" : "|-\n");
    if (closed) text.remove_suffix(1);
    for (;;) {
      const size_t end = text.find('\n');
      const std::string_view line = text.substr(0, end);
      if (!line.empty()) blanks(column);
      put(line);
      put("\n");
      if (end == std::string_view::npos) return;
      text.remove_prefix(end + 1);
    }
  }

  memory::Buffer& to_;
  memory::Arena& arena_;
};

}  // namespace

void write_yaml(memory::Buffer& to, std::string_view compact, memory::Arena& arena) {
  YamlWriter(to, arena).write(compact, Place::kRoot, 0);
}

}  // namespace duel::gin::json
