// For applications in the Beego style: filters and filter chains.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "router/beego/route.h"
#include "router/beego/routing/tree.h"

namespace duel::beego {

// The point in the handling of a request at which a filter runs; see README.md, "The life of a request".
enum class FilterPosition { kBeforeStatic, kBeforeRouter, kBeforeExec, kAfterExec, kFinishRouter };
inline constexpr size_t kFilterPositionCount = 5;

struct FilterOptions {
  bool return_on_output = true;  // if the response has begun, the handling of the request ends here
  bool reset_params = false;     // restore the parameters after the filter has run
};

// Takes the rest of a request's handling and returns the function that runs in its place.
using FilterChain = std::function<HandlerFunction(HandlerFunction next)>;

// A function and the pattern of the paths for which it runs. Const after registration; any thread may run it.
class Filter {
 public:
  // Throws RouteError for a bad pattern.
  Filter(std::string_view pattern, HandlerFunction function, FilterOptions options);

  // Runs the function if `path` matches. False if the handling of the request ends here.
  bool run(Context& context, std::string_view path) const;

  // Runs the function if `path` matches; ignores return_on_output. True if the path matches.
  bool run_if_matching(Context& context, std::string_view path) const;

  // Puts a namespace's prefix before the pattern. Throws RouteError for a bad prefix.
  void add_prefix(std::string_view prefix);

 private:
  std::shared_ptr<routing::Tree> tree_;
  HandlerFunction function_;
  FilterOptions options_;
};

using FilterTable = std::array<std::vector<Filter>, kFilterPositionCount>;

}  // namespace duel::beego
