#include "router/beego/session/id.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "http/grammar/ascii.h"

namespace duel::beego::session {
namespace {

constexpr std::string_view kHex = http::grammar::kLowerHexDigits;

}  // namespace

std::string new_id() {
  std::array<unsigned char, kIdBytes> bytes;
  // getrandom(2) returns up to 256 bytes completely once the kernel's random source is initialized.
  while (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "getrandom");
  }
  std::string id;
  id.reserve(kIdDigits);
  for (const unsigned char byte : bytes) id += {kHex[byte >> 4], kHex[byte & 0xF]};
  return id;
}

bool is_id(std::string_view text) {
  return text.size() == kIdDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return kHex.find(c) != std::string_view::npos; });
}

}  // namespace duel::beego::session
