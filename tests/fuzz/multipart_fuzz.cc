#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/grammar/multipart.h"
#include "tests/fuzz/check.h"

// The input is the value of a Content-Type field up to the first line feed, then the body of the request.
//
// The target checks that
// - the parts are views into the body, in order and without overlap,
// - names contain no control characters, and file names contain neither a folder nor a drive,
// - the reader finds no part after the end of the form or after an error.
namespace duel::http::grammar {
namespace {

using fuzz::check;

std::string plain(const HeadText& text) {
  std::string to(text.sent.size(), '\0');
  to.resize(static_cast<size_t>(write_plain(text, to.data()) - to.data()));
  const auto is_control = [](char c) { return (c >= 0 && c < ' ' && c != '\t') || c == '\x7F'; };
  check(std::none_of(to.begin(), to.end(), is_control), "a control character", to);
  check(!text.is_plain() || to == text.sent, "a plain text was changed", to);
  return to;
}

void check_file_name(const std::string& sent) {
  const std::string_view name = base_name(sent);
  check(sent.ends_with(name), "not the end of the path", sent);
  check(name.find_first_of("/\\") == std::string_view::npos, "a folder", name);
  check(name != "." && name != "..", "the name of a folder", name);
}

void run(std::string_view input) {
  const size_t end = std::min(input.find('\n'), input.size());
  const std::string_view body = input.substr(std::min(end + 1, input.size()));
  MultipartReader reader(body, input.substr(0, end));
  const char* behind = body.data();
  while (const auto part = reader.next()) {
    check(reader.error().empty(), "a part after an error", reader.error());
    check(!plain(part->name).empty(), "a part without a name", body);
    check_file_name(plain(part->filename));
    plain(part->content_type);
    check(part->name.sent.data() >= behind, "the head is not behind the part before", body);
    check(part->bytes.data() >= part->name.sent.data(), "the bytes are not behind the head", body);
    behind = part->bytes.data() + part->bytes.size();
    check(behind <= body.data() + body.size(), "beyond the body", body);
  }
  check(!reader.next(), "a part behind the end", body);
}

}  // namespace
}  // namespace duel::http::grammar

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  duel::http::grammar::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
