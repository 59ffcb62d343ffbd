#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "router/gin/json/json.h"
#include "router/gin/memory/arena.h"

// For read_document.h, and for handlers that bind a document whose structure they do not know.
namespace duel::gin::binding {

struct TreeNode;

// Of a list. simdjson does not count further; the limit of YAML and XML is lower (documents/limits.h).
inline constexpr size_t kMaxElements = 0xFFFFFF;

// A value of the document that this thread parsed last: JSON, YAML or XML. Valid as long as the request, a value of
// JSON only until the thread parses another JSON document.
class DocumentValue {
 public:
  enum class Format : uint8_t { kJson, kYaml, kXml };
  // A whole number is kSigned if it fits into int64_t, kUnsigned if it fits only into uint64_t, otherwise kDouble.
  // Every value of XML is a kElement: an attribute, or all elements of one name in one other element. Its use decides
  // whether it is a list of these, the members of the last one, or the text of the last one.
  enum class Kind : uint8_t { kNull, kBool, kSigned, kUnsigned, kDouble, kText, kArray, kObject, kElement };

  DocumentValue() = default;
  explicit DocumentValue(const TreeNode& node);
  Format format() const { return format_; }
  Kind kind() const { return kind_; }
  bool is_list() const { return kind_ == Kind::kArray || kind_ == Kind::kElement; }
  bool is_object() const { return kind_ == Kind::kObject || kind_ == Kind::kElement; }
  // Whether as_text() may be called.
  bool has_text() const {
    const bool is_scalar = kind_ != Kind::kNull && kind_ < Kind::kArray;
    return kind_ == Kind::kText || kind_ == Kind::kElement || (format_ == Format::kYaml && is_scalar);
  }
  bool is_attribute() const;

  // Each of these functions may be called only for its own kind.
  bool as_bool() const;
  int64_t as_signed() const;
  uint64_t as_unsigned() const;
  // UTF-8, escapes decoded; the text of an element; in YAML, every scalar but null as it is written.
  std::string_view as_text() const;
  size_t size() const;  // number of elements of a list

  // For Context::json(): as Go writes a value of any kind: numbers are doubles, and members are sorted. Allocates for
  // members.
  void write_json(const json::Writer& writer) const;

  // Returns false if the value is not a number.
  bool to_double(double& to) const;

  // Call visit(DocumentValue) or visit(std::string_view name, DocumentValue) in the order sent, until it returns
  // false.
  template <class Visit>
  void each_element(Visit visit) const {
    each_element(&visit, [](void* to, const DocumentValue& value) { return (*static_cast<Visit*>(to))(value); });
  }
  template <class Visit>
  void each_member(Visit visit) const {
    each_member(&visit, [](void* to, std::string_view name, const DocumentValue& value) {
      return (*static_cast<Visit*>(to))(name, value);
    });
  }

 private:
  friend struct JsonAccess;
  void each_element(void* to, bool (*visit)(void*, const DocumentValue&)) const;
  void each_member(void* to, bool (*visit)(void*, std::string_view, const DocumentValue&)) const;
  const TreeNode& node() const;  // of YAML and XML; of several elements the last

  struct Tree {
    const TreeNode* node;
    bool alone;  // one element of a list
  };

  Kind kind_ = Kind::kNull;
  Format format_ = Format::kJson;
  union {
    alignas(void*) char json_[2 * sizeof(void*)] = {};  // the bytes of a simdjson::dom::element
    Tree tree_;
  };
};

}  // namespace duel::gin::binding
