// For applications in the Beego style, as beego::Input.
#pragma once

#include <cstdint>
#include <forward_list>
#include <string>
#include <string_view>
#include <vector>

#include "http/request.h"
#include "router/beego/context/bind.h"
#include "router/beego/context/form.h"
#include "router/beego/context/form_error.h"
#include "router/beego/values/data.h"
#include "router/beego/values/params.h"

namespace duel::beego::context {

// The request, its route parameters and its data (Beego's BeegoInput). Views are valid until the handling of the
// request ends.
class Input {
 public:
  // Begins with a new request. False if its path has a broken percent escape.
  bool reset(const http::Request& request);

  const http::Request& request() const { return *request_; }
  std::string_view method() const { return request_->method_name; }
  std::string_view url() const { return url_; }  // the decoded path, without the query
  void set_url(std::string path);                // replaces the path for filters and routing
  std::string_view header(std::string_view name) const { return request_->header(name); }
  // The body, as the engine has copied it (Beego's RequestBody): empty for GET, HEAD and uploads, in filters before
  // the route is searched, and if AppOptions::copy_request_body is false.
  std::string_view body() const;
  // The value of the first cookie of this name. data() is null if there is no such cookie.
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
  // Makes body() the body of the request, without its content coding gzip. Throws FormError if it is no gzip. False if
  // the decoded body is larger than `max_bytes`; then body() stays empty.
  bool copy_body(size_t max_bytes);
  bool has_media_type(std::string_view type) const;  // whether Content-Type is of this type, in any letter case
  bool is_upload() const { return has_media_type("multipart/form-data"); }
  bool has_form() const;  // whether the body is a form of the type application/x-www-form-urlencoded
  // Whether the Accept field names a type of this kind without parameters.
  bool accepts_html() const;
  bool accepts_xml() const;
  bool accepts_json() const;
  bool accepts_yaml() const;

  std::string_view protocol() const { return request_->minor_version == 0 ? "HTTP/1.0" : "HTTP/1.1"; }
  std::string_view uri() const { return request_->target; }
  // X-Forwarded-Proto, otherwise "http". Any client can send that field.
  std::string_view scheme() const;
  // The host of the request, without the port; "localhost" if the request names no host.
  std::string_view host() const;
  std::string_view domain() const { return host(); }
  int port() const;  // 80 if the request names no port
  std::string site() const { return std::string(scheme()) + "://" + std::string(host()); }  // "http://example.com"
  std::string_view sub_domains() const;  // "aa.bb" of "aa.bb.domain.com"
  // The first address of X-Forwarded-For, in the one spelling that http/grammar/address.h gives it. If the first
  // element is another text, that text as it was sent. If it is empty or missing, the peer's address. Any client can
  // send that field.
  std::string ip() const;
  // The parts of X-Forwarded-For between the commas, not trimmed.
  std::vector<std::string_view> proxy() const;
  std::string_view referer() const { return header("Referer"); }
  std::string_view user_agent() const { return header("User-Agent"); }

  values::Params& params() { return params_; }
  const values::Params& params() const { return params_; }
  std::string_view param(std::string_view name) const { return params_.get(name); }

  // The form has the fields of an urlencoded body, then of the query, then of a multipart body. The first call of one
  // of these members parses it. If a part of it is malformed, they throw FormError; for GET and HEAD, which have no
  // form but the query, they ignore the malformed fields, as in Beego.
  //
  // The route parameter of this name if it is not empty, otherwise the first value of this name in the form.
  std::string_view query(std::string_view name);
  // All values of this name in the form; null if there is no value.
  const std::vector<std::string>* queries(std::string_view name);
  // The names of the values in the form, sorted.
  std::vector<std::string> form_names() { return checked_form().names(); }
  // The first file of this field of a multipart body; null if there is no file. Its bytes are a view into the request.
  const FormFile* file(std::string_view field);
  std::vector<const FormFile*> files(std::string_view field);

  // Fills a variable from the values of the form (Beego's Bind): a number, text or bool from `name`; a std::vector from
  // name[0], name[1] or name[]; a struct with described fields from name.field or name[field]; a std::map of texts from
  // name[key]. What is missing or malformed is zero, or empty.
  template <typename T>
  void bind(T& to, std::string_view name) {
    bind_value(checked_form(), name, to, [&](std::string_view one) { return query(one); });
  }
  // Fills the described fields of a struct from the form (Beego's ParseForm). A field without a value, or with one
  // empty value, stays. Returns the name of the first field whose value is malformed, empty if there is none; the
  // fields before it are set.
  template <values::Described Struct>
  std::string_view fill(Struct& to) {
    return fill_from_form(checked_form(), to);
  }

  // Parses the form at the first call; never throws FormError. False if a part of the form is malformed.
  bool parse_form() { return form_error().empty(); }
  // The same; one sentence if a part of the form is malformed, otherwise an empty text.
  std::string_view form_error();
  // As query(), but throws no FormError: a malformed form has no such field. For fields of the framework, such as
  // `_method`, because the client may send them to a route that does not read the form.
  std::string_view own_field(std::string_view name);

  // Values that the filters and the controller of this request share; the same as Controller::data().
  values::Data& data() { return data_; }
  void set_data(std::string_view key, std::any value) { data_.insert_or_assign(std::string(key), std::move(value)); }
  const std::any* get_data(std::string_view key) const;

 private:
  enum class Body : uint8_t { kNotCopied, kAsSent, kDecoded };
  // The form, parsed at the first call. Throws FormError as query() does.
  Form& checked_form();

  const http::Request* request_ = nullptr;
  std::string_view url_;
  // Decoded and replaced paths; all are kept, because views into them exist. The last one is the body if it was
  // decoded.
  std::forward_list<std::string> own_texts_;
  values::Params params_;
  values::Data data_;
  Form form_;                    // empty before form_error()
  const char* form_error_ = "";  // a literal, because a view would make the context of every request larger
  bool form_parsed_ = false;
  Body body_ = Body::kNotCopied;
};

}  // namespace duel::beego::context
