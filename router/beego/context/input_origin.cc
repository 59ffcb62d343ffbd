// The members of Input that read fields of the request: cookies, accepted types, scheme, host, client address.

#include <array>
#include <charconv>

#include "http/grammar/address.h"
#include "http/grammar/token.h"
#include "router/beego/context/input.h"
#include "router/beego/session/cookie.h"

namespace duel::beego::context {
namespace {

struct HostPort {
  std::string_view host;
  std::string_view port;
  bool split = false;  // false if the text is not "host:port"
};

// Works like Go's net.SplitHostPort, for texts such as "example.com:80" and "[::1]:80".
HostPort split_host_port(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return {};
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return {};
  }
  return {host, text.substr(colon + 1), true};
}

// Whether a member of the list ends with `type`: "text/html, ..." does, "text/html;q=1" does not.
bool accepts(std::string_view list, std::string_view type) {
  for (size_t at = list.find(type); at != std::string_view::npos; at = list.find(type, at + 1)) {
    const size_t end = at + type.size();
    if (end == list.size() || list[end] == ',') return true;
  }
  return false;
}

}  // namespace

std::string_view Input::cookie(std::string_view name) const {
  return session::find_cookie(*request_, name).value_or(std::string_view());
}

bool Input::accepts_html() const {
  return accepts(header("Accept"), "text/html") || accepts(header("Accept"), "application/xhtml+xml");
}
bool Input::accepts_xml() const {
  return accepts(header("Accept"), "application/xml") || accepts(header("Accept"), "text/xml");
}
bool Input::accepts_json() const {
  return accepts(header("Accept"), "application/json");
}
bool Input::accepts_yaml() const {
  return accepts(header("Accept"), "application/x-yaml");
}

std::string_view Input::scheme() const {
  const std::string_view forwarded = header("X-Forwarded-Proto");
  return forwarded.empty() ? "http" : forwarded;
}

std::string_view Input::host() const {
  if (request_->host.empty()) return "localhost";
  const HostPort parts = split_host_port(request_->host);
  return parts.split ? parts.host : request_->host;
}

int Input::port() const {
  constexpr int kDefault = 80;
  const HostPort parts = split_host_port(request_->host);
  if (!parts.split) return kDefault;
  int port = 0;
  const auto read = std::from_chars(parts.port.data(), parts.port.data() + parts.port.size(), port);
  return read.ec == std::errc() && read.ptr == parts.port.data() + parts.port.size() ? port : 0;
}

std::string_view Input::sub_domains() const {
  const std::string_view name = host();
  size_t at = name.size();
  for (int labels = 0; labels < 2; ++labels) {
    if (at == 0) return {};
    at = name.rfind('.', at - 1);
    if (at == std::string_view::npos) return {};
  }
  return name.substr(0, at);
}

std::vector<std::string_view> Input::proxy() const {
  std::vector<std::string_view> addresses;
  std::string_view list = header("X-Forwarded-For");
  while (!list.empty()) {
    const size_t comma = list.find(',');
    addresses.push_back(list.substr(0, comma));
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
    if (list.empty()) addresses.push_back(list);
  }
  return addresses;
}

std::string Input::ip() const {
  std::array<char, http::grammar::kAddressTextBytes> room;
  const std::vector<std::string_view> forwarded = proxy();
  if (forwarded.empty() || forwarded.front().empty()) {
    return std::string(request_->remote_address(room.data(), room.size()));
  }
  const HostPort parts = split_host_port(forwarded.front());
  const std::string_view host = parts.split ? parts.host : forwarded.front();
  std::string_view address = http::grammar::trim(host);
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  const std::string_view spelled = http::grammar::respell_address(address, room.data());
  return std::string(spelled.empty() ? host : spelled);
}

}  // namespace duel::beego::context
