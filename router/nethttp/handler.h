// For applications in the style of net/http.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "http/static_directory.h"
#include "router/nethttp/header.h"
#include "router/nethttp/request.h"

namespace duel::nethttp {

// Where a handler writes its answer (Go's http.ResponseWriter).
class ResponseWriter {
 public:
  virtual ~ResponseWriter() = default;
  // The fields of the answer. Changes after write_header() have no effect.
  virtual Header& header() = 0;
  // Sends the head with this status. A second call does nothing, and neither does an informational status (1xx).
  virtual void write_header(int status) = 0;
  // Appends to the body; the status is 200 if write_header() was not called.
  virtual void write(std::string_view bytes) = 0;
  // Answers with a file, as StaticDirectory::serve() does, and with the fields of header(). Returns false, and sends
  // nothing, if there is no such file or the status was sent before. In Go, http.ServeFile asks the writer for this by
  // another interface, io.ReaderFrom.
  virtual bool serve_file(const http::StaticDirectory& files, std::string_view path) = 0;
};

// Answers requests (Go's http.Handler). All workers use the same object, so it must not change.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual void serve_http(ResponseWriter& writer, Request& request) const = 0;
};

using HandlerPtr = std::shared_ptr<const Handler>;
using Function = std::function<void(ResponseWriter&, Request&)>;

// Go's http.HandlerFunc.
class HandlerFunc final : public Handler {
 public:
  explicit HandlerFunc(Function function) : function_(std::move(function)) {}
  void serve_http(ResponseWriter& writer, Request& request) const override { function_(writer, request); }

 private:
  Function function_;
};

inline HandlerPtr handler_func(Function function) {
  return std::make_shared<HandlerFunc>(std::move(function));
}

// Answers with a text and this status (Go's http.Error).
void error(ResponseWriter& writer, std::string_view text, int status);
void not_found(ResponseWriter& writer, Request& request);
// Answers with a redirect to `location`, which may be relative to the path of the request (Go's http.Redirect).
void redirect(ResponseWriter& writer, const Request& request, std::string_view location, int status);
HandlerPtr redirect_handler(std::string location, int status);
HandlerPtr not_found_handler();
// Calls `handler` with a copy of the request whose path lacks `prefix` (Go's http.StripPrefix). 404 for other paths.
HandlerPtr strip_prefix(std::string prefix, HandlerPtr handler);
// Serves the files of a directory by the path of the request (Go's http.FileServer). `files` must outlive the handler.
// `missing` answers if there is no such file.
HandlerPtr file_server(const http::StaticDirectory& files, HandlerPtr missing = not_found_handler());

}  // namespace duel::nethttp
