#include "router/gin/json/json.h"

#include <charconv>
#include <cmath>

#include "http/grammar/utf8.h"

namespace duel::gin::json {
namespace {

// The longest integer has 20 characters; the longest double below the exponent form about 30.
constexpr size_t kNumberBytes = 40;

constexpr bool is_plain(char c, bool escape_html) {
  if (static_cast<uint8_t>(c) < 0x20 || static_cast<uint8_t>(c) >= 0x80 || c == '"' || c == '\\') return false;
  return !escape_html || (c != '<' && c != '>' && c != '&');
}

void write_escaped(memory::Buffer& to, uint32_t code) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  char* out = to.reserve(6);
  out[0] = '\\';
  out[1] = 'u';
  for (size_t i = 0; i < 4; ++i) out[2 + i] = kDigits[(code >> (12 - 4 * i)) & 15];
  to.commit(6);
}

void write_special(memory::Buffer& to, char c) {
  const std::string_view kNames = "\"\"\\\\\bb\ff\nn\rr\tt";
  for (size_t i = 0; i < kNames.size(); i += 2) {
    if (kNames[i] != c) continue;
    to.append('\\');
    to.append(kNames[i + 1]);
    return;
  }
  write_escaped(to, static_cast<uint8_t>(c));
}

// One character beyond ASCII. Go replaces bad bytes and escapes the two line separators that JavaScript does not allow.
size_t write_wide(memory::Buffer& to, std::string_view text) {
  const http::grammar::Rune rune = http::grammar::decode_rune(text);
  const bool bad = rune.code == http::grammar::kBadRune && rune.size == 1;
  if (bad || rune.code == 0x2028 || rune.code == 0x2029) {
    write_escaped(to, rune.code);
  } else {
    to.append(text.substr(0, rune.size));
  }
  return rune.size;
}

}  // namespace

void write_text(const Writer& writer, std::string_view text) {
  memory::Buffer& to = writer.to;
  to.append('"');
  for (size_t at = 0; at < text.size();) {
    size_t plain = at;
    while (plain < text.size() && is_plain(text[plain], writer.escape_html)) ++plain;
    to.append(text.substr(at, plain - at));
    at = plain;
    if (at == text.size()) break;
    if (static_cast<uint8_t>(text[at]) < 0x80) {
      write_special(to, text[at++]);
    } else {
      at += write_wide(to, text.substr(at));
    }
  }
  to.append('"');
}

void write_signed(memory::Buffer& to, int64_t number) {
  char* out = to.reserve(kNumberBytes);
  to.commit(static_cast<size_t>(std::to_chars(out, out + kNumberBytes, number).ptr - out));
}

void write_unsigned(memory::Buffer& to, uint64_t number) {
  char* out = to.reserve(kNumberBytes);
  to.commit(static_cast<size_t>(std::to_chars(out, out + kNumberBytes, number).ptr - out));
}

namespace {

template <std::floating_point T>
void write_shortest(memory::Buffer& to, T number) {
  if (!std::isfinite(number)) throw std::domain_error("JSON has no infinity and no NaN");
  const T size = std::fabs(number);
  const bool scientific = size != 0 && (size < T(1e-6) || size >= T(1e21));
  char* out = to.reserve(kNumberBytes);
  char* end = std::to_chars(out, out + kNumberBytes, number,
                            scientific ? std::chars_format::scientific : std::chars_format::fixed)
                  .ptr;
  // Go writes 1e-7 where C++ writes 1e-07.
  if (scientific && end[-2] == '0' && (end[-3] == '-' || end[-3] == '+')) {
    end[-2] = end[-1];
    --end;
  }
  to.commit(static_cast<size_t>(end - out));
}

}  // namespace

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
  size_t depth = 0;
  const auto break_line = [&] {
    to.append('\n');
    for (size_t i = 0; i < depth; ++i) to.append(std::string_view("    "));
  };
  for (size_t i = 0; i < compact.size(); ++i) {
    const char c = compact[i];
    if (c == '"') {
      const size_t begin = i++;
      while (compact[i] != '"') i += compact[i] == '\\' ? 2 : 1;
      to.append(compact.substr(begin, i + 1 - begin));
    } else if (c == '{' || c == '[') {
      to.append(c);
      if (compact[i + 1] == c + 2) continue;  // empty; the closing one stands two behind in ASCII
      ++depth;
      break_line();
    } else if (c == '}' || c == ']') {
      if (compact[i - 1] != c - 2) --depth, break_line();
      to.append(c);
    } else if (c == ',') {
      to.append(c);
      break_line();
    } else {
      to.append(c);
      if (c == ':') to.append(' ');
    }
  }
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
