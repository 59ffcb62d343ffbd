#include "bench/rivals/cc/workload.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <numeric>

namespace duel::rivals {
namespace {

[[noreturn]] void fail(const std::string& message) {
  std::fprintf(stderr, "%s\n", message.c_str());
  std::exit(1);
}

// The size of the pattern without its parameters. A path has this size plus the sizes of the values.
size_t literal_bytes(std::string_view pattern) {
  size_t bytes = 0;
  bool in_name = false;
  for (const char c : pattern) {
    in_name = c == ':' || (in_name && c != '/');
    bytes += !in_name;
  }
  return bytes;
}

// Returns METHOD, a and b of `MACRO(METHOD, "a", "b")`.
std::vector<std::string> fields(std::string_view line) {
  const size_t open = line.find('(');
  std::vector<std::string> found{std::string(line.substr(open + 1, line.find(',') - open - 1))};
  for (size_t quote = line.find('"'); quote != std::string_view::npos;) {
    const size_t end = line.find('"', quote + 1);
    found.emplace_back(line.substr(quote + 1, end - quote - 1));
    quote = line.find('"', end + 1);
  }
  return found;
}

Lookup make_lookup(const std::string& method, const std::string& path, int route, size_t literal) {
  const http::Method number = http::method_of(method);
  return {number, http::method_name(number), path, {route, route == kNoRoute ? 0 : path.size() - literal}};
}

// The random generator is that of Knuth's MMIX.
std::vector<uint32_t> make_order(bool random, size_t count) {
  std::vector<uint32_t> order(kOrderSize);
  uint64_t state = 1;
  for (size_t i = 0; i < order.size(); ++i) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    order[i] = static_cast<uint32_t>((random ? state >> 33 : i) % count);
  }
  return order;
}

}  // namespace

Workload read_workload(int argc, char** argv) {
  if (argc != 4) fail("usage: PROGRAM FILE sequential|random MS");
  Workload work;
  std::ifstream file(argv[1]);
  std::vector<Lookup> misses;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("DUEL_ROUTE")) {
      const auto route = fields(line);
      const int number = static_cast<int>(work.routes.size());
      work.lookups.push_back(make_lookup(route[0], route[2], number, literal_bytes(route[1])));
      work.routes.push_back({http::method_of(route[0]), route[1]});
    } else if (line.starts_with("DUEL_MISS")) {
      const auto miss = fields(line);
      misses.push_back(make_lookup(miss[0], miss[1], kNoRoute, 0));
    }
  }
  if (work.routes.empty()) fail(std::string("no routes in ") + argv[1]);
  if (!misses.empty()) work.lookups = std::move(misses);

  const std::string_view path = argv[1];
  work.name = path.substr(path.rfind('/') + 1);
  work.name.resize(work.name.rfind('.'));
  work.order_name = argv[2];
  work.order = make_order(work.order_name == "random", work.lookups.size());
  work.slice_ms = std::atof(argv[3]);
  return work;
}

void require(const Lookup& lookup, Answer found) {
  const Answer& expected = lookup.expected;
  if (found.route == expected.route && found.param_bytes == expected.param_bytes) return;
  fail(lookup.path + ": route " + std::to_string(found.route) + ", parameters of " + std::to_string(found.param_bytes) +
       " bytes; expected " + std::to_string(expected.route) + " and " + std::to_string(expected.param_bytes));
}

int position_of(const std::vector<Route>& routes, http::Method method, std::string_view pattern) {
  for (size_t i = 0; i < routes.size(); ++i) {
    if (routes[i].method == method && routes[i].pattern == pattern) return static_cast<int>(i);
  }
  return kNoRoute;
}

}  // namespace duel::rivals
