// For the Beego style's tree of routes.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace duel::beego::routing {

// A regular expression in RE2 syntax that must match a whole text, leftmost-first. Matching takes time linear in the
// size of the text. As in Go, each byte that is not valid UTF-8 counts as one U+FFFD.
class Regex {
 public:
  // Throws RouteError.
  explicit Regex(std::string source);

  const std::string& source() const { return source_; }

  // Sets `groups` to the capturing groups in order, as views into `text`; a group that does not take part in the match
  // is empty. False if the text does not match.
  bool match(std::string_view text, std::vector<std::string_view>& groups) const;

 private:
  bool match_utf8(std::string_view text, std::vector<std::string_view>& groups) const;

  std::string source_;
  std::shared_ptr<const re2::RE2> compiled_;
};

}  // namespace duel::beego::routing
