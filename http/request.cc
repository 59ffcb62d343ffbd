#include "http/request.h"

#include <sys/socket.h>

#include <algorithm>

#include "http/address.h"
#include "http/grammar/ascii.h"

namespace duel::http {

std::string_view Request::header(std::string_view name) const {
  for (const Field field : fields) {
    if (grammar::equal_fold_ascii(field.name, name)) return field.value;
  }
  return {};
}

bool Request::has_header(std::string_view name) const {
  return std::any_of(fields.begin(), fields.end(),
                     [name](const Field& field) { return grammar::equal_fold_ascii(field.name, name); });
}

std::string_view Request::remote_address(char* to, size_t size) const {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (socket < 0 || getpeername(socket, reinterpret_cast<sockaddr*>(&address), &length) != 0) return {};
  return write_socket_address(address, to, size);
}

}  // namespace duel::http
