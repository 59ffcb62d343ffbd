// For Engine.
#pragma once

#include <string>
#include <string_view>

#include "http/request.h"
#include "http/response.h"
#include "router/nethttp/handler.h"

namespace duel::nethttp {

// The answer of one request: the fields wait in a map until the status is sent, the body in a string until the handler
// has ended, so that the answer can have a length (net/http: up to 2 KiB).
class Answer final : public ResponseWriter {
 public:
  // Both must outlive this object.
  Answer(const http::Request& request, http::Response& response) : request_(request), response_(response) {}

  Header& header() override { return header_; }
  void write_header(int status) override;
  void write(std::string_view bytes) override;
  bool serve_file(const http::StaticDirectory& files, std::string_view path) override;

  // Sends the answer. Call it when the handler has ended.
  void finish();

 private:
  void add_fields(const Header& header);

  const http::Request& request_;
  http::Response& response_;
  Header header_;
  Header sent_;     // the fields when the status was sent
  int status_ = 0;  // 0: not sent
  std::string body_;
};

}  // namespace duel::nethttp
