#pragma once

#include <string>
#include <vector>

#include "http/gzip.h"

namespace duel::servers::config {

// The wrappers around the router's handler (servers/handler_wrappers.h), except for the access log.
struct WrapperOptions {
  bool copy_request_body = false;
  bool enable_gzip = false;
  http::GzipOptions gzip;
  std::vector<std::string> gzip_methods = {"GET"};  // HEAD is compressed if GET is
};

}  // namespace duel::servers::config
