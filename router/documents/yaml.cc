#include "router/documents/yaml.h"

#include <yaml.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <new>

#include "router/documents/limits.h"

namespace duel::documents {
namespace {

constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";
constexpr std::string_view kTagDirective = "%TAG";
constexpr std::string_view kResolvedTags[] = {"int", "float", "bool", "null", "timestamp"};

class Event {
 public:
  explicit Event(yaml_parser_t& parser) : valid_(yaml_parser_parse(&parser, &event_) != 0) {}
  ~Event() {
    if (valid_) yaml_event_delete(&event_);
  }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  bool valid() const { return valid_; }
  yaml_event_type_t type() const { return event_.type; }
  std::string_view text() const {
    return {reinterpret_cast<const char*>(event_.data.scalar.value), event_.data.scalar.length};
  }
  bool is_plain() const { return event_.data.scalar.style == YAML_PLAIN_SCALAR_STYLE; }
  std::string_view tag() const {
    const yaml_char_t* const tag = event_.type == YAML_SCALAR_EVENT           ? event_.data.scalar.tag
                                   : event_.type == YAML_SEQUENCE_START_EVENT ? event_.data.sequence_start.tag
                                                                              : event_.data.mapping_start.tag;
    return tag == nullptr ? std::string_view() : reinterpret_cast<const char*>(tag);
  }

 private:
  yaml_event_t event_{};
  bool valid_;
};

class Reader {
 public:
  Reader(std::string_view text, YamlVisitor& visitor) : visitor_(visitor) {
    if (yaml_parser_initialize(&parser_) == 0) throw std::bad_alloc();
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  }
  ~Reader() { yaml_parser_delete(&parser_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  std::string_view read() {
    for (;;) {
      const Event event(parser_);
      if (!event.valid()) return parser_.error == YAML_READER_ERROR ? "is not UTF-8" : "is not YAML";
      if (event.type() == YAML_STREAM_END_EVENT)
        return documents_ == 0 ? "is empty, YAML is expected" : std::string_view();
      if (const std::string_view problem = take(event); !problem.empty()) return problem;
    }
  }

 private:
  // An open list or object.
  struct Open {
    bool is_object = false;
    bool has_key = false;
  };

  std::string_view take(const Event& event) {
    switch (event.type()) {
      case YAML_DOCUMENT_START_EVENT:
        return ++documents_ > 1 ? "holds more than one document" : std::string_view();
      case YAML_ALIAS_EVENT:
        return "must not have aliases";
      case YAML_SCALAR_EVENT:
        return take_scalar(event);
      case YAML_SEQUENCE_START_EVENT:
        return begin(event, "seq", false);
      case YAML_MAPPING_START_EVENT:
        return begin(event, "map", true);
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        --depth_;
        visitor_.end();
        return {};
      default:
        return {};
    }
  }

  Open* innermost() { return depth_ == 0 ? nullptr : &open_[depth_ - 1]; }
  bool expects_key() { return depth_ > 0 && innermost()->is_object && !innermost()->has_key; }

  // Called before each value.
  std::string_view count() {
    if (Open* const open = innermost(); open != nullptr) open->has_key = false;
    return ++values_ > kMaxValues ? kTooManyValues : std::string_view();
  }

  std::string_view begin(const Event& event, std::string_view type, bool is_object) {
    if (expects_key()) return "has a key that is not text";
    if (const std::string_view tag = core_tag(event.tag()); !tag.empty() && tag != type) return kUnknownTag;
    if (const std::string_view problem = count(); !problem.empty()) return problem;
    if (depth_ == open_.size()) return kTooDeep;
    open_[depth_++] = {is_object, false};
    if (is_object) {
      visitor_.begin_object();
    } else {
      visitor_.begin_list();
    }
    return {};
  }

  std::string_view take_scalar(const Event& event) {
    if (expects_key()) {
      if (event.is_plain() && event.text() == "<<") return "must not have merge keys";
      innermost()->has_key = true;
      visitor_.key(event.text());
      return {};
    }
    if (const std::string_view problem = count(); !problem.empty()) return problem;
    const std::string_view tag = core_tag(event.tag());
    const bool is_resolved = std::ranges::find(kResolvedTags, tag) != std::end(kResolvedTags);
    if (!tag.empty() && tag != "str" && !is_resolved) return kUnknownTag;
    YamlScalar text;
    text.text = event.text();
    const bool is_untagged = event.tag().empty() && event.is_plain();
    visitor_.scalar(is_resolved || is_untagged ? resolve_yaml(event.text()) : text);
    return {};
  }

  // A tag of YAML itself without its prefix; nothing for a tag of an application, which means nothing here.
  static std::string_view core_tag(std::string_view tag) {
    return tag.starts_with(kTagPrefix) ? tag.substr(kTagPrefix.size()) : std::string_view();
  }

  static constexpr std::string_view kUnknownTag = "has a tag that is not supported";

  yaml_parser_t parser_{};
  YamlVisitor& visitor_;
  std::array<Open, kMaxDepth> open_{};
  size_t depth_ = 0;
  size_t documents_ = 0;
  size_t values_ = 0;
};

}  // namespace

std::string_view read_yaml(std::string_view text, YamlVisitor& visitor) {
  if (text.size() > kMaxBytes) return "is too large";
  // libyaml compares each definition of a tag with all earlier ones: many of them would take minutes.
  constexpr size_t kMaxTagDefinitions = 16;
  size_t count = 0;
  for (size_t at = text.find(kTagDirective); at != std::string_view::npos; at = text.find(kTagDirective, at + 1)) {
    if (++count > kMaxTagDefinitions) return "has too many definitions of tags";
  }
  return Reader(text, visitor).read();
}

}  // namespace duel::documents
