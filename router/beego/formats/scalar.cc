#include "router/beego/formats/scalar.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace duel::beego::formats {
namespace {

// The shortest text, with an exponent below 1e-4 and from 1e6 on.
template <typename Float>
std::string float_text(Float number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Inf" : "+Inf";
  std::array<char, 64> digits;
  const auto print = [&](std::chars_format format) {
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, format).ptr;
    return std::string(digits.data(), end);
  };
  const std::string scientific = print(std::chars_format::scientific);
  const int exponent = std::atoi(scientific.c_str() + scientific.rfind('e') + 1);
  constexpr int kMinFixedExponent = -4;
  constexpr int kMaxFixedExponent = 5;
  return exponent < kMinFixedExponent || exponent > kMaxFixedExponent ? scientific : print(std::chars_format::fixed);
}

template <typename Number>
bool read_number(const std::any& value, std::string_view type_name, Scalar& scalar) {
  const auto* number = std::any_cast<Number>(&value);
  if (number == nullptr) return false;
  scalar.type_name = type_name;
  if constexpr (std::is_floating_point_v<Number>) {
    scalar.kind = Scalar::Kind::kFloat;
    scalar.text = float_text(*number);
  } else {
    scalar.kind = Scalar::Kind::kInteger;
    scalar.text = std::to_string(*number);
  }
  return true;
}

bool read_any_number(const std::any& value, Scalar& scalar) {
  return read_number<int>(value, "int", scalar) || read_number<long>(value, "int64", scalar) ||
         read_number<long long>(value, "int64", scalar) || read_number<unsigned>(value, "uint", scalar) ||
         read_number<unsigned long>(value, "uint64", scalar) ||
         read_number<unsigned long long>(value, "uint64", scalar) || read_number<double>(value, "float64", scalar) ||
         read_number<float>(value, "float32", scalar) || read_number<signed char>(value, "int8", scalar) ||
         read_number<unsigned char>(value, "uint8", scalar) || read_number<short>(value, "int16", scalar) ||
         read_number<unsigned short>(value, "uint16", scalar);
}

}  // namespace

Scalar read_scalar(const std::any& value) {
  Scalar scalar;
  const auto be_text = [&](std::string_view text) {
    scalar = {.kind = Scalar::Kind::kText, .text = std::string(text), .type_name = "string"};
  };
  if (!value.has_value() || value.type() == typeid(std::nullptr_t)) {
    scalar.kind = Scalar::Kind::kNull;
  } else if (const auto* text = std::any_cast<std::string>(&value)) {
    be_text(*text);
  } else if (const auto* view = std::any_cast<std::string_view>(&value)) {
    be_text(*view);
  } else if (const auto* literal = std::any_cast<const char*>(&value)) {
    be_text(*literal);
  } else if (const auto* truth = std::any_cast<bool>(&value)) {
    scalar = {.kind = Scalar::Kind::kTruth, .text = *truth ? "true" : "false", .type_name = "bool"};
  } else {
    read_any_number(value, scalar);
  }
  return scalar;
}

}  // namespace duel::beego::formats
