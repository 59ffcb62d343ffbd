#pragma once

#include <forward_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/request.h"
#include "router/beego/context/form.h"
#include "router/beego/values/data.h"
#include "router/beego/values/params.h"

namespace duel::beego::context {

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
  // The value of the first cookie of this name; null data() if there is none.
  std::string_view cookie(std::string_view name) const;

  bool is(std::string_view method_name) const { return method() == method_name; }
  bool is_get() const { return is("GET"); }
  bool is_post() const { return is("POST"); }
  bool is_put() const { return is("PUT"); }
  bool is_delete() const { return is("DELETE"); }
  bool is_head() const { return is("HEAD"); }
  bool is_patch() const { return is("PATCH"); }
  bool is_options() const { return is("OPTIONS"); }
  bool is_ajax() const { return header("X-Requested-With") == "XMLHttpRequest"; }
  bool is_secure() const { return scheme() == "https"; }
  bool is_websocket() const { return header("Upgrade") == "websocket"; }
  bool is_upload() const { return header("Content-Type").find("multipart/form-data") != std::string_view::npos; }
  // Whether the Accept field names the type, with nothing behind it.
  bool accepts_html() const;
  bool accepts_xml() const;
  bool accepts_json() const;
  bool accepts_yaml() const;

  std::string_view protocol() const { return request_->minor_version == 0 ? "HTTP/1.0" : "HTTP/1.1"; }
  std::string_view uri() const { return request_->target; }
  // X-Forwarded-Proto if there is one (whoever sent it), else "http".
  std::string_view scheme() const;
  // The host asked for, without the port; "localhost" if there is none.
  std::string_view host() const;
  std::string_view domain() const { return host(); }
  int port() const;                                                                         // 80 if none is said
  std::string site() const { return std::string(scheme()) + "://" + std::string(host()); }  // "http://example.com"
  std::string_view sub_domains() const;  // "aa.bb" of "aa.bb.domain.com"
  // The first address of X-Forwarded-For (whoever sent it), else the peer's.
  std::string ip() const;
  // What X-Forwarded-For lists, each as sent between the commas.
  std::vector<std::string_view> proxy() const;
  std::string_view referer() const { return header("Referer"); }
  std::string_view user_agent() const { return header("User-Agent"); }

  values::Params& params() { return params_; }
  const values::Params& params() const { return params_; }
  std::string_view param(std::string_view name) const { return params_.get(name); }

  // The route parameter of this name if it is not empty, else the first value of the form: the fields of an urlencoded
  // body, then those of the query, then those of a multipart body.
  std::string_view query(std::string_view name);
  // All values of this name in the form; null if there is none.
  const std::vector<std::string>* queries(std::string_view name);
  // The first file of this field of a multipart body; null if there is none. Its bytes are the request's.
  const FormFile* file(std::string_view field);
  std::vector<const FormFile*> files(std::string_view field);
  // Reads the form if it has not been read. False if a part of it was refused.
  bool parse_form();

  // Kept from filter to filter to controller, where it is Controller::data().
  values::Data& data() { return data_; }
  void set_data(std::string_view key, std::any value) { data_.insert_or_assign(std::string(key), std::move(value)); }
  const std::any* get_data(std::string_view key) const;

 private:
  const http::Request* request_ = nullptr;
  std::string_view url_;
  std::forward_list<std::string> own_urls_;  // paths that are not as sent; all are kept, for the views of them
  values::Params params_;
  values::Data data_;
  std::optional<Form> form_;
  bool form_valid_ = true;
};

}  // namespace duel::beego::context
