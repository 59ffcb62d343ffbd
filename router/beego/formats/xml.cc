#include "router/beego/formats/xml.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "http/grammar/utf8.h"
#include "http/grammar/xml_text.h"
#include "router/beego/formats/scalar.h"
#include "router/beego/values/data.h"

namespace duel::beego::formats {
namespace {

bool is_name(std::string_view text) {
  const auto begins = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
  };
  const auto goes_on = [&](char c) { return begins(c) || (c >= '0' && c <= '9') || c == '-' || c == '.'; };
  return !text.empty() && begins(text.front()) && http::grammar::is_utf8(text) && std::ranges::all_of(text, goes_on);
}

class Writer {
 public:
  explicit Writer(bool indent) : indent_(indent) {}

  // `name` is empty for a value outside of any element. `depth` counts the elements around the value, `nesting` counts
  // the lists as well.
  void write(const std::any& value, std::string_view name, int depth, int nesting) {
    if (nesting > kMaxNesting) throw FormatError("xml: nested deeper than 1000 levels");
    if (const auto* list = std::any_cast<values::List>(&value)) {
      for (const std::any& item : *list) write(item, name, depth, nesting + 1);
    } else if (const auto* texts = std::any_cast<std::vector<std::string>>(&value)) {
      for (const std::string& text : *texts) write(text, name, depth, nesting + 1);
    } else if (const auto* record = std::any_cast<values::Record>(&value)) {
      write_record(*record, name.empty() ? std::string_view(record->type) : name, depth, nesting);
    } else {
      write_scalar(value, name, depth);
    }
  }

  std::string take() { return std::move(out_); }

 private:
  void open(std::string_view name, int depth) {
    if (!is_name(name)) throw FormatError("xml: unsupported name of an element: \"" + std::string(name) + "\"");
    begin_line(depth);
    out_.append("<").append(name).append(">");
  }
  void begin_line(int depth) {
    if (!indent_ || out_.empty()) return;
    out_.push_back('\n');
    out_.append(2 * static_cast<size_t>(depth), ' ');
  }

  void write_record(const values::Record& record, std::string_view name, int depth, int nesting) {
    open(name, depth);
    const size_t begin = out_.size();
    for (const auto& [field, value] : record.fields) write(value, field, depth + 1, nesting + 1);
    if (out_.size() != begin) begin_line(depth);
    out_.append("</").append(name).append(">");
  }

  void write_scalar(const std::any& value, std::string_view name, int depth) {
    const Scalar scalar = read_scalar(value);
    if (scalar.kind == Scalar::Kind::kNull) return;
    if (scalar.kind == Scalar::Kind::kNone) throw FormatError("xml: unsupported type");
    if (name.empty()) name = scalar.type_name;
    open(name, depth);
    http::grammar::write_xml_text(scalar.text, [&](std::string_view piece) { out_.append(piece); });
    out_.append("</").append(name).append(">");
  }

  bool indent_;
  std::string out_;
};

}  // namespace

std::string to_xml(const std::any& value, bool indent) {
  Writer writer(indent);
  writer.write(value, {}, 0, 0);
  return writer.take();
}

}  // namespace duel::beego::formats
