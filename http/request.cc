#include "http/request.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>

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
  const void* bytes = address.ss_family == AF_INET6
                          ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in6*>(&address)->sin6_addr)
                          : static_cast<const void*>(&reinterpret_cast<const sockaddr_in*>(&address)->sin_addr);
  const char* text = inet_ntop(address.ss_family, bytes, to, static_cast<socklen_t>(size));
  return text != nullptr ? std::string_view(text) : std::string_view();
}

}  // namespace duel::http
