#include "router/beego/filter.h"

namespace duel::beego {

Filter::Filter(std::string_view pattern, HandlerFunction function, FilterOptions options)
    : tree_(std::make_shared<routing::Tree>()), function_(std::move(function)), options_(options) {
  tree_->add(pattern, nullptr);
}

bool Filter::run(Context& context, std::string_view path) const {
  if (options_.return_on_output && context.output.started()) return false;
  run_if_matching(context, path);
  return !(options_.return_on_output && context.output.started());
}

bool Filter::run_if_matching(Context& context, std::string_view path) const {
  values::Params& params = context.input.params();
  std::vector<values::Params::Entry> before;
  if (options_.reset_params) before = params.saved();
  if (tree_->match(path, params) == nullptr) return false;
  function_(context);
  if (options_.reset_params) params.put_back(before);
  return true;
}

void Filter::add_prefix(std::string_view prefix) {
  auto prefixed = std::make_shared<routing::Tree>();
  prefixed->add_tree(prefix, tree_);
  tree_ = std::move(prefixed);
}

}  // namespace duel::beego
