#include <memory>
#include <string>

#include "http/static_directory.h"
#include "tests/context/gin/handlers.h"

namespace duel::context {
namespace {

std::unique_ptr<const http::StaticDirectory> folder;  // NOLINT: set once, before the servers start

}  // namespace

void open_files(const std::filesystem::path& path) {
  folder = std::make_unique<http::StaticDirectory>(path.string());
}

void file(gin::Context& c) {
  c.file(*folder, c.query("p"));
}

void from_fs(gin::Context& c) {
  c.file(*folder, c.query("p"), gin::Listing::kShown);
}

void attach(gin::Context& c) {
  c.file_attachment(*folder, c.query("p"), c.query("name"));
}

void static_files(gin::Context& c) {
  c.static_file(*folder, c.param("filepath"));
}

void listing(gin::Context& c) {
  c.static_file(*folder, c.param("filepath"), gin::Listing::kShown);
}

void one(gin::Context& c) {
  c.file(*folder, "hello.txt");
}

void gone(gin::Context& c) {
  c.file(*folder, "gone.txt");
}

}  // namespace duel::context
