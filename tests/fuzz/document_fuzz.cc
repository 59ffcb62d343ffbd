#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "router/gin/binding/bind.h"
#include "tests/fuzz/check.h"

// The input is a body, which is bound as XML and as YAML to a struct with members of all kinds.
//
// The target checks that
// - it is bound twice with the same result,
// - an error names the problem in printable words,
// - values that are bound are written as JSON and can be bound again as that.
namespace duel::gin::binding {
namespace {

using fuzz::check;

struct Node {
  int64_t a = 0;
  uint8_t b = 0;
  double c = 0;
  bool d = false;
  std::string_view e;
  std::optional<std::string> f;
  std::span<const std::string_view> g;
  std::vector<Node> h;
  std::map<std::string, std::vector<int>> i;
  std::unique_ptr<Node> j;
  json::Time k;
  std::chrono::nanoseconds l{};
  std::array<float, 2> m{};
  static constexpr auto json_fields = json::fields(
      json::field("a", &Node::a, json::attribute), json::field("b", &Node::b), json::field("c", &Node::c),
      json::field("d", &Node::d), json::field("e", &Node::e), json::field("f", &Node::f), json::field("g", &Node::g),
      json::field("h", &Node::h), json::field("i", &Node::i), json::field("j", &Node::j), json::field("k", &Node::k),
      json::field("l", &Node::l), json::field("m", &Node::m));
};

std::string as_json(const Node& node) {
  memory::Buffer to;
  json::write(json::Writer(to), node);
  return std::string(to.view());
}

template <class Bind>
void run(Bind bind, std::string_view text) {
  memory::Arena arena;
  Node once;
  Node twice;
  const BindResult first = bind(once, text, arena);
  const BindResult second = bind(twice, text, arena);
  check(first.has_value() == second.has_value(), "only one attempt fails", text);
  if (first) {
    check(first->message == second->message, "another problem", text);
    check(first->message.find(": ") != std::string_view::npos && first->message.size() > 8, "no problem is named",
          text);
    return;
  }
  const std::string json = as_json(once);
  check(json == as_json(twice), "other values", text);
  Node again;
  // A list of XML has no level of its own, in JSON it has.
  if (const BindResult third = bind_json(again, json, arena)) {
    return check(third->message == "body: is nested too deeply", "the values cannot be bound as JSON", json);
  }
  check(as_json(again) == json, "the values change", json);
}

}  // namespace
}  // namespace duel::gin::binding

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace duel::gin::binding;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  run([](auto& to, std::string_view body, auto& arena) { return bind_xml(to, body, arena); }, text);
  run([](auto& to, std::string_view body, auto& arena) { return bind_yaml(to, body, arena); }, text);
  return 0;
}
