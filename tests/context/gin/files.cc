#include <memory>
#include <string>

#include "http/static_directory.h"
#include "tests/context/gin/handlers.h"

namespace duel::context {
namespace {

// NOLINTBEGIN: set once, before the servers start
std::unique_ptr<const http::StaticDirectory> folder;
std::filesystem::path root;
// NOLINTEND

// Gin lists a folder without index.html; this style has no listings.
bool would_be_listed(std::string_view path) {
  std::error_code error;
  const std::filesystem::path asked = root / path.substr(std::min(path.find_first_not_of('/'), path.size()));
  return std::filesystem::is_directory(asked, error) && !std::filesystem::is_regular_file(asked / "index.html", error);
}

void no_listing(gin::Context& c) {
  no_counterpart(c, "listings of folders");
}

}  // namespace

void open_files(const std::filesystem::path& path) {
  root = path;
  folder = std::make_unique<http::StaticDirectory>(path.string());
}

void file(gin::Context& c) {
  c.file(*folder, c.query("p"));
}

void from_fs(gin::Context& c) {
  const std::string_view path = c.query("p");
  if (path.ends_with('/') && would_be_listed(path)) return no_listing(c);
  c.file(*folder, path);
}

void attach(gin::Context& c) {
  c.file_attachment(*folder, c.query("p"), c.query("name"));
}

void static_files(gin::Context& c) {
  c.static_file(*folder, c.param("filepath"));
}

void listing(gin::Context& c) {
  const std::string_view path = c.param("filepath");
  if (path.ends_with('/') && would_be_listed(path)) return no_listing(c);
  c.static_file(*folder, path);
}

void one(gin::Context& c) {
  c.file(*folder, "hello.txt");
}

void gone(gin::Context& c) {
  c.file(*folder, "gone.txt");
}

}  // namespace duel::context
