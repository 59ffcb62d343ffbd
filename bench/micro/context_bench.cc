// context_bench: measures the savings of the Gin style's context pool (scenario S7 of the article) and of its response
// buffer (S8). It compares requests that use them with requests that do not. It runs whole requests, from the bytes of
// the request to the bytes of the response.
#include <benchmark/benchmark.h>

#include <array>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "bench/micro/environment.h"
#include "bench/micro/requests.h"
#include "router/gin/engine.h"

namespace duel::bench {
namespace {

constexpr size_t kMaxBytes = 12 * 1024;
constexpr std::array<char, kMaxBytes> kBytes = [] {
  std::array<char, kMaxBytes> bytes{};
  bytes.fill('x');
  return bytes;
}();
template <size_t kSize>
constexpr std::string_view kText(kBytes.data(), kSize);

void answer_pong(gin::Context& c) {
  c.string(200, "pong");
}
void answer_json(gin::Context& c) {
  c.json(200, gin::H{{"message", "pong"}});
}
void answer_param(gin::Context& c) {
  c.string(200, c.param("id"));
}
void pass(gin::Context& c) {
  c.next();
}
// Copies the body to the buffer in one piece. There is no cheaper way to fill the buffer.
template <size_t kSize>
void answer_copied(gin::Context& c) {
  c.string(200, kText<kSize>);
}
// Sends the body without a copy.
template <size_t kSize>
void answer_stable(gin::Context& c) {
  c.string(200, gin::stable(kText<kSize>));
}
// Writes the body to the buffer in pieces, like a JSON document. When the buffer is full, its bytes move to a larger
// one.
template <size_t kSize>
void answer_pieces(gin::Context& c) {
  constexpr size_t kPiece = 32;
  static_assert(kSize % kPiece == 0);
  for (size_t at = 0; at < kSize; at += kPiece) c.string(200, kText<kSize>.substr(at, kPiece));
}

void add(const std::string& name, std::unique_ptr<http::Handler> (*make)(bool), std::string_view path,
         std::string_view body) {
  static std::deque<Case> cases;  // the benchmarks keep references
  const Case& asked = cases.emplace_back(Case{http::Method::kGet, path, path});
  for (const bool pool : {true, false}) {
    add_request_benchmark(name + (pool ? "/pool_on" : "/pool_off"), make(pool), {&asked, 1},
                          [body](const Case&) { return body; });
  }
}

template <const auto& kApp>
std::unique_ptr<http::Handler> engine(bool pool) {
  return std::make_unique<gin::Engine<kApp>>(pool);
}

constexpr auto kPoolApp =
    gin::router(gin::get("/ping", answer_pong), gin::get("/json", answer_json), gin::get("/user/:id", answer_param),
                gin::get("/chain", pass, pass, pass, pass, pass, answer_pong));

void add_pool_benchmarks() {
  add("pool/text", engine<kPoolApp>, "/ping", "pong");
  add("pool/json", engine<kPoolApp>, "/json", R"({"message":"pong"})");
  add("pool/one_param", engine<kPoolApp>, "/user/42", "42");
  add("pool/five_middleware", engine<kPoolApp>, "/chain", "pong");
}

template <size_t kSize>
void add_buffer_benchmarks() {
  static constexpr auto kApp =
      gin::router(gin::get("/stable", answer_stable<kSize>), gin::get("/copied", answer_copied<kSize>),
                  gin::get("/pieces", answer_pieces<kSize>));
  for (const char* path : {"/stable", "/copied", "/pieces"}) {
    add("buffer" + std::string(path) + "/" + std::to_string(kSize), engine<kApp>, path, kText<kSize>);
  }
}

}  // namespace
}  // namespace duel::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  duel::bench::describe_environment();
  duel::bench::add_pool_benchmarks();
  duel::bench::add_buffer_benchmarks<64>();
  duel::bench::add_buffer_benchmarks<1024>();
  duel::bench::add_buffer_benchmarks<duel::gin::memory::Buffer::kInlineBytes>();
  duel::bench::add_buffer_benchmarks<duel::gin::memory::Buffer::kInlineBytes + 32>();
  duel::bench::add_buffer_benchmarks<duel::bench::kMaxBytes>();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
