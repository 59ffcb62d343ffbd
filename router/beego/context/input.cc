#include "router/beego/context/input.h"

#include "http/grammar/ascii.h"
#include "http/grammar/token.h"
#include "router/beego/values/text.h"

namespace duel::beego::context {
namespace {

constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

bool may_have_form_body(const http::Request& request) {
  return request.method_name == "POST" || request.method_name == "PUT" || request.method_name == "PATCH";
}

bool has_form_body(const http::Request& request) {
  if (!may_have_form_body(request)) return false;
  const std::string_view type = request.header("Content-Type");
  return http::grammar::equal_fold_ascii(http::grammar::trim(type.substr(0, type.find(';'))), kFormType);
}

}  // namespace

bool Input::reset(const http::Request& request) {
  request_ = &request;
  params_.clear();
  data_.clear();
  form_.reset();
  form_valid_ = true;
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

bool Input::parse_form() {
  if (form_) return form_valid_;
  form_.emplace();
  const bool body_valid = !has_form_body(*request_) || form_->parse(request_->body);
  const bool query_valid = form_->parse(request_->query);
  const bool is_multipart = is_upload() && request_->method_name != "GET" && request_->method_name != "HEAD";
  const bool files_valid = !is_multipart || form_->parse_multipart(request_->body, header("Content-Type"));
  form_valid_ = body_valid && query_valid && files_valid;
  return form_valid_;
}

std::string_view Input::query(std::string_view name) {
  const std::string_view value = param(name);
  if (!value.empty()) return value;
  parse_form();
  return form_->get(name);
}

const std::vector<std::string>* Input::queries(std::string_view name) {
  parse_form();
  return form_->find(name);
}

const FormFile* Input::file(std::string_view field) {
  const std::vector<const FormFile*> all = files(field);
  return all.empty() ? nullptr : all.front();
}

std::vector<const FormFile*> Input::files(std::string_view field) {
  parse_form();
  std::vector<const FormFile*> found;
  for (const FormFile& file : form_->files()) {
    if (file.field == field) found.push_back(&file);
  }
  return found;
}

const std::any* Input::get_data(std::string_view key) const {
  const auto found = data_.find(key);
  return found == data_.end() ? nullptr : &found->second;
}

}  // namespace duel::beego::context
