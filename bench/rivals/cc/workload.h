#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/method.h"

// What every rival of the router benchmark is given: `PROGRAM FILE sequential|random MS`.
namespace duel::rivals {

struct Route {
  http::Method method;
  std::string pattern;
};

inline constexpr int kNoRoute = -1;
struct Answer {
  int route = kNoRoute;    // its position in the file
  size_t param_bytes = 0;  // of all the parameters' values together
};

// A question to the router, and what it has to answer.
struct Lookup {
  http::Method method;
  std::string_view method_name;
  std::string path;
  Answer expected;
};

struct Workload {
  std::string name;  // of the file, without folder and suffix
  std::vector<Route> routes;
  std::vector<Lookup> lookups;  // the paths of the routes, or the misses if the file has any
  std::vector<uint32_t> order;  // kOrderSize positions in `lookups`, the same in every program
  std::string order_name;
  double slice_ms;
};
inline constexpr size_t kOrderSize = 65536;
inline constexpr size_t kBlockSize = 4096;  // lookups that are timed together

// Ends the program with a sentence if the arguments or the file are not as said above.
Workload read_workload(int argc, char** argv);

// Ends the program if this is not the answer expected.
void require(const Lookup& lookup, Answer found);

// The position of a route by its text, for rivals that do not keep a number with a route.
int position_of(const std::vector<Route>& routes, http::Method method, std::string_view pattern);

}  // namespace duel::rivals
