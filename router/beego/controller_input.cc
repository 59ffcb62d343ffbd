// Controller's getters of parameters, form values and files.

#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include "router/beego/controller.h"
#include "router/beego/values/number.h"

namespace duel::beego {

std::string_view Controller::get_string(std::string_view name, std::string_view alternative) {
  const std::string_view value = input().query(name);
  return value.empty() ? alternative : value;
}

std::vector<std::string> Controller::get_strings(std::string_view name, std::vector<std::string> alternative) {
  if (const std::vector<std::string>* values = input().queries(name)) return *values;
  return alternative;
}

template <typename Number>
std::optional<Number> Controller::get_number(std::string_view name, std::optional<Number> alternative) {
  const std::string_view value = input().query(name);
  return value.empty() ? alternative : values::parse_number<Number>(value);
}

std::optional<int64_t> Controller::get_int(std::string_view name, std::optional<int64_t> alternative) {
  return get_number(name, alternative);
}
std::optional<int8_t> Controller::get_int8(std::string_view name, std::optional<int8_t> alternative) {
  return get_number(name, alternative);
}
std::optional<uint8_t> Controller::get_uint8(std::string_view name, std::optional<uint8_t> alternative) {
  return get_number(name, alternative);
}
std::optional<int16_t> Controller::get_int16(std::string_view name, std::optional<int16_t> alternative) {
  return get_number(name, alternative);
}
std::optional<uint16_t> Controller::get_uint16(std::string_view name, std::optional<uint16_t> alternative) {
  return get_number(name, alternative);
}
std::optional<int32_t> Controller::get_int32(std::string_view name, std::optional<int32_t> alternative) {
  return get_number(name, alternative);
}
std::optional<uint32_t> Controller::get_uint32(std::string_view name, std::optional<uint32_t> alternative) {
  return get_number(name, alternative);
}
std::optional<int64_t> Controller::get_int64(std::string_view name, std::optional<int64_t> alternative) {
  return get_number(name, alternative);
}
std::optional<uint64_t> Controller::get_uint64(std::string_view name, std::optional<uint64_t> alternative) {
  return get_number(name, alternative);
}
std::optional<double> Controller::get_float(std::string_view name, std::optional<double> alternative) {
  return get_number(name, alternative);
}

std::optional<bool> Controller::get_bool(std::string_view name, std::optional<bool> alternative) {
  const std::string_view value = input().query(name);
  return value.empty() ? alternative : values::parse_bool(value);
}

bool Controller::save_to_file(std::string_view field, const std::string& path) {
  const context::FormFile* file = get_file(field);
  if (file == nullptr) return false;
  const auto fail = [&] { throw std::system_error(errno, std::system_category(), "cannot write " + path); };
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> out(std::fopen(path.c_str(), "wbe"), &std::fclose);
  if (!out) fail();
  if (std::fwrite(file->bytes.data(), 1, file->bytes.size(), out.get()) != file->bytes.size()) fail();
  if (std::fclose(out.release()) != 0) fail();
  return true;
}

}  // namespace duel::beego
