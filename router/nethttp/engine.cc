#include "router/nethttp/engine.h"

#include "alloc/phases.h"
#include "http/grammar/ascii.h"

namespace duel::nethttp {
namespace {

// The answer of one request: the fields wait in a map until the status is sent, the body in a string until the handler
// has ended, so that the answer can have a length (net/http: up to 2 KiB).
class Answer final : public ResponseWriter {
 public:
  Answer(const http::Request& request, http::Response& response) : request_(request), response_(response) {}

  Header& header() override { return header_; }

  void write_header(int status) override {
    if (status_ != 0) return;
    status_ = status;
    sent_ = header_;  // Go clones the map too
  }

  void write(std::string_view bytes) override {
    write_header(200);
    body_ += bytes;
  }

  bool serve_file(const http::StaticDirectory& files, std::string_view path) override {
    if (status_ != 0) return false;
    add_fields(header_);
    if (files.serve(path, request_, response_)) {
      status_ = response_.status();
      return true;
    }
    for (const auto& [name, values] : header_.fields()) response_.remove(name);
    return false;
  }

  void finish() {
    if (response_.ended()) return;  // by a file
    write_header(200);
    if (!body_.empty() && !sent_.has("Content-Type")) sent_.set("Content-Type", "text/plain; charset=utf-8");
    response_.status(status_);
    add_fields(sent_);
    response_.end(body_);
  }

 private:
  void add_fields(const Header& header) {
    for (const auto& [name, values] : header.fields()) {
      for (const std::string& value : values) {
        // The core writes the fields of the connection itself.
        if (name != "Connection") {
          response_.add(name, value);
        } else if (http::grammar::equal_fold_ascii(value, "close")) {
          response_.close();
        }
      }
    }
  }

  const http::Request& request_;
  http::Response& response_;
  Header header_;
  Header sent_;  // the fields when the status was written
  int status_ = 0;
  std::string body_;
};

std::unique_ptr<Request> make_request(const http::Request& from) {
  auto request = std::make_unique<Request>();
  if (!url::parse_target(from.method_name, from.target, request->url)) return nullptr;
  request->method = from.method_name;
  request->proto = from.minor_version == 0 ? "HTTP/1.0" : "HTTP/1.1";
  for (const http::Field field : from.fields) {
    if (!http::grammar::equal_fold_ascii(field.name, "Host")) request->header.add(field.name, field.value);
  }
  request->host = request->url.host.empty() ? from.host : std::string_view(request->url.host);
  request->request_uri = from.target;
  request->body = from.body;
  request->context = std::make_shared<Context>();
  return request;
}

}  // namespace

void Engine::handle(const http::Request& request, http::Response& response) {
  alloc::enter(alloc::Phase::kContext);
  const std::unique_ptr<Request> made = make_request(request);
  if (made == nullptr) {
    response.status(400);
    response.add("Content-Type", "text/plain; charset=utf-8");
    return response.end("400 Bad Request");
  }
  if (request.target == "*" && request.method == http::Method::kOptions) return response.end();  // asks the server
  const auto answer = std::make_unique<Answer>(request, response);
  alloc::enter(alloc::Phase::kRoute);
  handler_->serve_http(*answer, *made);
  alloc::enter(alloc::Phase::kWrite);
  answer->finish();
  alloc::enter(alloc::Phase::kContext);  // both are destroyed
}

}  // namespace duel::nethttp
