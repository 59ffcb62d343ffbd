// For applications in the Beego style, as beego::field and beego::fields: how a struct describes its members.
#pragma once

#include <string_view>
#include <tuple>

namespace duel::beego::values {

// A member of a struct and its name in forms and JSON. It stands for a Go tag:
//
//   struct Signup {
//     std::string name;
//     int age = 7;  // stays if the form has no age
//     static constexpr auto beego_fields = beego::fields(beego::field("name", &Signup::name), beego::field("age",
//     &Signup::age));
//   };
template <typename Struct, typename Member>
struct Field {
  std::string_view name;
  Member Struct::*member;
};

template <typename Struct, typename Member>
constexpr auto field(std::string_view name, Member Struct::*member) {
  return Field<Struct, Member>{name, member};
}

template <typename... Fields>
constexpr auto fields(Fields... list) {
  return std::tuple<Fields...>(list...);
}

template <typename T>
concept Described = requires { T::beego_fields; };

// Calls visit(name, member) for each described member of the struct, until it returns false.
template <Described Struct, typename Visit>
bool each_field(Struct& of, Visit visit) {
  return std::apply([&](const auto&... one) { return (visit(one.name, of.*one.member) && ...); }, Struct::beego_fields);
}

}  // namespace duel::beego::values
