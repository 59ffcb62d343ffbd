// For applications in the Beego style: how route mappings find a controller and its methods by name.
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

// A description of a controller's type for use at run time: its name, how to make an object, its methods by name. It
// replaces Go's reflection.
//
//   static ControllerClass reflect() {
//     return ControllerClass::of<MainController>("MainController").method("Ping", &MainController::ping);
//   }
class ControllerClass {
 public:
  using Method = std::function<void(Controller&)>;

  // The methods "Get", "Post", "Put", "Delete", "Head", "Patch", "Options" and "Trace" are always there.
  template <typename C>
  static ControllerClass of(std::string name) {
    return of<C>(std::move(name), [] { return std::make_unique<C>(); });
  }
  // `make` returns a std::unique_ptr<C>. It is called for each request, by any worker's thread.
  template <typename C, typename Make>
  static ControllerClass of(std::string name, Make make) {
    static_assert(std::is_base_of_v<Controller, C>);
    return ControllerClass(std::move(name), typeid(C), std::move(make));
  }

  // Makes a public method callable by name. Registering the same name again replaces the method.
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

  // Null if there is no method of this name.
  const Method* find(std::string_view name) const;

  // The methods that auto_router() makes routes for, in alphabetical order. Names that every controller inherits are
  // left out.
  std::vector<std::string> own_methods() const;

 private:
  ControllerClass(std::string name, std::type_index type, std::function<std::unique_ptr<Controller>()> make);

  std::string name_;
  std::type_index type_;
  std::function<std::unique_ptr<Controller>()> make_;
  values::TextMap<Method> methods_;
};

}  // namespace duel::beego
