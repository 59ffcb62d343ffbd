#include "router/beego/context/output.h"

#include "http/grammar/html_text.h"
#include "http/grammar/location.h"
#include "router/beego/values/text.h"

namespace duel::beego::context {
namespace {

std::string escape_html(std::string_view text) {
  std::string escaped;
  http::grammar::write_html_text(text, [&](std::string_view piece) { escaped.append(piece); });
  return escaped;
}

// Resolves a reference without scheme and host against `path`, to an absolute path. Other URLs stay unchanged.
std::string resolve(std::string_view url, std::string_view path) {
  if (http::grammar::has_scheme_or_host(url)) return std::string(url);
  const size_t query_at = std::min(url.find_first_of("?#"), url.size());
  std::string target(url.substr(0, query_at));
  if (!target.starts_with('/')) {
    // The folder of `path` is decoded. Go does not encode it again, so that "/a%3Fb/c" became "/a?b/".
    constexpr http::grammar::PercentEncoding kFolder = http::grammar::keep_all_but("%?#");
    target.insert(0, values::percent_encode(path.substr(0, path.rfind('/') + 1), kFolder));
  }
  std::string buffer;
  std::string resolved(values::clean_path(target, buffer));
  if (target.ends_with('/') && !resolved.ends_with('/')) resolved.push_back('/');
  return resolved.append(url.substr(query_at));
}

}  // namespace

void Output::reset(http::Response& response) {
  response_ = &response;
  restart();
}

void Output::restart() {
  body_.clear();
  chosen_status_ = 0;
  status_ = 0;
  started_ = false;
  began_by_writing_ = false;
  has_body_ = false;
}

void Output::body(std::string_view content) {
  if (chosen_status_ != 0) {
    write_header(chosen_status_);
    chosen_status_ = 0;
  }
  started_ = true;
  has_body_ = true;
  if (!content.empty()) write(content);
}

void Output::error(std::string_view message, int status) {
  header("Content-Type", "text/plain; charset=utf-8");
  header("X-Content-Type-Options", "nosniff");
  write_header(status);
  write(message);
  write("\n");
}

void Output::redirect(int status, std::string_view url, const http::Request& request, std::string_view path) {
  const std::string resolved = resolve(url, path);
  const std::string target = values::percent_encode(resolved, http::grammar::encoding_of_location(resolved));
  const bool has_body = status != 204 && status != 304;
  const bool typed = !has_body || began_by_writing_ || !response_->get("Content-Type").empty();
  const bool get = request.method == http::Method::kGet;
  header("Location", target);
  if (!typed && (get || request.method == http::Method::kHead)) header("Content-Type", "text/html; charset=utf-8");
  write_header(status);
  if (!typed && get) {
    write("<a href=\"" + escape_html(target) + "\">" + std::string(http::reason_phrase(status)) + "</a>.\n\n");
  }
}

void Output::write_header(int status) {
  if (status_ != 0) return;
  status_ = status == 0 ? 500 : status;  // the application chose a status that does not exist
  started_ = true;
}

void Output::write(std::string_view content) {
  if (status_ == 0) {
    write_header(200);
    began_by_writing_ = true;
  }
  body_.append(content);
}

void Output::finish() {
  if (response_->ended()) return;
  if (!has_body_) response_->do_not_code_body();
  if (response_->started()) {
    if (!body_.empty()) response_->write(body_);
    response_->end();
    return;
  }
  if (status_ != 0) response_->status(status_);
  response_->end(body_);
}

}  // namespace duel::beego::context
