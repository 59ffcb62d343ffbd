#include "router/beego/context/input.h"

#include <iterator>

#include "http/grammar/ascii.h"
#include "http/grammar/token.h"
#include "http/gzip.h"
#include "router/beego/values/text.h"

namespace duel::beego::context {

bool Input::reset(const http::Request& request) {
  request_ = &request;
  params_.reset();
  data_.clear();
  if (form_parsed_) form_ = Form();
  form_parsed_ = false;
  form_error_ = "";
  own_texts_.clear();
  body_ = Body::kNotCopied;
  url_ = request.path;
  if (url_.find('%') == std::string_view::npos) return true;
  std::string decoded;
  if (!values::percent_decode(request.path, http::grammar::Plus::kIsPlus, decoded)) return false;
  set_url(std::move(decoded));
  return true;
}

void Input::set_url(std::string path) {
  own_texts_.push_front(std::move(path));
  url_ = own_texts_.front();
}

bool Input::copy_body(size_t max_bytes) {
  if (header("Content-Encoding") != "gzip" || request_->body.empty()) {
    body_ = Body::kAsSent;
    return true;
  }
  std::string decoded;
  const http::Gunzip result = http::gunzip(request_->body, max_bytes, decoded);
  if (result == http::Gunzip::kMalformed) throw FormError("the body is not valid gzip");
  if (result == http::Gunzip::kTooLarge) return false;
  auto last = own_texts_.before_begin();
  while (std::next(last) != own_texts_.end()) ++last;
  own_texts_.insert_after(last, std::move(decoded));
  body_ = Body::kDecoded;
  return true;
}

std::string_view Input::body() const {
  if (body_ == Body::kNotCopied) return {};
  if (body_ == Body::kAsSent) return request_->body;
  auto last = own_texts_.begin();
  while (std::next(last) != own_texts_.end()) ++last;
  return *last;
}

bool Input::has_media_type(std::string_view type) const {
  const std::string_view field = header("Content-Type");
  return http::grammar::equal_fold_ascii(http::grammar::trim(field.substr(0, field.find(';'))), type);
}

bool Input::has_form() const {
  const http::Method method = request_->method;
  const bool may_have = method == http::Method::kPost || method == http::Method::kPut || method == http::Method::kPatch;
  return may_have && has_media_type("application/x-www-form-urlencoded");
}

std::string_view Input::form_error() {
  if (form_parsed_) return form_error_;
  form_parsed_ = true;
  const bool body_valid = !has_form() || form_.parse(body_ == Body::kNotCopied ? request_->body : body());
  const bool query_valid = form_.parse(request_->query);
  if (is_upload() && !is_get() && !is_head()) {
    form_error_ = form_.parse_multipart(request_->body, header("Content-Type"));
  }
  if (!query_valid) form_error_ = "the query holds a malformed escape or a semicolon";
  if (!body_valid) form_error_ = "the form holds a malformed escape or a semicolon";
  return form_error_;
}

Form& Input::checked_form() {
  if (!parse_form() && !is_get() && !is_head()) throw FormError(form_error_);
  return form_;
}

std::string_view Input::query(std::string_view name) {
  const std::string_view value = param(name);
  return value.empty() ? checked_form().get(name) : value;
}

std::string_view Input::own_field(std::string_view name) {
  const std::string_view value = param(name);
  if (!value.empty()) return value;
  return form_error().empty() ? form_.get(name) : std::string_view();
}

const std::vector<std::string>* Input::queries(std::string_view name) {
  return checked_form().find(name);
}

const FormFile* Input::file(std::string_view field) {
  const std::vector<const FormFile*> all = files(field);
  return all.empty() ? nullptr : all.front();
}

std::vector<const FormFile*> Input::files(std::string_view field) {
  std::vector<const FormFile*> found;
  for (const FormFile& file : checked_form().files()) {
    if (file.field == field) found.push_back(&file);
  }
  return found;
}

const std::any* Input::get_data(std::string_view key) const {
  const auto found = data_.find(key);
  return found == data_.end() ? nullptr : &found->second;
}

}  // namespace duel::beego::context
