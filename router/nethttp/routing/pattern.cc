#include "router/nethttp/routing/pattern.h"

#include <algorithm>
#include <optional>

#include "http/grammar/percent.h"
#include "http/grammar/token.h"
#include "router/nethttp/routing/path.h"
#include "router/nethttp/routing/pattern_error.h"

namespace duel::nethttp::routing {
namespace {

[[noreturn]] void refuse(const char* kind, std::string_view pattern, const std::string& why) {
  throw PatternError(kind, "the pattern \"" + std::string(pattern) + "\" " + why);
}

// A Go identifier: letters and '_', and digits behind the first. Every byte above ASCII is taken for a letter.
bool is_name(std::string_view text) {
  const auto letter = [](char c) {
    return c == '_' || static_cast<unsigned char>(c) >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  return !text.empty() && letter(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

// The segment of "{...}". `is_last`: nothing follows it.
Segment wildcard(std::string_view text, bool is_last, const Pattern& pattern) {
  if (!text.starts_with('{')) refuse("bad-segment", pattern.text, "has a wildcard that does not begin its segment");
  if (!text.ends_with('}')) refuse("bad-segment", pattern.text, "has a wildcard that does not end its segment");
  std::string_view name = text.substr(1, text.size() - 2);
  if (name == "$") {
    if (!is_last) refuse("dollar-not-last", pattern.text, "has {$} before its end");
    return {.text = "/"};
  }
  const bool multi = name.ends_with("...");
  if (multi) name.remove_suffix(3);
  if (multi && !is_last) refuse("rest-not-last", pattern.text, "has a wildcard for the rest before its end");
  if (name.empty()) refuse("empty-wildcard-name", pattern.text, "has a wildcard without a name");
  if (!is_name(name)) refuse("bad-wildcard-name", pattern.text, "has a wildcard whose name is no identifier");
  const bool seen = std::any_of(pattern.segments.begin(), pattern.segments.end(),
                                [&](const Segment& segment) { return segment.wild && segment.text == name; });
  if (seen) refuse("duplicate-wildcard-name", pattern.text, "has two wildcards with the same name");
  return {.text = std::string(name), .wild = true, .multi = multi};
}

Relation compare_segments(const Segment& a, const Segment& b) {
  if (a.multi && b.multi) return Relation::kEquivalent;
  if (a.multi) return Relation::kMoreGeneral;
  if (b.multi) return Relation::kMoreSpecific;
  if (a.wild && b.wild) return Relation::kEquivalent;
  // A wildcard of one segment does not match the slash at the end of a path.
  if (a.wild) return b.text == "/" ? Relation::kDisjoint : Relation::kMoreGeneral;
  if (b.wild) return a.text == "/" ? Relation::kDisjoint : Relation::kMoreSpecific;
  return a.text == b.text ? Relation::kEquivalent : Relation::kDisjoint;
}

}  // namespace

std::string decode_segment(std::string_view text) {
  std::string result(text.size(), '\0');
  const std::optional<size_t> size = http::grammar::percent_decode(text, http::grammar::Plus::kIsPlus, result.data());
  if (!size) return std::string(text);
  result.resize(*size);
  return result;
}

std::string_view take_segment(std::string_view& path, std::string& buffer) {
  if (path == "/") {
    path = {};
    return "/";
  }
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  if (segment.find('%') == std::string_view::npos) return segment;
  buffer = decode_segment(segment);
  return buffer;
}

Pattern parse_pattern(std::string_view text) {
  Pattern pattern{.text = std::string(text), .method = {}, .host = {}, .segments = {}};
  if (text.empty()) throw PatternError("empty", "the pattern is empty; give a path, such as /users/{id}");
  std::string_view rest = text;
  if (const size_t blank = text.find_first_of(" \t"); blank != std::string_view::npos) {
    pattern.method = text.substr(0, blank);
    rest = text.substr(std::min(text.find_first_not_of(" \t", blank), text.size()));
    if (blank > 0 && !http::grammar::is_token(pattern.method))
      refuse("bad-method", text, "does not begin with a method");
  }
  const size_t slash = rest.find('/');
  if (slash == std::string_view::npos) refuse("no-slash", text, "has no path");
  pattern.host = rest.substr(0, slash);
  rest.remove_prefix(slash);
  if (pattern.host.find('{') != std::string::npos) refuse("brace-in-host", text, "has a wildcard in its host");
  if (!pattern.method.empty() && pattern.method != "CONNECT" && clean_path(rest) != rest) {
    refuse("unclean-path", text, "has a path that no request has after cleaning");
  }
  while (!rest.empty()) {
    rest.remove_prefix(1);
    if (rest.empty()) {
      pattern.segments.push_back({.text = {}, .wild = true, .multi = true});
      break;
    }
    const std::string_view segment = rest.substr(0, rest.find('/'));
    rest.remove_prefix(segment.size());
    const bool literal = segment.find('{') == std::string_view::npos;
    pattern.segments.push_back(literal ? Segment{.text = decode_segment(segment)}
                                       : wildcard(segment, rest.empty(), pattern));
  }
  return pattern;
}

Relation combine(Relation a, Relation b) {
  switch (a) {
    case Relation::kEquivalent:
      return b;
    case Relation::kDisjoint:
      return a;
    case Relation::kOverlaps:
      return b == Relation::kDisjoint ? b : a;
    case Relation::kMoreGeneral:
    case Relation::kMoreSpecific:
      break;
  }
  if (b == Relation::kEquivalent) return a;
  const bool opposite = (a == Relation::kMoreGeneral && b == Relation::kMoreSpecific) ||
                        (a == Relation::kMoreSpecific && b == Relation::kMoreGeneral);
  return opposite ? Relation::kOverlaps : b;
}

Relation compare_methods(const Pattern& a, const Pattern& b) {
  if (a.method == b.method) return Relation::kEquivalent;
  if (a.method.empty()) return Relation::kMoreGeneral;
  if (b.method.empty()) return Relation::kMoreSpecific;
  if (a.method == "GET" && b.method == "HEAD") return Relation::kMoreGeneral;  // a route of GET answers HEAD, too
  if (a.method == "HEAD" && b.method == "GET") return Relation::kMoreSpecific;
  return Relation::kDisjoint;
}

Relation compare_paths(const Pattern& a, const Pattern& b) {
  const size_t size_a = a.segments.size();
  const size_t size_b = b.segments.size();
  if (size_a != size_b && !a.last().multi && !b.last().multi) return Relation::kDisjoint;
  Relation relation = Relation::kEquivalent;
  for (size_t i = 0; i < std::min(size_a, size_b); ++i) {
    relation = combine(relation, compare_segments(a.segments[i], b.segments[i]));
    if (relation == Relation::kDisjoint) return relation;
  }
  if (size_a == size_b) return relation;
  // The shorter one matches more only if it ends with a wildcard for the rest.
  if (size_a < size_b && a.last().multi) return combine(relation, Relation::kMoreGeneral);
  if (size_b < size_a && b.last().multi) return combine(relation, Relation::kMoreSpecific);
  return Relation::kDisjoint;
}

bool conflict(const Pattern& a, const Pattern& b, std::string& kind) {
  if (a.host != b.host) return false;  // a pattern with a host wins
  const Relation methods = compare_methods(a, b);
  const Relation paths = compare_paths(a, b);
  const Relation both = methods == Relation::kDisjoint ? methods : combine(methods, paths);
  if (both == Relation::kEquivalent) {
    kind = "conflict-same";
  } else if (both == Relation::kOverlaps) {
    kind = paths == Relation::kOverlaps ? "conflict-overlap" : "conflict-methods";
  } else {
    return false;
  }
  return true;
}

}  // namespace duel::nethttp::routing
