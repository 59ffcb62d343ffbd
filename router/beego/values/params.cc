#include "router/beego/values/params.h"

#include <algorithm>
#include <array>

namespace duel::beego::values {
namespace {

constexpr size_t kShortNumbers = 100;  // as in Go, these texts are constants

// "00" to "99".
constexpr std::array<char, 2 * kShortNumbers> kTwoDigits = [] {
  std::array<char, 2 * kShortNumbers> texts{};
  for (size_t i = 0; i < kShortNumbers; ++i) {
    texts[2 * i] = static_cast<char>('0' + i / 10);
    texts[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return texts;
}();

}  // namespace

void Params::set(std::string_view name, std::string_view value) {
  const size_t at = index_of(name);
  const std::string_view kept_name = at == list_.size() ? keep(std::string(name)) : list_[at].name();
  set_views(kept_name, keep(std::string(value)));
}

std::string_view Params::keep(std::string text) {
  texts_.push_front(std::move(text));
  return texts_.front();
}

void Params::number_splat() {
  const std::string_view splat = get(kRestName);
  if (splat.empty()) return;
  // A number replaces only a parameter from before, so that a path of many segments takes no quadratic time.
  const size_t before = size();
  size_t number = 0;
  for (size_t at = 0; at <= splat.size(); ++number) {
    const size_t end = std::min(splat.find('/', at), splat.size());
    const std::string_view name = name_of(number);
    const size_t same = index_of(name, before);
    put(same < before ? same : size(), {name, splat.substr(at, end - at)});
    at = end + 1;
  }
}

std::string_view Params::name_of(size_t number) {
  if (number >= kShortNumbers) return keep(std::to_string(number));
  const size_t digits = number < 10 ? 1 : 2;
  return {kTwoDigits.data() + 2 * number + 2 - digits, digits};
}

TextMap<std::string> Params::table() const {
  TextMap<std::string> table;
  for (size_t i = 0; i < size(); ++i) table.emplace(list_[i].name(), list_[i].value());
  return table;
}

std::vector<Params::Entry> Params::saved() const {
  std::vector<Entry> saved;
  saved.reserve(size());
  for (size_t i = 0; i < size(); ++i) saved.push_back(list_[i]);
  return saved;
}

void Params::put_back(const std::vector<Entry>& saved) {
  clear();
  for (const Entry& entry : saved) list_.push_back(entry);
}

}  // namespace duel::beego::values
