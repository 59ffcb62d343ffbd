#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeindex>
#include <vector>

#include "router/beego/controller.h"

namespace duel::beego {

// What the Beego style knows of a controller's type at run time: its name, how to make one, its methods by name. Stands
// for Go's reflection, which gives the same for any type.
//
//   static ControllerClass reflect() {
//     return ControllerClass::of<MainController>("MainController").method("Ping", &MainController::ping);
//   }
class ControllerClass {
 public:
  using Method = std::function<void(Controller&)>;

  // Knows "Get", "Post", "Put", "Delete", "Head", "Patch", "Options" and "Trace" from the start.
  template <typename C>
  static ControllerClass of(std::string name) {
    return of<C>(std::move(name), [] { return std::make_unique<C>(); });
  }
  // With what the application wants its controllers to have: `make` returns a std::unique_ptr<C>, for each request.
  template <typename C, typename Make>
  static ControllerClass of(std::string name, Make make) {
    static_assert(std::is_base_of_v<Controller, C>);
    return ControllerClass(std::move(name), typeid(C), std::move(make));
  }

  // Makes a public method callable by name. A second one of the same name replaces the first.
  template <typename C>
  ControllerClass& method(std::string name, void (C::*member)()) & {
    methods_[std::move(name)] = [member](Controller& controller) { (static_cast<C&>(controller).*member)(); };
    return *this;
  }
  template <typename C>
  ControllerClass&& method(std::string name, void (C::*member)()) && {
    return std::move(method(std::move(name), member));
  }

  const std::string& name() const { return name_; }
  std::type_index type() const { return type_; }
  std::unique_ptr<Controller> make() const { return make_(); }

  // Null if there is none of this name.
  const Method* find(std::string_view name) const;

  // The methods that AutoRouter makes routes of, in alphabetical order: those of no framework controller.
  std::vector<std::string> own_methods() const;

 private:
  ControllerClass(std::string name, std::type_index type, std::function<std::unique_ptr<Controller>()> make);

  std::string name_;
  std::type_index type_;
  std::function<std::unique_ptr<Controller>()> make_;
  values::TextMap<Method> methods_;
};

}  // namespace duel::beego
