#include "router/beego/context/multipart.h"

#include "http/grammar/multipart.h"

namespace duel::beego::context {
namespace {

std::string text_of(const http::grammar::HeadText& text) {
  std::string plain(text.sent);
  if (!text.is_plain())
    plain.resize(static_cast<size_t>(http::grammar::write_plain(text, plain.data()) - plain.data()));
  return plain;
}

std::string filename_of(const http::grammar::FormPart& part) {
  std::string name = text_of(part.filename);
  name.erase(0, name.size() - http::grammar::base_name(name).size());
  return name;
}

}  // namespace

MultipartForm parse_multipart(std::string_view body, std::string_view content_type) {
  MultipartForm form;
  http::grammar::MultipartReader parts(body, content_type);
  while (const auto part = parts.next()) {
    if (!part->is_file()) {
      form.values.emplace_back(text_of(part->name), part->bytes);
      continue;
    }
    std::string_view type = part->content_type.sent;
    if (!part->content_type.is_plain()) type = form.content_types.emplace_front(text_of(part->content_type));
    form.files.push_back(
        {.field = text_of(part->name), .filename = filename_of(*part), .content_type = type, .bytes = part->bytes});
  }
  form.error = parts.error().data();
  return form;
}

}  // namespace duel::beego::context
