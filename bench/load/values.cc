#include "bench/load/values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "http/grammar/ascii.h"

namespace duel::load {
namespace {

constexpr int64_t kMilli = 1000;

std::optional<uint16_t> parse_port(std::string_view text) {
  const std::optional<uint64_t> port = parse_count(text);
  if (!port || *port == 0 || *port > std::numeric_limits<uint16_t>::max()) return std::nullopt;
  return static_cast<uint16_t>(*port);
}

// Divides "host:port" or "[address]:port". Returns whether the form is right.
bool divide_authority(Url& url) {
  std::string_view rest = url.authority;
  if (rest.starts_with('[')) {
    const size_t end = rest.find(']');
    if (end == std::string_view::npos) return false;
    url.host = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
  } else {
    const size_t end = std::min(rest.find(':'), rest.size());
    url.host = rest.substr(0, end);
    rest.remove_prefix(end);
  }
  if (url.host.empty() || url.host.find('@') != std::string::npos) return false;
  if (rest.empty()) return true;
  const std::optional<uint16_t> port = rest.starts_with(':') ? parse_port(rest.substr(1)) : std::nullopt;
  url.port = port.value_or(0);
  return port.has_value();
}

}  // namespace

std::optional<uint64_t> parse_count(std::string_view text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<int64_t> parse_milli(std::string_view text) {
  constexpr size_t kDecimals = 3;
  constexpr uint64_t kMaximum = 1'000'000'000'000;  // far above every rate and duration, far below an overflow
  const size_t point = text.find('.');
  const std::optional<uint64_t> whole = parse_count(text.substr(0, point));
  if (!whole || *whole > kMaximum) return std::nullopt;
  int64_t milli = static_cast<int64_t>(*whole) * kMilli;
  if (point == std::string_view::npos) return milli;
  const std::string_view decimals = text.substr(point + 1);
  if (decimals.empty() || decimals.size() > kDecimals) return std::nullopt;
  int64_t unit = kMilli;
  for (const char digit : decimals) {
    if (!http::grammar::is_digit(digit)) return std::nullopt;
    milli += (digit - '0') * (unit /= 10);
  }
  return milli;
}

std::optional<int64_t> parse_duration_ns(std::string_view text) {
  struct Unit {
    std::string_view name;
    int64_t ns;
  };
  constexpr std::array<Unit, 6> kUnits = {{{"ns", 1},
                                           {"us", 1000},
                                           {"ms", 1'000'000},
                                           {"s", 1'000'000'000},
                                           {"m", int64_t{60} * 1'000'000'000},
                                           {"h", int64_t{3600} * 1'000'000'000}}};
  if (text == "0") return 0;
  const size_t number = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto unit =
      std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& each) { return each.name == text.substr(number); });
  const std::optional<int64_t> milli = parse_milli(text.substr(0, number));
  if (unit == kUnits.end() || !milli) return std::nullopt;
  if (*milli > std::numeric_limits<int64_t>::max() / unit->ns) return std::nullopt;
  return *milli * unit->ns / kMilli;
}

std::optional<uint64_t> parse_bytes(std::string_view text) {
  constexpr uint64_t kMaximum = uint64_t{1} << 40;
  uint64_t unit = 1;
  if (text.ends_with('k') || text.ends_with('m')) {
    unit = text.back() == 'k' ? 1024 : 1024 * 1024;
    text.remove_suffix(1);
  }
  const std::optional<uint64_t> count = parse_count(text);
  if (!count || *count > kMaximum / unit) return std::nullopt;
  return *count * unit;
}

std::optional<Url> parse_url(std::string_view text) {
  constexpr std::string_view kScheme = "http://";
  if (!text.starts_with(kScheme) || !std::all_of(text.begin(), text.end(), http::grammar::is_visible_ascii))
    return std::nullopt;
  text.remove_prefix(kScheme.size());
  if (text.find('#') != std::string_view::npos) return std::nullopt;
  Url url;
  const size_t target = std::min(text.find_first_of("/?"), text.size());
  url.authority = text.substr(0, target);
  if (target < text.size()) url.target = (text[target] == '?' ? "/" : "") + std::string(text.substr(target));
  if (!divide_authority(url)) return std::nullopt;
  return url;
}

}  // namespace duel::load
