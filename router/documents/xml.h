// For the router styles: XML that a client sends.
#pragma once

#include <memory_resource>
#include <string_view>

#include "alloc/same_build.h"

namespace duel::documents {

// Gets the parts of a document in their order. The views are valid during the call. Names have no prefix: as in Go,
// <x:a> is named "a".
class XmlVisitor {
 public:
  virtual void begin_element(std::string_view name) = 0;
  virtual void attribute(std::string_view name, std::string_view value) = 0;  // of the element that has begun last
  // `text`: all character data between the tags of the element, without that of its children.
  virtual void end_element(std::string_view text) = 0;

 protected:
  ~XmlVisitor() = default;
};

// Returns the text without the blanks around it. Go's encoding/xml ignores these blanks in numbers and bools.
std::string_view trim_xml(std::string_view text);

// Reads a document with expat. Returns the problem, or an empty text. The whole text must be XML 1.0 in UTF-8. A
// document type is refused, because it can define entities: then a small text stands for a large one, or for a file.
//
// All memory comes from `memory`, and expat gives none back: it should be a std::pmr::monotonic_buffer_resource or
// another memory that is freed as a whole. It needs about 10 KB, and at most
// 64 KB and eight times the size of the text; of a text that needs more, the problem is "is too large".
std::string_view read_xml(std::string_view text, XmlVisitor& visitor, std::pmr::memory_resource& memory);

}  // namespace duel::documents
