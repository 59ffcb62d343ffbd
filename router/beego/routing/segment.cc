#include "router/beego/routing/segment.h"

#include "http/grammar/ascii.h"

namespace duel::beego::routing {
namespace {

bool is_name_character(char c) {
  return http::grammar::is_letter_or_digit(c) || c == '_';
}

// Reads a segment that has a ':', from left to right. The current character belongs to a parameter's name, to the
// regular expression in parentheses after the name, or to fixed text.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Segment read() {
    for (at_ = 0; at_ < text_.size(); ++at_) {
      if (place_ == Place::kName && read_in_name()) continue;
      if (place_ == Place::kExpression && text_[at_] != ')') {
        expression_.push_back(text_[at_]);
        continue;
      }
      read_in_text();
    }
    if (!name_.empty()) {
      if (any_expression_) segment_.regex += "(.+)";
      take_name();
    }
    segment_.wild = true;
    if (!segment_.names.empty() && segment_.names.front() == kMayBeMissing) {
      segment_.optional = true;
      segment_.names.erase(segment_.names.begin());
    }
    return std::move(segment_);
  }

 private:
  enum class Place { kText, kName, kExpression };
  static constexpr std::string_view kMayBeMissing = ":";

  // Returns true if the character belongs to the name or to its type.
  bool read_in_name() {
    const char c = text_[at_];
    if (c == ':' && (take_type("int", "([0-9]+)") || take_type("string", R"(([\w]+))"))) return true;
    if (is_name_character(c)) {
      name_.push_back(c);
      return true;
    }
    if (c != '(') {  // fixed text ends the name; the parameter matches all characters before that text
      segment_.regex += "(.+)";
      any_expression_ = true;
      take_name();
      place_ = Place::kText;
    }
    return false;
  }

  bool take_type(std::string_view type, std::string_view regex) {
    if (text_.substr(at_ + 1, type.size()) != type) return false;
    at_ += type.size();
    segment_.regex += regex;
    any_expression_ = true;
    take_name();
    place_ = Place::kText;
    return true;
  }

  void read_in_text() {
    const char c = text_[at_];
    const bool escaped = at_ > 0 && text_[at_ - 1] == '\\';
    switch (escaped ? '\0' : c) {
      case ':':
        name_.clear();
        place_ = Place::kName;
        return;
      case '(':
        if (!name_.empty()) take_name();
        any_expression_ = true;
        expression_ = "(";
        place_ = Place::kExpression;
        return;
      case ')':
        expression_.push_back(')');
        segment_.regex += expression_;
        name_.clear();
        place_ = Place::kText;
        return;
      case '?':
        segment_.names.emplace_back(kMayBeMissing);
        return;
      default:
        segment_.regex.push_back(c);
    }
  }

  void take_name() {
    segment_.names.push_back(":" + name_);
    name_.clear();
  }

  std::string_view text_;
  size_t at_ = 0;
  Place place_ = Place::kText;
  Segment segment_;
  std::string name_;
  std::string expression_;
  bool any_expression_ = false;
};

}  // namespace

Segment read_segment(std::string_view text) {
  if (text.starts_with('*')) {
    if (text == "*.*") return {.wild = true, .optional = false, .names = {".", ":path", ":ext"}, .regex = ""};
    return {.wild = true, .optional = false, .names = {":splat"}, .regex = ""};
  }
  if (text.find(':') == std::string_view::npos) return {};
  return Reader(text).read();
}

}  // namespace duel::beego::routing
