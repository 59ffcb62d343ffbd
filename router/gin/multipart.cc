#include "router/gin/multipart.h"

#include "http/grammar/multipart.h"

namespace duel::gin {
namespace {

std::string_view text_of(const http::grammar::HeadText& text, memory::Arena& arena) {
  if (text.is_plain()) return text.sent;
  return arena.write(text.sent.size(), [&](char* to) { return http::grammar::write_plain(text, to); });
}

}  // namespace

Multipart read_multipart(std::string_view body, std::string_view content_type, memory::Arena& arena) {
  // The body is read twice, because the lists in the arena cannot grow.
  size_t values = 0;
  size_t files = 0;
  http::grammar::MultipartReader counted(body, content_type);
  while (const auto part = counted.next()) ++(part->is_file() ? files : values);
  if (!counted.error().empty()) return {.error = counted.error()};

  const auto value_list = arena.make<binding::Pair>(values);
  const auto file_list = arena.make<FormFile>(files);
  values = files = 0;
  http::grammar::MultipartReader kept(body, content_type);
  while (const auto part = kept.next()) {
    const std::string_view name = text_of(part->name, arena);
    if (part->is_file()) {
      file_list[files++] = {.name = name,
                            .filename = http::grammar::base_name(text_of(part->filename, arena)),
                            .content_type = text_of(part->content_type, arena),
                            .bytes = part->bytes};
    } else {
      value_list[values++] = {name, part->bytes};
    }
  }
  return {.values = value_list, .files = file_list, .error = {}};
}

}  // namespace duel::gin
