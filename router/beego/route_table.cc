#include "router/beego/route_table.h"

#include <algorithm>
#include <initializer_list>
#include <mutex>

#include "router/beego/namespace.h"
#include "router/beego/routing/path_segments.h"
#include "router/beego/values/text.h"

namespace duel::beego {
namespace {

std::string joined_path(std::initializer_list<std::string_view> parts) {
  return routing::join_path(std::span<const std::string_view>(parts.begin(), parts.size()));
}

void add_prefix(const routing::Tree& tree, std::string_view prefix) {
  tree.for_each_route([&](Route& route) {
    // A route is in the trees of several HTTP methods, but its pattern must get the prefix only once.
    if (!route.pattern.starts_with(prefix)) route.pattern.insert(0, prefix);
  });
}

}  // namespace

void RouteTable::router(std::string_view pattern, const ControllerClass& controller, std::string_view mapping) {
  auto route = std::make_shared<Route>();
  route->pattern = pattern;
  route->methods = read_mapping(mapping, controller);
  route->controller = add_class(controller);
  if (route->methods.empty()) {
    add_route("*", pattern, route);
  } else {
    for (const auto& [method, name] : route->methods) add_route(method, pattern, route);
  }
}

void RouteTable::add_method(std::string_view method, std::string_view pattern, HandlerFunction function) {
  const std::string upper = to_upper_ascii(method);
  if (upper != "*" && !is_method(upper)) {
    throw routing::RouteError("\"" + std::string(method) + "\" is not an HTTP method that a route can have");
  }
  auto route = std::make_shared<Route>();
  route->pattern = pattern;
  route->function = std::move(function);
  add_route(upper, pattern, route);
}

void RouteTable::auto_prefix(std::string_view prefix, const ControllerClass& controller) {
  std::string_view name = controller.name();
  if (name.ends_with("Controller")) name.remove_suffix(std::string_view("Controller").size());
  const std::string lower_name = values::to_lower_unicode(name);
  const auto known = add_class(controller);
  for (const std::string& method : controller.own_methods()) {
    const std::string lower_method = values::to_lower_unicode(method);
    auto route = std::make_shared<Route>();
    route->pattern = joined_path({prefix, lower_name, lower_method, "*"});
    route->controller = known;
    route->methods.set("*", method);
    add_route("*", route->pattern, route);
    if (!case_sensitive_) continue;
    add_route("*", joined_path({prefix, name, method, "*"}), route);
    add_route("*", joined_path({prefix, lower_name, lower_method}), route);
    add_route("*", joined_path({prefix, name, method}), route);
  }
}

void RouteTable::handler(std::string_view pattern, std::shared_ptr<http::Handler> handler, bool all_below) {
  auto route = std::make_shared<Route>();
  route->pattern = pattern;
  route->handler = std::move(handler);
  add_route("*", all_below ? joined_path({pattern, "?:all(.*)"}) : std::string(pattern), route);
}

void RouteTable::insert_filter(std::string_view pattern, FilterPosition position, HandlerFunction function,
                               FilterOptions options) {
  filters_[static_cast<size_t>(position)].emplace_back(pattern, std::move(function), options);
}

void RouteTable::prepend_filter(std::string_view pattern, FilterPosition position, HandlerFunction function) {
  auto& filters = filters_[static_cast<size_t>(position)];
  filters.insert(filters.begin(), Filter(pattern, std::move(function), {}));
}

const Route* RouteTable::find(std::string_view method, std::string_view path, values::Params& params) const {
  const size_t index = method_index(method);
  if (index == kMethods.size() || !trees_[index]) return nullptr;
  const routing::Tree::Leaf* leaf = trees_[index]->match(path, params);
  return leaf == nullptr ? nullptr : leaf->route.get();
}

void RouteTable::open_accounts() const {
  std::call_once(accounts_opened_, [this] {
    for (const auto& tree : trees_) {
      if (tree) tree->for_each_route([](Route& route) { route.account = alloc::open_account(route.pattern); });
    }
  });
}

void RouteTable::add_namespace(Namespace& inner) {
  const std::string& prefix = inner.prefix();
  RouteTable& other = inner;
  const bool any_filter =
      std::any_of(other.filters_.begin(), other.filters_.end(), [](const auto& list) { return !list.empty(); });
  const bool any_route = std::ranges::any_of(other.trees_, [](const auto& tree) { return tree != nullptr; });
  if (!any_route && !any_filter) return;
  routing::Tree().add_tree(prefix, std::make_shared<routing::Tree>());  // throws before this table changes
  for (size_t i = 0; i < kMethods.size(); ++i) {
    const auto& tree = other.trees_[i];
    auto& mine = trees_[i];
    if (!tree) continue;
    if (mine) {
      add_prefix(*tree, prefix);
      mine->add_tree(prefix, tree);
    } else {
      auto fresh = std::make_shared<routing::Tree>();
      fresh->add_tree(prefix, tree);
      add_prefix(*fresh, prefix);
      mine = std::move(fresh);
    }
  }
  for (size_t position = 0; position < kFilterPositionCount; ++position) {
    for (Filter& filter : other.filters_[position]) {
      filter.add_prefix(prefix);
      filters_[position].push_back(std::move(filter));
    }
  }
  other.trees_ = {};
  other.filters_ = {};
  for (const auto& [name, controller] : other.classes_) add_class(*controller);
}

std::shared_ptr<const ControllerClass> RouteTable::add_class(const ControllerClass& controller) {
  const auto known = classes_.find(controller.name());
  if (known == classes_.end()) {
    return classes_.emplace(controller.name(), std::make_shared<const ControllerClass>(controller)).first->second;
  }
  if (known->second->type() != controller.type()) {
    throw routing::RouteError("two controller classes are registered under the name " + controller.name());
  }
  return known->second;
}

void RouteTable::add_route(std::string_view method, std::string_view pattern, const std::shared_ptr<Route>& route) {
  const std::string text = case_sensitive_ ? std::string(pattern) : values::to_lower_unicode(pattern);
  const auto add = [&](std::string_view one) {
    auto& tree = trees_[method_index(one)];
    const auto grown = tree ? tree : std::make_shared<routing::Tree>();
    grown->add(text, route);
    tree = grown;  // after add(), so that a refused route leaves no empty tree
  };
  if (method != "*") {
    add(method);
  } else {
    for (const std::string_view one : kMethods) add(one);
  }
}

}  // namespace duel::beego
