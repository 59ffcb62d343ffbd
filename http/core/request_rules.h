#pragma once

#include <cstdint>
#include <string_view>

#include "http/method.h"
#include "http/request.h"

// The rules for requests in RFC 9110 and RFC 9112 that llhttp does not check.
namespace duel::http::core {

// Why a request is refused; status 0 if it is not refused.
struct Refusal {
  int status = 0;
  const char* reason = "";
  explicit operator bool() const { return status != 0; }
};

// The parts of a request target (RFC 9112 §3.2), as views into it.
struct Target {
  std::string_view path;  // empty for CONNECT, and for OPTIONS http://host, which means OPTIONS * (RFC 9112 §3.2.4)
  std::string_view query;
  std::string_view authority;  // absolute-form and authority-form only
  Refusal refusal;
};

// Accepts origin-form, absolute-form, authority-form (CONNECT) and asterisk-form (OPTIONS). Refuses with 400 the bytes
// that no URI contains (controls, space, DEL, non-ASCII, '#', '<', '>', and a few more in the path) and bad
// percent-encodings in the path; refuses the scheme https with 421.
Target split_target(Method method, std::string_view target);

// uri-host [ ":" port ] (RFC 9110 §7.2). An empty host is valid (RFC 9112 §3.2).
bool is_valid_host(std::string_view host);

// The properties of the message and of the connection that the fields define.
struct FieldFacts {
  std::string_view host;
  bool close = false;            // Connection: close, in any line
  bool keep_alive = false;       // Connection: keep-alive, in any line
  bool expect_continue = false;  // Expect: 100-continue
  bool chunked = false;
  Refusal refusal;
};

// Host (RFC 9112 §3.2), Content-Length (§6.2), Transfer-Encoding (§6.1), Connection (§9.3), Expect (RFC 9110 §10.1.1).
FieldFacts examine_fields(const FieldList& fields, int minor_version);

}  // namespace duel::http::core
