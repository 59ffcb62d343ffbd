#include "router/nethttp/answer.h"

#include "http/grammar/ascii.h"

namespace duel::nethttp {

void Answer::write_header(int status) {
  if (status_ != 0 || status < 200) return;
  status_ = status;
  sent_ = header_;  // as Go does, so that the handler cannot change them any more
}

void Answer::write(std::string_view bytes) {
  write_header(200);
  body_ += bytes;
}

bool Answer::serve_file(const http::StaticDirectory& files, std::string_view path) {
  if (status_ != 0) return false;
  add_fields(header_);
  if (files.serve(path, request_, response_)) {
    status_ = response_.status();
    return true;
  }
  for (const auto& [name, values] : header_.fields()) response_.remove(name);
  return false;
}

void Answer::finish() {
  if (response_.ended()) return;  // by a file
  write_header(200);
  if (!body_.empty() && !sent_.has("Content-Type")) sent_.set("Content-Type", "text/plain; charset=utf-8");
  response_.status(status_);
  add_fields(sent_);
  response_.end(body_);
}

void Answer::add_fields(const Header& header) {
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

}  // namespace duel::nethttp
