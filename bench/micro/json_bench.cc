// json_bench: compares the Gin style's JSON with the libraries that were candidates for it. It parses the body of a
// request (parse), binds it to a struct (bind), and writes a struct as the body of a response (write). Every result is
// checked before it is timed. The allocations of a warm thread are reported with the times.
#include <benchmark/benchmark.h>
#include <rapidjson/document.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <simdjson.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "alloc/counters.h"
#include "bench/micro/environment.h"
#include "router/gin/binding/bind.h"

namespace {

using namespace duel;

struct Message {
  std::string_view message;
  static constexpr auto json_fields = gin::json::fields(gin::json::field("message", &Message::message));
};

struct Address {
  std::string_view city;
  std::string_view zip;
  static constexpr auto json_fields =
      gin::json::fields(gin::json::field("city", &Address::city), gin::json::field("zip", &Address::zip));
};

struct Person {
  std::string_view name;
  std::string_view email;
  int age = 0;
  bool admin = false;
  double score = 0;
  std::span<const std::string_view> tags;
  Address address;
  static constexpr auto json_fields =
      gin::json::fields(gin::json::field("name", &Person::name), gin::json::field("email", &Person::email),
                        gin::json::field("age", &Person::age), gin::json::field("admin", &Person::admin),
                        gin::json::field("score", &Person::score), gin::json::field("tags", &Person::tags),
                        gin::json::field("address", &Person::address));
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

constexpr int kDocuments = 3;
std::string_view document(int64_t number) {
  return number == 0 ? kSmall : number == 1 ? kPerson : std::string_view(people());
}

[[noreturn]] void fail(const char* problem) {
  std::fprintf(stderr, "json_bench: %s\n", problem);
  std::exit(EXIT_FAILURE);
}

// `operation` returns false for a wrong result; then the program ends and prints `problem`.
template <class Operation>
void measure(benchmark::State& state, const char* problem, const Operation& operation) {
  for (int i = 0; i < 2; ++i) {
    if (!operation()) fail(problem);
  }
  alloc::count_calls(true);
  const alloc::Reading before = alloc::read();
  operation();
  const alloc::Reading after = alloc::read();
  alloc::count_calls(false);
  for (auto _ : state) operation();
  state.counters["allocs/op"] = static_cast<double>(after.calls - before.calls);
  state.counters["B/op"] = static_cast<double>(after.bytes - before.bytes);
  state.counters["JSON"] = static_cast<double>(document(state.range(0)).size());
}

// --- parse: the whole text, to values that can be read

void parse_nlohmann(benchmark::State& state) {
  const std::string_view text = document(state.range(0));
  measure(state, "nlohmann refuses", [&] {
    const auto root = nlohmann::json::parse(text, nullptr, false);
    benchmark::DoNotOptimize(&root);
    return !root.is_discarded();
  });
}

void parse_rapidjson(benchmark::State& state) {
  const std::string_view text = document(state.range(0));
  std::vector<char> pool(64 * 1024);  // memory for the values, reused
  std::vector<char> stack(4 * 1024);
  measure(state, "rapidjson refuses", [&] {
    rapidjson::MemoryPoolAllocator<> values(pool.data(), pool.size());
    rapidjson::MemoryPoolAllocator<> stacks(stack.data(), stack.size());
    rapidjson::GenericDocument<rapidjson::UTF8<>, rapidjson::MemoryPoolAllocator<>, rapidjson::MemoryPoolAllocator<>>
        root(&values, 1024, &stacks);
    root.Parse<rapidjson::kParseValidateEncodingFlag>(text.data(), text.size());
    benchmark::DoNotOptimize(&root);
    return !root.HasParseError();
  });
}

void parse_simdjson_dom(benchmark::State& state) {
  const std::string_view text = document(state.range(0));
  simdjson::dom::parser parser;
  measure(state, "simdjson refuses", [&] {
    simdjson::dom::element root;
    return parser.parse(text.data(), text.size(), true).get(root) == simdjson::SUCCESS;
  });
}

// The on-demand parser reads only the values that the program requests: here the names of the outermost object, or of
// the objects of the outermost list.
void parse_simdjson_ondemand(benchmark::State& state) {
  const std::string_view text = document(state.range(0));
  simdjson::ondemand::parser parser;
  std::vector<char> padded(text.size() + simdjson::SIMDJSON_PADDING);
  measure(state, "simdjson's on-demand parser finds no name", [&] {
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
    return sum > 0;
  });
}

// --- bind: parses, converts and checks every field, and copies text to the memory of the request

void bind_gin(benchmark::State& state) {
  const std::string_view text = document(state.range(0));
  gin::memory::Arena arena;
  const auto bind = [&](auto to) {
    const bool bound = !gin::binding::bind_json(to, text, arena);
    benchmark::DoNotOptimize(&to);
    arena.reset();
    return bound;
  };
  measure(state, "bind_json() refuses", [&] {
    switch (state.range(0)) {
      case 0:
        return bind(Message{});
      case 1:
        return bind(Person{});
      default:
        return bind(std::span<const Person>{});
    }
  });
}

// --- write: the same values to text

const Person& person() {
  static constexpr std::string_view kTags[] = {"a", "b", "c"};
  static const Person value{.name = "Ada Lovelace",
                            .email = "ada@example.com",
                            .age = 36,
                            .admin = true,
                            .score = 4.75,
                            .tags = kTags,
                            .address = {.city = "London", .zip = "W1"}};
  return value;
}

void write_gin(benchmark::State& state) {
  const std::vector<Person> all(100, person());
  gin::memory::Buffer buffer;
  measure(state, "gin::json writes a wrong text", [&] {
    buffer.clear();
    switch (state.range(0)) {
      case 0:
        gin::json::write(buffer, Message{"pong"});
        break;
      case 1:
        gin::json::write(buffer, person());
        break;
      default:
        gin::json::write(buffer, all);
    }
    return buffer.view() == document(state.range(0));
  });
}

// Converts the struct on each call, as a handler would. nlohmann sorts the names.
nlohmann::json to_nlohmann(const Person& from) {
  return {{"name", from.name},
          {"email", from.email},
          {"age", from.age},
          {"admin", from.admin},
          {"score", from.score},
          {"tags", std::vector<std::string>(from.tags.begin(), from.tags.end())},
          {"address", {{"city", from.address.city}, {"zip", from.address.zip}}}};
}

void write_nlohmann(benchmark::State& state) {
  measure(state, "nlohmann writes a text of a wrong length", [&] {
    nlohmann::json root;
    switch (state.range(0)) {
      case 0:
        root = {{"message", "pong"}};
        break;
      case 1:
        root = to_nlohmann(person());
        break;
      default:
        for (int i = 0; i < 100; ++i) root.push_back(to_nlohmann(person()));
    }
    return root.dump().size() == document(state.range(0)).size();
  });
}

using RapidWriter = rapidjson::Writer<rapidjson::StringBuffer>;
void put(RapidWriter& writer, std::string_view text) {
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void write_rapidjson_person(RapidWriter& writer, const Person& from) {
  writer.StartObject();
  put(writer, "name"), put(writer, from.name);
  put(writer, "email"), put(writer, from.email);
  put(writer, "age"), writer.Int(from.age);
  put(writer, "admin"), writer.Bool(from.admin);
  put(writer, "score"), writer.Double(from.score);
  put(writer, "tags"), writer.StartArray();
  for (const std::string_view tag : from.tags) put(writer, tag);
  writer.EndArray();
  put(writer, "address"), writer.StartObject();
  put(writer, "city"), put(writer, from.address.city);
  put(writer, "zip"), put(writer, from.address.zip);
  writer.EndObject();
  writer.EndObject();
}

void write_rapidjson(benchmark::State& state) {
  rapidjson::StringBuffer buffer;
  RapidWriter writer(buffer);
  measure(state, "rapidjson writes a wrong text", [&] {
    buffer.Clear();
    writer.Reset(buffer);
    switch (state.range(0)) {
      case 0:
        writer.StartObject();
        put(writer, "message"), put(writer, "pong");
        writer.EndObject();
        break;
      case 1:
        write_rapidjson_person(writer, person());
        break;
      default:
        writer.StartArray();
        for (int i = 0; i < 100; ++i) write_rapidjson_person(writer, person());
        writer.EndArray();
    }
    return std::string_view(buffer.GetString(), buffer.GetSize()) == document(state.range(0));
  });
}

BENCHMARK(parse_nlohmann)->DenseRange(0, kDocuments - 1);
BENCHMARK(parse_rapidjson)->DenseRange(0, kDocuments - 1);
BENCHMARK(parse_simdjson_dom)->DenseRange(0, kDocuments - 1);
BENCHMARK(parse_simdjson_ondemand)->DenseRange(0, kDocuments - 1);
BENCHMARK(bind_gin)->DenseRange(0, kDocuments - 1);
BENCHMARK(write_nlohmann)->DenseRange(0, kDocuments - 1);
BENCHMARK(write_rapidjson)->DenseRange(0, kDocuments - 1);
BENCHMARK(write_gin)->DenseRange(0, kDocuments - 1);

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  bench::describe_environment();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
