#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "router/beego/route.h"
#include "router/beego/routing/tree.h"

namespace duel::beego {

// Where in a request's way a filter runs.
enum class FilterPosition { kBeforeStatic, kBeforeRouter, kBeforeExec, kAfterExec, kFinishRouter };
inline constexpr size_t kFilterPositionCount = 5;

struct FilterOptions {
  bool return_on_output = true;  // a response that has begun ends the request's way here
  bool reset_params = false;     // parameters that the filter and its pattern set are undone behind it
};

// Wraps the rest of a request's handling; returns what runs instead.
using FilterChain = std::function<HandlerFunction(HandlerFunction next)>;

// A function and the pattern of paths that it runs for.
class Filter {
 public:
  // Throws RouteError for a bad pattern.
  Filter(std::string_view pattern, HandlerFunction function, FilterOptions options);

  // Runs the function if `path` matches. False: the request's way ends here.
  bool run(Context& context, std::string_view path) const;

  // True if the path matched and the function ran, whatever it did.
  bool run_if_matching(Context& context, std::string_view path) const;

  // Puts a namespace's prefix before the pattern.
  void add_prefix(std::string_view prefix);

 private:
  std::shared_ptr<routing::Tree> tree_;
  HandlerFunction function_;
  FilterOptions options_;
};

using FilterTable = std::array<std::vector<Filter>, kFilterPositionCount>;

}  // namespace duel::beego
