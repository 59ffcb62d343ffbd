#include <array>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "router/gin/routing/router.h"
#include "tests/router/gin/route_sets.h"
#include "tests/router/gin/routing/naive.h"

// Fuzzes the lookup of the Gin style. The first byte of the input chooses an application, the second a method; the rest
// is the path. The compiled lookup and the naive matcher must find the same route and parameters.
namespace duel::gin::testing {
namespace {

// The routes of one method of an application, and their patterns for the oracle.
struct Table {
  http::Method method;
  std::vector<std::string> patterns;
  std::vector<int> routes;
};

std::string text(int route, const std::vector<std::string_view>& params) {
  std::string all = "route " + std::to_string(route);
  for (const std::string_view value : params) all.append(" '").append(value).append("'");
  return all;
}

// The tables of all methods that have routes.
template <const auto& kApp>
std::vector<Table> tables() {
  std::vector<Table> all;
  const auto& flat = routing::Router<kApp>::kFlat;
  for (size_t method = 0; method < http::kMethodCount; ++method) {
    Table table{static_cast<http::Method>(method), {}, {}};
    for (size_t i = 0; i < flat.routes.size(); ++i) {
      if (flat.routes[i].method != method) continue;
      table.routes.push_back(static_cast<int>(i));
      table.patterns.emplace_back(flat.pattern(i));
    }
    if (!table.routes.empty()) all.push_back(std::move(table));
  }
  return all;
}

template <const auto& kApp>
void compare(size_t choice, std::string_view path) {
  static const std::vector<Table> kTables = tables<kApp>();
  const Table& table = kTables[choice % kTables.size()];
  const auto match = naive_match(table.patterns, path);
  const int expected = match ? table.routes[match->pattern] : routing::kNone;
  std::vector<std::string_view> expected_values;
  if (match) {
    for (const auto& [name, value] : match->params) expected_values.push_back(value);
  }

  routing::Param params[routing::kMaxParams];
  const int found = routing::Router<kApp>::find(table.method, {}, path, params);
  std::vector<std::string_view> values;
  if (found != routing::kNone) {
    for (size_t i = 0; i < routing::count_wildcards(routing::Router<kApp>::pattern(found)); ++i)
      values.push_back(params[i].view());
  }
  if (found == expected && values == expected_values) return;
  std::cerr << "path: " << path << "\nfound:    " << text(found, values)
            << "\nexpected: " << text(expected, expected_values) << '\n';
  std::abort();
}

constexpr auto kApplications = std::to_array<void (*)(size_t, std::string_view)>({
    compare<kGithubApp>,
    compare<kBacktracking>,
    compare<kStaticApp>,
    compare<RandomRoutes<1, 40>::kApp>,
    compare<RandomRoutes<2, 40>::kApp>,
    compare<RandomRoutes<3, 40>::kApp>,
    compare<RandomRoutes<4, 40>::kApp>,
});

}  // namespace
}  // namespace duel::gin::testing

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace duel;
  constexpr size_t kControlBytes = 2;
  if (size < kControlBytes) return 0;
  const gin::testing::ExactPath path({reinterpret_cast<const char*>(data) + kControlBytes, size - kControlBytes});
  gin::testing::kApplications[data[0] % gin::testing::kApplications.size()](data[1], path.view());
  return 0;
}
