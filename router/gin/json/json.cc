#include "router/gin/json/json.h"

#include <charconv>
#include <cmath>

#include "http/grammar/json_text.h"

namespace duel::gin::json {
namespace {

constexpr size_t kNumberBytes = http::grammar::kJsonNumberBytes;  // integers need 20

template <std::floating_point Number>
void write_shortest(memory::Buffer& to, Number number) {
  if (!std::isfinite(number)) throw std::domain_error("JSON has no infinity and no NaN");
  char* const out = to.reserve(kNumberBytes);
  to.commit(static_cast<size_t>(http::grammar::write_json_number(number, out) - out));
}

}  // namespace

void write_text(const Writer& writer, std::string_view text) {
  const auto html = writer.escape_html ? http::grammar::JsonHtml::kEscaped : http::grammar::JsonHtml::kKept;
  http::grammar::write_json_text(text, html, [&](std::string_view piece) { writer.to.append(piece); });
}

void write_signed(memory::Buffer& to, int64_t number) {
  char* out = to.reserve(kNumberBytes);
  to.commit(static_cast<size_t>(std::to_chars(out, out + kNumberBytes, number).ptr - out));
}

void write_unsigned(memory::Buffer& to, uint64_t number) {
  char* out = to.reserve(kNumberBytes);
  to.commit(static_cast<size_t>(std::to_chars(out, out + kNumberBytes, number).ptr - out));
}

void write_double(memory::Buffer& to, double number) {
  write_shortest(to, number);
}

void write_float(memory::Buffer& to, float number) {
  write_shortest(to, number);
}

void write_object(const Writer& writer, const H& object) {
  memory::Buffer& to = writer.to;
  char before = '{';
  for (const H::Entry& entry : object) {
    to.append(before);
    before = ',';
    write_text(writer, entry.name);
    to.append(':');
    switch (entry.kind) {
      case H::Entry::Kind::kNull:
        write(writer, nullptr);
        break;
      case H::Entry::Kind::kBool:
        write(writer, entry.number.as_unsigned != 0);
        break;
      case H::Entry::Kind::kSigned:
        write_signed(to, entry.number.as_signed);
        break;
      case H::Entry::Kind::kUnsigned:
        write_unsigned(to, entry.number.as_unsigned);
        break;
      case H::Entry::Kind::kDouble:
        write_double(to, entry.number.as_double);
        break;
      case H::Entry::Kind::kText:
        write_text(writer, entry.text);
        break;
      case H::Entry::Kind::kOther:
        entry.write_other(writer, entry.number.as_other);
        break;
    }
  }
  if (before == '{') to.append('{');
  to.append('}');
}

void write_indented(memory::Buffer& to, std::string_view compact) {
  http::grammar::indent_json(compact, "    ", [&](std::string_view piece) { to.append(piece); });
}

H::H(std::initializer_list<Entry> entries) {
  for (const Entry& entry : entries) {
    size_t at = 0;
    while (at < size_ && entries_[at].name < entry.name) ++at;
    if (at == size_ || entries_[at].name != entry.name) {
      if (size_ == kMaxEntries)
        throw std::length_error("gin::H holds at most 16 entries; use a struct with json_fields");
      std::move_backward(entries_.begin() + at, entries_.begin() + size_, entries_.begin() + size_ + 1);
      ++size_;
    }
    entries_[at] = entry;
  }
}

}  // namespace duel::gin::json
