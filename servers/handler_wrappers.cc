#include "servers/handler_wrappers.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "http/gzip.h"
#include "servers/logs/access_line.h"

namespace duel::servers {
namespace {

class Wrapper : public http::Handler {
 public:
  explicit Wrapper(std::unique_ptr<http::Handler> next) : next_(std::move(next)) {}

 protected:
  http::Handler& next() { return *next_; }

 private:
  std::unique_ptr<http::Handler> next_;
};

// Beego's Input.CopyBody: copies each body into a buffer that lives as long as the request. Like Beego, it skips GET,
// HEAD and uploads.
class CopyBody : public Wrapper {
 public:
  using Wrapper::Wrapper;

  void handle(const http::Request& request, http::Response& response) override {
    if (!is_copied(request)) return next().handle(request, response);
    const std::string body(request.body);
    http::Request with_copy = request;
    with_copy.body = body;
    next().handle(with_copy, response);
  }

  bool answer_head(const http::Request& request, http::Response& response) override {
    return next().answer_head(request, response);
  }

 private:
  static bool is_copied(const http::Request& request) {
    return request.method != http::Method::kGet && request.method != http::Method::kHead &&
           request.header("Content-Type").find("multipart/form-data") == std::string_view::npos;
  }
};

class CompressBody : public Wrapper {
 public:
  CompressBody(std::unique_ptr<http::Handler> next, const config::WrapperOptions& options)
      : Wrapper(std::move(next)), methods_(options.gzip_methods), gzip_(options.gzip) {}

  void handle(const http::Request& request, http::Response& response) override {
    start(request, response);
    next().handle(request, response);
  }

  bool answer_head(const http::Request& request, http::Response& response) override {
    start(request, response);
    return next().answer_head(request, response);
  }

 private:
  void start(const http::Request& request, http::Response& response) {
    if (!is_compressed(request)) return;
    gzip_.start(request);
    response.code_body(gzip_);
  }

  // HEAD is compressed if GET is, because it must report the length of GET's answer (RFC 9110 §9.3.2).
  bool is_compressed(const http::Request& request) const {
    const std::string_view method = request.method == http::Method::kHead ? "GET" : request.method_name;
    return std::find(methods_.begin(), methods_.end(), method) != methods_.end();
  }

  const std::vector<std::string>& methods_;
  http::Gzip gzip_;
};

class LogAccess : public Wrapper {
 public:
  LogAccess(std::unique_ptr<http::Handler> next, logs::AccessLog& log)
      : Wrapper(std::move(next)), log_(log), line_(log.proxies()) {}

  void handle(const http::Request& request, http::Response& response) override {
    log(request, response, [&] {
      next().handle(request, response);
      return true;
    });
  }

  bool answer_head(const http::Request& request, http::Response& response) override {
    return log(request, response, [&] { return next().answer_head(request, response); });
  }

 private:
  // Runs `step`, and writes a line if it returns true or throws.
  template <typename Step>
  bool log(const http::Request& request, const http::Response& response, Step step) {
    constexpr int kFailed = 500;
    const auto begin = std::chrono::steady_clock::now();
    bool answered = false;
    try {
      answered = step();
    } catch (...) {
      add(request, kFailed, begin);
      throw;
    }
    if (answered) add(request, response.status(), begin);
    return answered;
  }

  void add(const http::Request& request, int status, std::chrono::steady_clock::time_point begin) {
    log_.write(line_.write(request, status, std::chrono::steady_clock::now() - begin));
  }

  logs::AccessLog& log_;
  logs::AccessLine line_;
};

}  // namespace

http::HandlerFactory wrap_handler(const http::HandlerFactory& make_router, const config::WrapperOptions& options,
                                  logs::AccessLog& log) {
  if (!log.is_on() && !options.enable_gzip && !options.copy_request_body) return make_router;
  return [make_router, &options, &log] {
    std::unique_ptr<http::Handler> handler = make_router();
    if (options.copy_request_body) handler = std::make_unique<CopyBody>(std::move(handler));
    if (options.enable_gzip) handler = std::make_unique<CompressBody>(std::move(handler), options);
    if (log.is_on()) handler = std::make_unique<LogAccess>(std::move(handler), log);
    return handler;
  };
}

}  // namespace duel::servers
