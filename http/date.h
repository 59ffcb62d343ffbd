#pragma once

#include <array>
#include <ctime>
#include <optional>
#include <string_view>

namespace duel::http {

// "Sun, 06 Nov 1994 08:49:37 GMT", the IMF-fixdate of RFC 9110 §5.6.7.
using DateText = std::array<char, 29>;
DateText format_date(std::time_t time);

// All three forms that a recipient must accept; nothing if it is none of them.
std::optional<std::time_t> parse_date(std::string_view text);

// The field line "Date: ...\r\n", formatted once a second.
class DateLine {
 public:
  DateLine() { update(); }
  explicit DateLine(std::time_t second) { tell(second); }  // and stays there until update()

  // Reads the coarse clock; formats only when the second has changed, forwards or backwards.
  void update();
  std::string_view view() const { return {line_.data(), line_.size()}; }
  std::time_t second() const { return second_; }

 private:
  void tell(std::time_t second);

  std::time_t second_ = -1;
  std::array<char, 37> line_{};
};

}  // namespace duel::http
