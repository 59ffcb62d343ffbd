// JSON input: what bind_json() stands on, against what else could carry it. Allocations of a warm thread stand beside
// the times.
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <cstring>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "alloc/counters.h"
#include "router/gin/bind.h"

namespace {

using namespace duel;

struct Message {
  std::string_view message;
  static constexpr auto json_fields = gin::fields(gin::field("message", &Message::message));
};

struct Address {
  std::string_view city;
  std::string_view zip;
  static constexpr auto json_fields = gin::fields(gin::field("city", &Address::city), gin::field("zip", &Address::zip));
};

struct Person {
  std::string_view name;
  std::string_view email;
  int age = 0;
  bool admin = false;
  double score = 0;
  std::span<const std::string_view> tags;
  Address address;
  static constexpr auto json_fields = gin::fields(
      gin::field("name", &Person::name), gin::field("email", &Person::email), gin::field("age", &Person::age),
      gin::field("admin", &Person::admin), gin::field("score", &Person::score), gin::field("tags", &Person::tags),
      gin::field("address", &Person::address));
};

constexpr std::string_view kSmall = R"({"message":"pong"})";
constexpr std::string_view kPerson =
    R"({"name":"Ada Lovelace","email":"ada@example.com","age":36,"admin":true,"score":4.75,)"
    R"("tags":["a","b","c"],"address":{"city":"London","zip":"W1"}})";

const std::string& people() {
  static const std::string text = [] {
    std::string list = "[";
    for (int i = 0; i < 100; ++i) (list += i == 0 ? "" : ",") += kPerson;
    return list + "]";
  }();
  return text;
}

std::string_view document(int64_t number) {
  return number == 0 ? kSmall : number == 1 ? kPerson : std::string_view(people());
}

template <class Parse>
void measure(benchmark::State& state, Parse parse) {
  const std::string_view text = document(state.range(0));
  parse(text);
  parse(text);
  const alloc::Reading before = alloc::read();
  for (auto _ : state) parse(text);
  const alloc::Reading after = alloc::read();
  state.counters["alloc_bytes"] =
      benchmark::Counter(static_cast<double>(after.bytes - before.bytes), benchmark::Counter::kAvgIterations);
  state.counters["size"] = static_cast<double>(text.size());
}

void nlohmann_dom(benchmark::State& state) {
  measure(state, [](std::string_view text) { benchmark::DoNotOptimize(nlohmann::json::parse(text)); });
}

void simdjson_dom(benchmark::State& state) {
  simdjson::dom::parser parser;
  measure(state, [&](std::string_view text) {
    simdjson::dom::element root;
    benchmark::DoNotOptimize(parser.parse(text.data(), text.size(), true).get(root));
  });
}

// Only tells the document apart, as far as it is looked at: the members of the outermost object or list.
void simdjson_ondemand(benchmark::State& state) {
  simdjson::ondemand::parser parser;
  std::vector<char> padded(people().size() + simdjson::SIMDJSON_PADDING);
  measure(state, [&](std::string_view text) {
    std::memcpy(padded.data(), text.data(), text.size());
    auto root = parser.iterate(padded.data(), text.size(), padded.size());
    size_t sum = 0;
    const auto read_object = [&](simdjson::ondemand::object object) {
      for (auto field : object) sum += std::string_view(field.unescaped_key()).size();
    };
    if (text[0] == '{') {
      read_object(root.get_object());
    } else {
      for (auto element : root.get_array()) read_object(element.get_object());
    }
    benchmark::DoNotOptimize(sum);
  });
}

// Parsed, every field converted and checked, text copied to the arena.
void gin_bind_json(benchmark::State& state) {
  gin::Arena arena;
  measure(state, [&](std::string_view text) {
    const auto bind = [&](auto to) { benchmark::DoNotOptimize(gin::bind_json(to, text, arena)); };
    if (state.range(0) == 0) bind(Message{});
    if (state.range(0) == 1) bind(Person{});
    if (state.range(0) == 2) bind(std::span<const Person>{});
    arena.reset();
  });
}

BENCHMARK(nlohmann_dom)->DenseRange(0, 2);
BENCHMARK(simdjson_dom)->DenseRange(0, 2);
BENCHMARK(simdjson_ondemand)->DenseRange(0, 2);
BENCHMARK(gin_bind_json)->DenseRange(0, 2);

}  // namespace

BENCHMARK_MAIN();
