#include <algorithm>
#include <stdexcept>

#include "router/gin/json/json.h"

namespace duel::gin::json {
namespace {

constexpr int kMaxDepth = 1000;  // of the recursion

// Copies one JSON text (RFC 8259) without blanks.
class Compactor {
 public:
  Compactor(std::string_view text, const Writer& writer) : rest_(text), writer_(writer) {}

  bool whole() {
    blanks();
    if (!value(0)) return false;
    blanks();
    return rest_.empty();
  }

  // A number as in JSON, and nothing else.
  bool number_alone() { return number() && rest_.empty(); }

 private:
  void blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size())); }
  char next() const { return rest_.empty() ? '\0' : rest_.front(); }
  void copy(size_t size) {
    writer_.to.append(rest_.substr(0, size));
    rest_.remove_prefix(size);
  }
  bool take(char c) {
    if (next() != c || rest_.empty()) return false;
    copy(1);
    return true;
  }
  bool word(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    copy(text.size());
    return true;
  }

  bool value(int depth) {
    if (depth > kMaxDepth) return false;
    switch (next()) {
      case '{':
        return members('}', depth, [&] { return text() && after_blanks(':'); });
      case '[':
        return members(']', depth, [] { return true; });
      case '"':
        return text();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }

  bool after_blanks(char c) {
    blanks();
    if (!take(c)) return false;
    blanks();
    return true;
  }

  template <class Begin>
  bool members(char end, int depth, Begin begin) {
    copy(1);
    blanks();
    if (take(end)) return true;
    do {
      blanks();
      if (!begin() || !value(depth + 1)) return false;
      blanks();
    } while (take(','));
    return take(end);
  }

  bool digits() {
    const size_t count = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    copy(count);
    return count > 0;
  }

  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (!take('e') && !take('E')) return true;
    if (!take('+')) take('-');
    return digits();
  }

  bool text() {
    if (!take('"')) return false;
    while (!rest_.empty() && next() != '"') {
      const char c = next();
      if (static_cast<unsigned char>(c) < ' ') return false;
      if (c == '\\' && !escape()) return false;
      if (c != '\\') plain(c);
    }
    return take('"');
  }

  void plain(char c) {
    // What ends a script or a line in HTML and JavaScript is escaped, as in a text that write_text() writes.
    if (writer_.escape_html && (c == '<' || c == '>' || c == '&')) {
      writer_.to.append(c == '<' ? "\\u003c" : c == '>' ? "\\u003e" : "\\u0026");
      rest_.remove_prefix(1);
    } else if (rest_.starts_with("\u2028") || rest_.starts_with("\u2029")) {
      writer_.to.append(rest_.starts_with("\u2028") ? "\\u2028" : "\\u2029");
      rest_.remove_prefix(3);
    } else {
      copy(1);
    }
  }

  bool escape() {
    if (rest_.size() < 2) return false;
    if (rest_[1] != 'u') {
      if (std::string_view("\"\\/bfnrt").find(rest_[1]) == std::string_view::npos) return false;
      copy(2);
      return true;
    }
    const std::string_view hex = rest_.substr(2, 4);
    if (hex.size() < 4 || hex.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos) return false;
    copy(6);
    return true;
  }

  std::string_view rest_;
  const Writer& writer_;
};

}  // namespace

void Number::write_json(const Writer& writer) const {
  if (!Compactor(text.empty() ? "0" : text, writer).number_alone())
    throw std::domain_error("a json::Number is no number");
}

void Raw::write_json(const Writer& writer) const {
  if (!Compactor(text, writer).whole()) throw std::domain_error("the text of a json::Raw is not JSON");
}

}  // namespace duel::gin::json
