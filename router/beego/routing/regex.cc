#include "router/beego/routing/regex.h"

#include <re2/re2.h>

#include "http/grammar/utf8.h"
#include "router/beego/routing/route_error.h"

namespace duel::beego::routing {

Regex::Regex(std::string source) : source_(std::move(source)) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  compiled_ = std::make_shared<const re2::RE2>("^" + source_ + "$", options);
  if (compiled_->ok()) return;
  throw RouteError("bad regular expression \"" + source_ + "\" in a route pattern: " + compiled_->error());
}

bool Regex::match(std::string_view text, std::vector<std::string_view>& groups) const {
  if (http::grammar::is_utf8(text)) return match_utf8(text, groups);
  // Match a copy in which U+FFFD replaces each invalid byte. `origin` maps positions in the copy to positions in
  // `text`.
  std::string replaced;
  std::vector<size_t> origin;
  for (size_t at = 0; at < text.size();) {
    const http::grammar::Rune rune = http::grammar::decode_rune(text.substr(at));
    replaced.append(rune.is_invalid() ? http::grammar::kReplacementText : text.substr(at, rune.size));
    origin.resize(replaced.size(), at);
    at += rune.size;
  }
  origin.push_back(text.size());
  if (!match_utf8(replaced, groups)) return false;
  for (std::string_view& group : groups) {
    if (group.empty()) {
      group = {};  // not a view of the copy
      continue;
    }
    const auto begin = static_cast<size_t>(group.data() - replaced.data());
    group = text.substr(origin[begin], origin[begin + group.size()] - origin[begin]);
  }
  return true;
}

bool Regex::match_utf8(std::string_view text, std::vector<std::string_view>& groups) const {
  std::vector<re2::StringPiece> pieces(static_cast<size_t>(compiled_->NumberOfCapturingGroups()) + 1);
  const auto count = static_cast<int>(pieces.size());
  if (!compiled_->Match(text, 0, text.size(), re2::RE2::UNANCHORED, pieces.data(), count)) return false;
  groups.clear();
  for (size_t i = 1; i < pieces.size(); ++i) groups.emplace_back(pieces[i].data(), pieces[i].size());
  return true;
}

}  // namespace duel::beego::routing
