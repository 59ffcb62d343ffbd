// For the Beego style's tree of routes: the grammar of patterns.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace duel::beego::routing {

// One parsed segment of a route pattern.
//
//   admin                fixed
//   :id                  a parameter that takes the whole segment
//   ?:id                 the same, and the segment may be missing
//   :id:int              digits, ([0-9]+)
//   :name:string         a word, ([\w]+)
//   :id([0-9]+)          text that the regular expression matches
//   cms_:id_:page.html   several parameters in one segment, with fixed text between them
//   *                    the rest of the path, named :splat
//   *.*                  the rest of the path, cut at the last segment's first dot into :path and :ext
struct Segment {
  bool wild = false;
  bool optional = false;           // begins with '?'
  std::vector<std::string> names;  // of the parameters, with the leading ':'; `*.*` has ".", ":path", ":ext"
  std::string regex;               // if empty, the parameter matches the whole segment
};

// Accepts any text, as beego 2.1.0 does. The tree checks the regular expression.
Segment read_segment(std::string_view text);

}  // namespace duel::beego::routing
