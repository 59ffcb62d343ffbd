#pragma once

#include <forward_list>
#include <optional>
#include <string>
#include <string_view>

#include "http/request.h"
#include "router/beego/data.h"
#include "router/beego/form.h"
#include "router/beego/params.h"

namespace duel::beego {

// What came in: the request and what routing and filters found out about it (Beego's BeegoInput). All views are valid
// until the request's handling ends.
class Input {
 public:
  // Ready for `request`; forgets the one before. False if the path has a broken escape.
  bool reset(const http::Request& request);

  const http::Request& request() const { return *request_; }
  std::string_view method() const { return request_->method_name; }
  std::string_view url() const { return url_; }  // the path, decoded, without the query
  void set_url(std::string path);                // from now on routing sees this path
  std::string_view header(std::string_view name) const { return request_->header(name); }
  std::string_view body() const { return request_->body; }

  Params& params() { return params_; }
  const Params& params() const { return params_; }
  std::string_view param(std::string_view name) const { return params_.get(name); }

  // The route parameter of this name if it is not empty, else the first value of the form: the fields of an urlencoded
  // body, then those of the query.
  std::string_view query(std::string_view name);
  // Reads the form if it has not been read. False if a part of it was refused.
  bool parse_form();

  // Kept from filter to filter to controller, where it is Controller::data().
  Data& data() { return data_; }
  void set_data(std::string_view key, std::any value) { data_.insert_or_assign(std::string(key), std::move(value)); }
  const std::any* get_data(std::string_view key) const;

 private:
  const http::Request* request_ = nullptr;
  std::string_view url_;
  std::forward_list<std::string> own_urls_;  // paths that are not as sent; all are kept, for the views of them
  Params params_;
  Data data_;
  std::optional<Form> form_;
  bool form_valid_ = true;
};

}  // namespace duel::beego
