#include "router/beego/views/partials.h"

#include "http/grammar/token.h"
#include "router/beego/views/views.h"

namespace duel::beego::views {
namespace {

constexpr size_t kMaxTextBytes = 1024 * 1024;  // bytes; nested partials can grow exponentially
constexpr int kMaxPartialDepth = 16;           // a template that includes itself would never end
constexpr int kMaxSectionDepth = 64;           // sections are rendered recursively

class Expander {
 public:
  explicit Expander(const values::TextMap<std::string>& sources) : sources_(sources) {}

  void expand(std::string_view name, int depth) {
    if (depth > kMaxPartialDepth) throw ViewError("includes itself, or nests partials deeper than 16 levels");
    const auto found = sources_.find(name);
    if (found == sources_.end()) throw ViewError("there is no template " + std::string(name));
    std::string_view text = found->second;
    for (;;) {
      const size_t begin = text.find("{{");
      append(text.substr(0, begin));
      if (begin == std::string_view::npos) return;
      text.remove_prefix(begin);
      const std::string_view closing = text.starts_with("{{{") ? "}}}" : "}}";
      const size_t end = text.find(closing);
      if (end == std::string_view::npos) throw ViewError("a {{ tag does not end");
      expand_tag(text.substr(0, end + closing.size()), depth);
      text.remove_prefix(end + closing.size());
    }
  }

  std::string take() { return std::move(out_); }

 private:
  void expand_tag(std::string_view tag, int depth) {
    const std::string_view inside = http::grammar::trim(tag.substr(2, tag.size() - 4));
    const char kind = inside.empty() ? '\0' : inside.front();
    if (kind == '>') return expand(http::grammar::trim(inside.substr(1)), depth + 1);
    if (kind == '=') throw ViewError("delimiters other than {{ and }} are not supported");
    if (kind == '#' || kind == '^') {
      if (++sections_ > kMaxSectionDepth) throw ViewError("sections nested deeper than 64 levels");
    } else if (kind == '/') {
      --sections_;
    }
    append(tag);
  }

  void append(std::string_view text) {
    if (out_.size() + text.size() > kMaxTextBytes) throw ViewError("larger than 1 MiB with its partials");
    out_.append(text);
  }

  const values::TextMap<std::string>& sources_;
  std::string out_;
  int sections_ = 0;
};

}  // namespace

std::string expand_partials(std::string_view name, const values::TextMap<std::string>& sources) {
  Expander expander(sources);
  expander.expand(name, 0);
  return expander.take();
}

}  // namespace duel::beego::views
