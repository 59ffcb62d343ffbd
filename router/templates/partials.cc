#include "router/templates/partials.h"

#include "http/grammar/token.h"

namespace duel::templates {
namespace {

constexpr size_t kMaxTextBytes = 1024 * 1024;  // bytes; nested partials can grow exponentially
constexpr int kMaxPartialDepth = 16;           // a template that includes itself would never end
constexpr int kMaxSectionDepth = 64;           // sections are rendered recursively

class Expander {
 public:
  Expander(const Sources& sources, const Delimiters& delimiters) : sources_(sources), delimiters_(delimiters) {
    constexpr Delimiters kUsual;
    if (delimiters.left == kUsual.left && delimiters.right == kUsual.right) return;
    for (const std::string_view mark : {delimiters.left, delimiters.right}) {
      if (mark.empty() || mark.find_first_of("= \t\r\n") != std::string_view::npos)
        throw TemplateError("delimiters are empty, or have a blank or an equals sign");
    }
    is_usual_ = false;
    out_.append("{{=").append(delimiters.left).append(" ").append(delimiters.right).append("=}}");
  }

  void expand(std::string_view name, int depth) {
    if (depth > kMaxPartialDepth) throw TemplateError("includes itself, or nests partials deeper than 16 levels");
    const auto found = sources_.find(name);
    if (found == sources_.end()) throw TemplateError("there is no template " + std::string(name));
    std::string_view text = found->second;
    for (;;) {
      const size_t begin = text.find(delimiters_.left);
      append(text.substr(0, begin));
      if (begin == std::string_view::npos) return;
      text.remove_prefix(begin);
      const std::string_view closing = is_usual_ && text.starts_with("{{{") ? "}}}" : delimiters_.right;
      const size_t end = text.find(closing, delimiters_.left.size());
      if (end == std::string_view::npos)
        throw TemplateError("a " + std::string(delimiters_.left) + " tag does not end");
      expand_tag(text.substr(0, end + closing.size()), depth);
      text.remove_prefix(end + closing.size());
    }
  }

  std::string take() { return std::move(out_); }

 private:
  void expand_tag(std::string_view tag, int depth) {
    const std::string_view inside = http::grammar::trim(
        tag.substr(delimiters_.left.size(), tag.size() - delimiters_.left.size() - delimiters_.right.size()));
    const char kind = inside.empty() ? '\0' : inside.front();
    if (kind == '>') return expand(http::grammar::trim(inside.substr(1)), depth + 1);
    if (kind == '=') throw TemplateError("a template cannot change the delimiters");
    if (kind == '#' || kind == '^') {
      if (++sections_ > kMaxSectionDepth) throw TemplateError("sections nested deeper than 64 levels");
    } else if (kind == '/') {
      --sections_;
    }
    append(tag);
  }

  void append(std::string_view text) {
    if (out_.size() + text.size() > kMaxTextBytes) throw TemplateError("larger than 1 MiB with its partials");
    out_.append(text);
  }

  const Sources& sources_;
  const Delimiters& delimiters_;
  bool is_usual_ = true;
  std::string out_;
  int sections_ = 0;
};

}  // namespace

std::string expand_partials(std::string_view name, const Sources& sources, const Delimiters& delimiters) {
  Expander expander(sources, delimiters);
  expander.expand(name, 0);
  return expander.take();
}

}  // namespace duel::templates
