#include "http/log_line.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace duel::http {

void log_line(std::initializer_list<std::string_view> parts) {
  std::array<char, 1024> line;
  constexpr char kDelete = 0x7F;
  size_t size = 0;
  for (const std::string_view part : parts) {
    for (const char letter : part.substr(0, line.size() - 1 - size)) {
      line[size++] = (letter >= 0 && letter < ' ') || letter == kDelete ? '?' : letter;
    }
  }
  line[size++] = '\n';
  // One call, so that lines of several threads do not mix. A failure cannot be reported anywhere.
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, line.data(), size);
}

}  // namespace duel::http
