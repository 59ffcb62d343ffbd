#include "router/beego/input.h"

#include "router/beego/path.h"

namespace duel::beego {
namespace {

constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

bool has_form_body(const http::Request& request) {
  if (request.method_name != "POST" && request.method_name != "PUT" && request.method_name != "PATCH") return false;
  std::string_view type = request.header("Content-Type");
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return http::equal_ignoring_case(type, kFormType);
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
  if (!decode_path(request.path, decoded)) return false;
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
  form_valid_ = body_valid && query_valid;
  return form_valid_;
}

std::string_view Input::query(std::string_view name) {
  const std::string_view value = param(name);
  if (!value.empty()) return value;
  parse_form();
  return form_->get(name);
}

const std::any* Input::get_data(std::string_view key) const {
  const auto found = data_.find(key);
  return found == data_.end() ? nullptr : &found->second;
}

}  // namespace duel::beego
