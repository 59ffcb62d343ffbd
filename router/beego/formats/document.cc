#include "router/beego/formats/document.h"

#include <algorithm>
#include <memory_resource>
#include <utility>

#include "router/documents/xml.h"

namespace duel::beego::formats {
namespace {

using Kind = Document::Kind;

// The values that have begun and not ended, the outermost first. A value becomes a child when it ends.
class Builder {
 public:
  void open(Kind kind, std::string_view name) { open_.push_back({.kind = kind, .name = std::string(name)}); }
  void close() {
    Document ended = std::move(open_.back());
    open_.pop_back();
    add(std::move(ended));
  }
  void add(Document value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else {
      open_.back().children.push_back(std::move(value));
    }
  }
  Document& innermost() { return open_.back(); }
  Document take() { return std::move(root_); }

 private:
  std::vector<Document> open_;
  Document root_;
};

class XmlBuilder final : public documents::XmlVisitor {
 public:
  void begin_element(std::string_view name) override { builder_.open(Kind::kElement, name); }
  void attribute(std::string_view, std::string_view) override {}  // no field is an attribute
  void end_element(std::string_view text) override {
    builder_.innermost().text = text;
    builder_.close();
  }
  Document take() { return builder_.take(); }

 private:
  Builder builder_;
};

class YamlBuilder final : public documents::YamlVisitor {
 public:
  void begin_list() override { builder_.open(Kind::kList, std::exchange(key_, {})); }
  void begin_object() override { builder_.open(Kind::kObject, std::exchange(key_, {})); }
  void end() override {
    has_duplicate_ = has_duplicate_ || has_duplicate(builder_.innermost());
    builder_.close();
  }
  void key(std::string_view name) override { key_ = name; }
  void scalar(const documents::YamlScalar& value) override {
    builder_.add(
        {.kind = Kind::kScalar, .name = std::exchange(key_, {}), .text = std::string(value.text), .scalar = value});
  }
  bool has_duplicate() const { return has_duplicate_; }
  Document take() { return builder_.take(); }

 private:
  static bool has_duplicate(const Document& value) {
    if (value.kind != Kind::kObject) return false;
    std::vector<std::string_view> names;
    names.reserve(value.children.size());
    for (const Document& child : value.children) names.push_back(child.name);
    std::ranges::sort(names);
    return std::ranges::adjacent_find(names) != names.end();
  }

  Builder builder_;
  std::string key_;  // of the next value
  bool has_duplicate_ = false;
};

}  // namespace

std::optional<Document> parse_xml(std::string_view text) {
  XmlBuilder builder;
  std::pmr::monotonic_buffer_resource memory;
  if (!documents::read_xml(text, builder, memory).empty()) return std::nullopt;
  return builder.take();
}

std::optional<Document> parse_yaml(std::string_view text) {
  YamlBuilder builder;
  if (!documents::read_yaml(text, builder).empty() || builder.has_duplicate()) return std::nullopt;
  return builder.take();
}

}  // namespace duel::beego::formats
