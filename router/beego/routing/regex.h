#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace duel::beego::routing {

// A regular expression over a whole text, in RE2 syntax, leftmost-first. Matching takes linear time, whatever the text.
// Bytes that are no UTF-8 count as one U+FFFD each, as in Go.
class Regex {
 public:
  // Throws RouteError.
  explicit Regex(std::string source);

  const std::string& source() const { return source_; }

  // The groups in order, as views into `text`; a group that took no part is empty. False if the text does not match.
  bool match(std::string_view text, std::vector<std::string_view>& groups) const;

 private:
  bool match_utf8(std::string_view text, std::vector<std::string_view>& groups) const;

  std::string source_;
  std::shared_ptr<const re2::RE2> compiled_;
};

}  // namespace duel::beego::routing
