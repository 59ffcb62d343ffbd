#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/method.h"

// The input of every program of the router benchmark: `PROGRAM FILE sequential|random MS`.
namespace duel::rivals {

struct Route {
  http::Method method;
  std::string pattern;
};

inline constexpr int kNoRoute = -1;
struct Answer {
  int route = kNoRoute;    // index of the route in the file
  size_t param_bytes = 0;  // total size of the values of the parameters
};

// A path to look up, and the expected answer.
struct Lookup {
  http::Method method;
  std::string_view method_name;
  std::string path;
  Answer expected;
};

struct Workload {
  std::string name;  // name of the file without folder and suffix
  std::vector<Route> routes;
  std::vector<Lookup> lookups;  // the paths of the routes; if the file has misses, only the misses
  std::vector<uint32_t> order;  // kOrderSize indices into `lookups`, the same in every program
  std::string order_name;
  double slice_ms;
};
inline constexpr size_t kOrderSize = 65536;
inline constexpr size_t kBlockSize = 4096;  // lookups that are timed together

// Reads the workload. Ends the program with a message if the arguments or the file are malformed.
Workload read_workload(int argc, char** argv);

// Ends the program with a message if this is not the expected answer.
void require(const Lookup& lookup, Answer found);

// Returns the index of the route with this pattern. For rivals that do not store an index with a route.
int position_of(const std::vector<Route>& routes, http::Method method, std::string_view pattern);

}  // namespace duel::rivals
