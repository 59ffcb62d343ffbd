#include "router/beego/context/input.h"

#include "http/grammar/ascii.h"
#include "http/grammar/token.h"
#include "router/beego/values/text.h"

namespace duel::beego::context {
namespace {

bool has_media_type(const http::Request& request, std::string_view type) {
  const std::string_view field = request.header("Content-Type");
  return http::grammar::equal_fold_ascii(http::grammar::trim(field.substr(0, field.find(';'))), type);
}

bool has_urlencoded_body(const http::Request& request) {
  const http::Method method = request.method;
  const bool may_have = method == http::Method::kPost || method == http::Method::kPut || method == http::Method::kPatch;
  return may_have && has_media_type(request, "application/x-www-form-urlencoded");
}

}  // namespace

bool Input::reset(const http::Request& request) {
  request_ = &request;
  params_.clear();
  data_.clear();
  form_.reset();
  form_error_ = "";
  own_urls_.clear();
  url_ = request.path;
  if (url_.find('%') == std::string_view::npos) return true;
  std::string decoded;
  if (!values::percent_decode(request.path, http::grammar::Plus::kIsPlus, decoded)) return false;
  set_url(std::move(decoded));
  return true;
}

void Input::set_url(std::string path) {
  own_urls_.push_front(std::move(path));
  url_ = own_urls_.front();
}

bool Input::is_upload() const {
  return has_media_type(*request_, "multipart/form-data");
}

std::string_view Input::form_error() {
  if (form_) return form_error_;
  form_.emplace();
  const bool body_valid = !has_urlencoded_body(*request_) || form_->parse(request_->body);
  const bool query_valid = form_->parse(request_->query);
  if (is_upload() && !is_get() && !is_head()) {
    form_error_ = form_->parse_multipart(request_->body, header("Content-Type"));
  }
  if (!query_valid) form_error_ = "the query holds a malformed escape or a semicolon";
  if (!body_valid) form_error_ = "the form holds a malformed escape or a semicolon";
  return form_error_;
}

Form& Input::checked_form() {
  if (!parse_form() && !is_get() && !is_head()) throw FormError(form_error_);
  return *form_;
}

std::string_view Input::query(std::string_view name) {
  const std::string_view value = param(name);
  return value.empty() ? checked_form().get(name) : value;
}

std::string_view Input::own_field(std::string_view name) {
  const std::string_view value = param(name);
  if (!value.empty()) return value;
  return form_error().empty() ? form_->get(name) : std::string_view();
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
