#include "tests/e2e/conformance.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>
#include <string_view>

#include "tests/e2e/fixture.h"
#include "tests/http/core/head_ways.h"

namespace duel::e2e {
namespace {

// Servers besides those with the defaults. How a head is read makes no difference to a router.
struct Variant {
  std::string_view name;
  const char* router;
  const char* flag;
};
constexpr std::array kVariants = {
    Variant{"nethttp122", "nethttp", "--mux=1.22"},
    Variant{"gin_portable", "gin", "--head-scan=portable"},
    Variant{"gin_llhttp", "gin", "--head-scan=off"},
};

class Conformance : public EndToEnd {
 protected:
  std::string router() const override { return variant() != nullptr ? variant()->router : GetParam(); }

  void SetUp() override {
    const std::filesystem::path file = directory_.write("digits.txt", "0123456789");
    directory_.write("empty.txt", "");
    directory_.write("index.html", "<p>index</p>");
    directory_.write("large.bin", std::string(100'000, 'l'));
    const auto date = [](const std::filesystem::path& path, time_t modified) {
      const std::array<timespec, 2> times{timespec{modified, 0}, timespec{modified, 0}};
      ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times.data(), 0), 0);
    };
    date(file, 784'111'777);  // the example date of RFC 9110 §5.6.7
    date(directory_.write("ahead.txt", "ahead"), 4'102'444'800);
    std::vector<std::string> arguments{"--static-dir=" + directory_.path().string(), "--admin-port=any"};
    if (variant() != nullptr) arguments.emplace_back(variant()->flag);
    start(arguments);
    texts_["etag"] = Client(port()).get("/static/digits.txt").field("ETag");
  }

  // Runs every case of every file. `pieces` says how to split the bytes that the client sends.
  Scores judge_all(Pieces pieces) {
    constexpr size_t kLongest = 3'000;  // longer requests are not split
    Scores all;
    for (const std::filesystem::path& file : case_files(DUEL_TEST_DATA "/conformance")) {
      Scores scores;
      for (const Case& wanted : read_cases(file, texts_)) {
        const auto is_long = [](const Step& step) { return step.send.size() > kLongest; };
        if (pieces != Pieces::kWhole && std::any_of(wanted.steps.begin(), wanted.steps.end(), is_long)) continue;
        const std::string fault = judge(wanted, {server().port(), server().workers()}, pieces);
        if (std::find(wanted.except.begin(), wanted.except.end(), router()) != wanted.except.end()) {
          EXPECT_NE(fault, "") << wanted.place << ": " << router() << " passes; take it from the exceptions";
        } else {
          EXPECT_EQ(fault, "") << wanted.place << " RFC " << wanted.section << ": " << wanted.title;
        }
        scores.count(wanted.level, fault.empty());
        all.count(wanted.level, fault.empty());
      }
      if (pieces == Pieces::kWhole) std::cout << file.stem().string() << ": " << scores << "\n";
    }
    std::cout << "all for " << GetParam() << ": " << all << std::endl;
    return all;
  }

 private:
  // Null if the parameter is a style, which runs with the defaults.
  static const Variant* variant() {
    const auto* const found = std::ranges::find(kVariants, std::string_view(GetParam()), &Variant::name);
    return found != kVariants.end() ? found : nullptr;
  }

  TemporaryDirectory directory_;
  Texts texts_;
};

TEST_P(Conformance, InOnePiece) {
  const Scores scores = judge_all(Pieces::kWhole);
  EXPECT_GT(scores.must.all, 200) << "cases are missing";
  EXPECT_GT(scores.should.all, 100);
}

TEST_P(Conformance, CountsRequestsWithSimpleHeads) {
  const auto counted = [this] {
    const std::string text =
        Client(server().admin_port()).roundtrip("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").body;
    double sum = 0;
    for (size_t at = 0; (at = text.find("\nduel_simple_heads_total{", at)) != std::string::npos; ++at) {
      sum += std::stod(text.substr(text.find(' ', at + 1)));
    }
    return sum;
  };
  const bool off = GetParam() == "gin_llhttp";
  const double before = counted();
  Client client(port());
  for (int i = 0; i < 3; ++i) client.roundtrip("GET /ping HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.roundtrip(post_request("/echo", "hello")).body, "hello");
  client.roundtrip("GET /ping HTTP/1.1\r\nHost: a\r\nX:\r\n\r\n");  // not simple: an empty value
  EXPECT_EQ(counted() - before, off ? 0 : 4);
}

// The core puts the pieces together, so two styles are enough.
class ConformanceInPieces : public Conformance {};

TEST_P(ConformanceInPieces, InTwoPieces) {
  judge_all(Pieces::kHalves);
}

TEST_P(ConformanceInPieces, ByteByByte) {
  judge_all(Pieces::kBytes);
}

std::vector<std::string> styles_and_variants() {
  std::vector<std::string> all = styles();
  for (const Variant& variant : kVariants) all.emplace_back(variant.name);
  return all;
}

INSTANTIATE_TEST_SUITE_P(Router, Conformance, ::testing::ValuesIn(styles_and_variants()), router_name);
DUEL_BOTH_ROUTERS(ConformanceInPieces);

// Each request of the cases, split at every byte, without a server.
TEST(ConformanceHeads, AreTheSameToEveryParser) {
  constexpr size_t kLongest = 3'000;  // longer requests are not split
  http::testing::HeadWays ways;
  int simple = 0;
  for (const std::filesystem::path& file : case_files(DUEL_TEST_DATA "/conformance")) {
    for (const Case& one : read_cases(file, {{"etag", "\"1-1\""}})) {
      for (const Step& step : one.steps) {
        std::string_view rest = step.send;
        for (size_t bytes = 1; bytes != 0 && !rest.empty(); rest.remove_prefix(bytes)) {
          const auto verdict = rest.size() > kLongest ? ways.compare_whole(rest) : ways.compare(rest);
          EXPECT_EQ(verdict.difference, "") << one.place << ": " << one.title;
          simple += verdict.simple_bytes != 0 ? 1 : 0;
          bytes = verdict.bytes;
        }
      }
    }
  }
  EXPECT_GT(simple, 150) << "cases are missing, or the scanner leaves too much to llhttp";
}

}  // namespace
}  // namespace duel::e2e
