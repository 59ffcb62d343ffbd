#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace duel::beego::routing {

// One segment of a route pattern, read.
//
//   admin                fixed
//   :id                  a parameter that takes the whole segment
//   ?:id                 the same, and the segment may be missing
//   :id:int              digits, ([0-9]+)
//   :name:string         a word, ([\w]+)
//   :id([0-9]+)          what the regular expression says
//   cms_:id_:page.html   several in one segment, with text between them
//   *                    the rest of the path, named :splat
//   *.*                  the rest of the path, cut at the last segment's first dot into :path and :ext
struct Segment {
  bool wild = false;
  bool optional = false;           // began with '?'
  std::vector<std::string> names;  // of the parameters, with their leading ':'; `*.*` has "." before its two
  std::string regex;               // empty: the parameter takes the whole segment
};

// Takes any text, as the original does; the regular expression is checked by the tree.
Segment read_segment(std::string_view text);

}  // namespace duel::beego::routing
