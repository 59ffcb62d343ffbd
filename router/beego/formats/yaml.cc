#include "router/beego/formats/yaml.h"

#include <string_view>
#include <vector>

#include "http/grammar/utf8.h"
#include "http/grammar/yaml_text.h"
#include "router/beego/formats/base64.h"
#include "router/beego/formats/scalar.h"
#include "router/beego/values/data.h"
#include "router/beego/values/text.h"

namespace duel::beego::formats {
namespace {

constexpr size_t kIndent = 4;

// Appends the text in one line. Text that is not UTF-8 becomes a !!binary.
void append_yaml_text(std::string_view text, std::string& out) {
  if (!http::grammar::is_utf8(text)) {
    out.append("!!binary ").append(encode_base64(text));
  } else {
    http::grammar::write_yaml_text(text, [&](std::string_view piece) { out.append(piece); });
  }
}

// The column of the values of a mapping that have lines of their own: the next multiple of kIndent.
size_t below_mapping(size_t column) {
  return (column + kIndent) / kIndent * kIndent;
}
// The column of the values of a sequence, after "- ".
size_t below_sequence(size_t column) {
  return column + 2;
}

class Writer {
 public:
  // The position of the value: alone, after "key:", after "-", or after the ":" of an explicit key.
  enum class Place { kRoot, kValue, kItem, kExplicitValue };

  // The lines of a collection or of a block begin at `column`.
  void write(const std::any& value, Place place, size_t column, int depth) {
    if (depth > kMaxNesting) throw FormatError("yaml: nested deeper than 1000 levels");
    const auto box = [&](const std::any& inner, Place inner_place, size_t inner_column) {
      write(inner, inner_place, inner_column, depth + 1);
    };
    if (const auto* map = std::any_cast<values::Map>(&value)) {
      write_mapping(
          *map, place, column, [](const std::string& key) { return std::string_view(key); }, box);
    } else if (const auto* texts = std::any_cast<std::map<std::string, std::string>>(&value)) {
      write_mapping(
          *texts, place, column, [](const std::string& key) { return std::string_view(key); }, box);
    } else if (const auto* record = std::any_cast<values::Record>(&value)) {
      write_mapping(
          record->fields, place, column, [](const std::string& key) { return values::to_lower_unicode(key); }, box);
    } else if (const auto* list = std::any_cast<values::List>(&value)) {
      write_sequence(*list, place, column, box);
    } else if (const auto* lines = std::any_cast<std::vector<std::string>>(&value)) {
      write_sequence(*lines, place, column, box);
    } else {
      write_scalar(value, place, column);
    }
  }

  std::string take() { return std::move(out_); }

 private:
  void separate(Place place) {
    if (place != Place::kRoot) out_.push_back(' ');
  }
  // Called before each entry of a collection. The first entry after "-" or ":" stays on its line.
  void begin_entry(bool first, Place place, size_t column) {
    if (first && place == Place::kItem) return out_.push_back(' ');
    if (first && place == Place::kValue) out_.push_back('\n');
    const bool on_this_line = first && place == Place::kExplicitValue;
    const size_t written = on_this_line ? out_.size() - (out_.rfind('\n') + 1) : 0;
    out_.append(column - written, ' ');
  }

  // A key that must not stand before ":" on one line (YAML 1.2 §7.4.2) is explicit: "? key", and ":" on the next line.
  // Returns the place of the value.
  Place write_key(std::string_view key, size_t column) {
    if (http::grammar::fits_yaml_key(key)) {
      append_yaml_text(key, out_);
      out_.push_back(':');
      return Place::kValue;
    }
    out_.push_back('?');
    write_text(key, Place::kValue, below_mapping(column));
    out_.append(column, ' ').push_back(':');
    return Place::kExplicitValue;
  }

  template <typename Entries, typename Name, typename Write>
  void write_mapping(const Entries& entries, Place place, size_t column, Name name, Write write_value) {
    if (entries.empty()) {
      separate(place);
      out_ += "{}\n";
      return;
    }
    bool first = true;
    for (const auto& [key, value] : entries) {
      begin_entry(first, place, column);
      first = false;
      const Place value_place = write_key(name(key), column);
      write_value(value, value_place, below_mapping(column));
    }
  }

  template <typename Items, typename Write>
  void write_sequence(const Items& items, Place place, size_t column, Write write_item) {
    if (items.empty()) {
      separate(place);
      out_ += "[]\n";
      return;
    }
    bool first = true;
    for (const auto& item : items) {
      begin_entry(first, place, column);
      first = false;
      out_.push_back('-');
      write_item(item, Place::kItem, below_sequence(column));
    }
  }

  void write_scalar(const std::any& value, Place place, size_t column) {
    const Scalar scalar = read_scalar(value);
    if (scalar.kind == Scalar::Kind::kText) return write_text(scalar.text, place, column);
    separate(place);
    switch (scalar.kind) {
      case Scalar::Kind::kNone:
        throw FormatError("yaml: unsupported type");
      case Scalar::Kind::kNull:
        out_ += "null";
        break;
      case Scalar::Kind::kFloat:
        out_ += scalar.text == "NaN"    ? ".nan"
                : scalar.text == "+Inf" ? ".inf"
                : scalar.text == "-Inf" ? "-.inf"
                                        : scalar.text;
        break;
      default:
        out_ += scalar.text;
    }
    out_.push_back('\n');
  }

  void write_text(std::string_view text, Place place, size_t column) {
    separate(place);
    if (http::grammar::fits_yaml_block(text)) return write_block(text, place == Place::kRoot ? kIndent : column);
    append_yaml_text(text, out_);
    out_.push_back('\n');
  }

  void write_block(std::string_view text, size_t column) {
    const bool closed = text.ends_with('\n');
    out_ += closed ? "|\n" : "|-\n";
    if (closed) text.remove_suffix(1);
    for (;;) {
      const size_t end = text.find('\n');
      const std::string_view line = text.substr(0, end);
      if (!line.empty()) out_.append(column, ' ').append(line);
      out_.push_back('\n');
      if (end == std::string_view::npos) return;
      text.remove_prefix(end + 1);
    }
  }

  std::string out_;
};

}  // namespace

std::string to_yaml(const std::any& value) {
  Writer writer;
  writer.write(value, Writer::Place::kRoot, 0, 0);
  return writer.take();
}

}  // namespace duel::beego::formats
