#include "router/beego/controller_class.h"

#include <algorithm>

namespace duel::beego {
namespace {

// The methods that every controller inherits. Automatic routes leave them out.
constexpr std::string_view kInherited[] = {"Get",     "Post",      "Put",    "Delete",  "Head",
                                           "Patch",   "Options",   "Trace",  "Init",    "Abort",
                                           "Prepare", "ServeJSON", "Finish", "StopRun", "Render"};

}  // namespace

ControllerClass::ControllerClass(std::string name, std::type_index type,
                                 std::function<std::unique_ptr<Controller>()> make)
    : name_(std::move(name)), type_(type), make_(std::move(make)) {
  method("Get", &Controller::get);
  method("Post", &Controller::post);
  method("Put", &Controller::put);
  method("Delete", &Controller::del);
  method("Head", &Controller::head);
  method("Patch", &Controller::patch);
  method("Options", &Controller::options);
  method("Trace", &Controller::trace);
}

const ControllerClass::Method* ControllerClass::find(std::string_view name) const {
  const auto found = methods_.find(name);
  return found == methods_.end() ? nullptr : &found->second;
}

std::vector<std::string> ControllerClass::own_methods() const {
  std::vector<std::string> names;
  for (const auto& [name, method] : methods_) {
    if (std::find(std::begin(kInherited), std::end(kInherited), name) == std::end(kInherited)) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace duel::beego
