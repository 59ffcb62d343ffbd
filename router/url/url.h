// For the router styles of Go's net/http and of frameworks on it.
#pragma once

#include <string>
#include <string_view>

#include "alloc/same_build.h"

namespace duel::url {

// The target of a request or of a redirect (Go's url.URL). Owns its texts.
struct Url {
  std::string scheme;
  std::string host;
  std::string path;      // decoded
  std::string raw_path;  // as sent, if it is not the usual encoding of `path`; otherwise empty
  std::string raw_query;

  // raw_path if it is an encoding of `path`, otherwise the usual encoding of `path`.
  std::string escaped_path() const;
  // The same, without a copy if the path needs no encoding. Otherwise `buffer` holds the text.
  std::string_view escaped_path(std::string& buffer) const;
  // The text of a URL without scheme and host, as redirects need it.
  std::string text() const;
};

// Reads the target of a request line as Go's server does (url.ParseRequestURI), into `url`, whose memory is used again.
// Returns false if Go's server would answer 400; `url` is then unspecified.
bool parse_target(std::string_view method, std::string_view target, Url& url);

// The host without its port (Go's stripHostPort): a host with another form is not changed.
std::string_view strip_port(std::string_view host);

}  // namespace duel::url
