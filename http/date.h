// For handlers, routers and the core: dates in HTTP fields.
#pragma once

#include <array>
#include <ctime>
#include <optional>
#include <string_view>

namespace duel::http {

// The IMF-fixdate of RFC 9110 §5.6.7, such as "Sun, 06 Nov 1994 08:49:37 GMT".
using DateText = std::array<char, 29>;
DateText format_date(std::time_t time);

// Reads the three forms that RFC 9110 §5.6.7 requires a recipient to accept. Empty if `text` has none of them.
std::optional<std::time_t> parse_date(std::string_view text);

// The field line "Date: ...\r\n", formatted once per second. For one thread.
class DateLine {
 public:
  DateLine() { update(); }
  explicit DateLine(std::time_t second) { set(second); }  // fixed until update() is called

  // Reads the coarse clock. Formats only if the second has changed, forwards or backwards.
  void update();
  // Valid until the next update().
  std::string_view view() const { return {line_.data(), line_.size()}; }
  std::time_t second() const { return second_; }

 private:
  void set(std::time_t second);

  std::time_t second_ = -1;
  std::array<char, 37> line_{};
};

}  // namespace duel::http
