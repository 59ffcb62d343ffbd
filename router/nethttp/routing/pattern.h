#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace duel::nethttp::routing {

// A part of a path between slashes.
struct Segment {
  std::string text;  // of a literal (decoded), or the name of a wildcard; "/" stands for {$}
  bool wild = false;
  bool multi = false;  // {name...}, or a slash at the end of the pattern, which has no name
};

// How the requests of one pattern lie to those of another.
enum class Relation : uint8_t { kEquivalent, kMoreGeneral, kMoreSpecific, kDisjoint, kOverlaps };

// A pattern of Go 1.22: [METHOD ][HOST]/[PATH].
struct Pattern {
  std::string text;
  std::string method;  // empty: every method
  std::string host;    // empty: every host
  std::vector<Segment> segments;
  size_t number = 0;  // counts the patterns as they are registered

  const Segment& last() const { return segments.back(); }
};

// Throws PatternError.
Pattern parse_pattern(std::string_view text);

Relation compare_methods(const Pattern& a, const Pattern& b);
Relation compare_paths(const Pattern& a, const Pattern& b);
Relation combine(Relation a, Relation b);

// Whether a request may match both patterns, and neither is more specific. `kind` is then the class of the conflict.
bool conflict(const Pattern& a, const Pattern& b, std::string& kind);

// Removes the first segment of an escaped path and returns it decoded: a view of the path, or of `buffer` if it had
// escapes. "/" alone is the segment "/".
std::string_view take_segment(std::string_view& path, std::string& buffer);
std::string decode_segment(std::string_view text);

}  // namespace duel::nethttp::routing
