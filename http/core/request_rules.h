#pragma once

#include <cstdint>
#include <string_view>

#include "http/method.h"
#include "http/request.h"

// What RFC 9110 and RFC 9112 ask of a request and llhttp does not check. One place, one function a rule set.
namespace duel::http::core {

// Why a request is refused; status 0: it is not.
struct Refusal {
  int status = 0;
  const char* reason = "";
  explicit operator bool() const { return status != 0; }
};

// The request target (RFC 9112 §3.2), taken apart. `path` and `query` are views into it.
struct Target {
  std::string_view path;  // empty with CONNECT, and in OPTIONS http://host, which is OPTIONS * (RFC 9112 §3.2.4)
  std::string_view query;
  std::string_view authority;  // absolute-form and authority-form only
  Refusal refusal;
};

// Origin-form, absolute-form, authority-form (CONNECT) and asterisk-form (OPTIONS). Bytes that no URI has (controls,
// space, DEL, non-ASCII, '#', '<', '>', in the path more of them) and bad percent-encodings in the path are 400;
// the scheme https is 421.
Target split_target(Method method, std::string_view target);

// uri-host [":" port] of RFC 9110 §7.2; empty is valid (RFC 9112 §3.2).
bool is_valid_host(std::string_view host);

// What the fields say about this message and connection.
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
