// Output's responses that are made from a value or a file.

#include "http/grammar/ascii.h"
#include "http/grammar/json_text.h"
#include "http/grammar/token.h"
#include "http/static_directory.h"
#include "router/beego/context/output.h"
#include "router/beego/formats/json.h"
#include "router/beego/formats/xml.h"
#include "router/beego/formats/yaml.h"
#include "router/beego/values/text.h"

namespace duel::beego::context {
namespace {

constexpr http::FieldLine kJsonType("Content-Type", "application/json; charset=utf-8");
constexpr http::FieldLine kXmlType("Content-Type", "application/xml; charset=utf-8");
constexpr http::FieldLine kYamlType("Content-Type", "application/x-yaml; charset=utf-8");
constexpr http::FieldLine kScriptType("Content-Type", "application/javascript; charset=utf-8");

// A quoted-string (RFC 9110 §5.6.4). Bytes outside of printable ASCII become '_', because filename* has the full name.
std::string quote(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted.push_back('\\');
    quoted.push_back(http::grammar::is_printable_ascii(c) ? c : '_');
  }
  return quoted + "\"";
}

// Content-Disposition (RFC 6266). A name that is a token needs no quotes.
std::string disposition(std::string_view name) {
  const std::string encoded = values::percent_encode(name, http::grammar::kPathSegmentEncoding);
  if (encoded == name) return "attachment; filename=" + encoded;
  const std::string plain = http::grammar::is_token(name) ? std::string(name) : quote(name);
  return "attachment; filename=" + plain + "; filename*=utf-8''" + encoded;
}

}  // namespace

Format format_of(std::string_view accept) {
  if (accept == "application/x-yaml") return Format::kYaml;
  if (accept == "application/xml" || accept == "text/xml") return Format::kXml;
  return Format::kJson;
}

void Output::content_type(std::string_view extension) {
  while (extension.starts_with('.')) extension.remove_prefix(1);
  const std::string_view type = http::content_type_of("." + std::string(extension));
  if (type != "application/octet-stream") header("Content-Type", type);
}

void Output::json(const std::any& value, bool indent, bool ascii) {
  header(kJsonType);
  std::string text;
  try {
    text = formats::to_json(value);
    if (indent) text = formats::indent_json(text);
    if (ascii) text = formats::ascii_json(text);
  } catch (const formats::FormatError& failure) {
    error(failure.what(), 500);
    return;
  }
  body(text);
}

void Output::xml(const std::any& value, bool indent, int status_of_failure) {
  header(kXmlType);
  std::string text;
  try {
    text = formats::to_xml(value, indent);
  } catch (const formats::FormatError& failure) {
    error(failure.what(), status_of_failure);
    return;
  }
  body(text);
}

void Output::yaml(const std::any& value) {
  header(kYamlType);
  std::string text;
  try {
    text = formats::to_yaml(value);
  } catch (const formats::FormatError& failure) {
    error(failure.what(), 500);
    return;
  }
  body(text);
}

void Output::jsonp(const std::any& value, std::string_view callback, bool indent) {
  if (!http::grammar::is_callback(callback))
    return error("the parameter \"callback\" must be the name of a function", 400);
  header(kScriptType);
  std::string text;
  try {
    text = formats::to_json(value);
    if (indent) text = formats::indent_json(text);
  } catch (const formats::FormatError& failure) {
    error(failure.what(), 500);
    return;
  }
  const std::string function(callback);
  body(" if(window." + function + ")" + function + "(" + text + ");\r\n");
}

void Output::download(const std::string& path, const http::Request& request, std::string_view name) {
  if (name.empty()) name = std::string_view(path).substr(path.rfind('/') + 1);
  header("Content-Disposition", disposition(name));
  header("Content-Description", "File Transfer");
  header("Content-Transfer-Encoding", "binary");
  header("Expires", "0");
  header("Cache-Control", "must-revalidate");
  header("Pragma", "public");
  if (http::serve_file(path, "application/octet-stream", request, *response_)) return;
  for (const char* field : {"Content-Disposition", "Content-Description", "Content-Transfer-Encoding", "Expires",
                            "Cache-Control", "Pragma"}) {
    response_->remove(field);
  }
  error("404 page not found", 404);
}

}  // namespace duel::beego::context
