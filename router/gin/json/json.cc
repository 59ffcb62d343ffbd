#include "router/gin/json/json.h"

#include <charconv>
#include <chrono>
#include <cmath>
#include <stdexcept>

#include "http/grammar/ascii.h"
#include "http/grammar/json_text.h"
#include "http/grammar/rfc3339.h"

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

void write_name(const Writer& writer, std::string_view name, bool is_attribute) {
  if (writer.names == Names::kAsGiven || (writer.names == Names::kOfXml && !is_attribute))
    return write_text(writer, name);
  writer.to.append('"');
  if (writer.names == Names::kOfXml) {
    writer.to.append('@');
    writer.to.append(name);
  } else {
    for (const char c : name) writer.to.append(http::grammar::to_lower_ascii(c));
  }
  writer.to.append('"');
}

void write_quoted(const Writer& writer, std::string_view text) {
  writer.to.append('"');
  const auto html = writer.escape_html ? http::grammar::JsonHtml::kEscaped : http::grammar::JsonHtml::kKept;
  http::grammar::write_json_text(text, html, [&](std::string_view piece) {
    for (const char c : piece) {
      if (c == '"' || c == '\\') writer.to.append('\\');
      writer.to.append(c);
    }
  });
  writer.to.append('"');
}

// Base64 with padding (RFC 4648 §4).
void write_base64(memory::Buffer& to, std::span<const std::byte> bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  char* out = to.reserve((bytes.size() + 2) / 3 * 4 + 2);
  const char* const begin = out;
  *out++ = '"';
  for (size_t at = 0; at < bytes.size(); at += 3) {
    uint32_t bits = 0;
    for (size_t i = 0; i < 3; ++i)
      bits = bits << 8 | (at + i < bytes.size() ? std::to_integer<uint32_t>(bytes[at + i]) : 0);
    for (size_t i = 0; i < 4; ++i) *out++ = at + i > bytes.size() ? '=' : kDigits[bits >> (18 - 6 * i) & 63];
  }
  *out++ = '"';
  to.commit(static_cast<size_t>(out - begin));
}

void append_time(memory::Buffer& to, const Time& time) {
  char* const text = to.reserve(http::grammar::kRfc3339Bytes + 2);
  char* const end = http::grammar::write_rfc3339(time, text + 1);
  if (end == nullptr) throw std::domain_error("JSON has no time outside of the years 0 to 9999");
  *text = *end = '"';
  to.commit(static_cast<size_t>(end + 1 - text));
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
