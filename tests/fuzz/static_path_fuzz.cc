#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "http/static_directory.h"
#include "tests/http/wire.h"

// Input: a percent-decoded path, as a router passes it for the request "/static/" + path. Checks that the answer
// is a complete file of the directory, a redirect to a place below the path, or an error, and never a file outside of
// the directory, a hidden file, or the target of a symbolic link that leads out.
namespace duel::http {
namespace {

constexpr std::string_view kServed = "served";
constexpr std::string_view kSecret = "secret";

class Tree {
 public:
  Tree() {
    std::string name = std::filesystem::temp_directory_path() / "duel-fuzz-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    root_ = name;
    for (const char* path : {"in/a", "in/b.txt", "in/d/e", "in/d/index.html", "in/x y"}) write(path, kServed);
    for (const char* path : {"s", "in/.h", "in/d/.git/config"}) write(path, kSecret);
    std::filesystem::create_symlink("../s", root_ / "in/l");
    std::filesystem::create_symlink("..", root_ / "in/up");
    std::filesystem::create_symlink("/", root_ / "in/r");
    std::filesystem::create_symlink("b.txt", root_ / "in/inside");
  }
  ~Tree() { std::filesystem::remove_all(root_); }
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;

  std::string served() const { return root_ / "in"; }

 private:
  void write(const std::string& path, std::string_view bytes) const {
    std::filesystem::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << bytes;
  }

  std::filesystem::path root_;
};

void check(bool holds, const char* what, std::string_view path, std::string_view answer) {
  if (holds) return;
  std::cerr << what << "\npath: " << path << "\nanswer: " << answer << '\n';
  std::abort();
}

// A relative URL of one segment (RFC 3986 §4.2): no other host, no scheme.
bool leads_below(std::string_view location) {
  if (location.starts_with("./")) {
    location.remove_prefix(2);
  } else if (location.find(':') != std::string_view::npos) {
    return false;
  }
  return location.size() > 1 && location.find('/') == location.size() - 1;
}

void serve(std::string_view path) {
  static const Tree tree;
  static const StaticDirectory directory(tree.served());
  char space[16 * 1024];
  Output output(space, space + sizeof(space));
  const DateLine date(1704067200);  // Mon, 01 Jan 2024 00:00:00 GMT
  Response response(date);
  Request request;
  const std::string target = "/static/" + std::string(path);
  request.path = target;
  response.start(request, output, true);
  const bool found = directory.serve(path, request, response);
  check(found == response.ended() && found == response.started(), "neither answered nor left alone", path,
        output.bytes());
  if (!found) return;
  const auto head = testing::read_response_head(output.bytes());
  check(head.has_value(), "malformed head", path, output.bytes());
  const FileBody file = response.take_file();
  check((file.descriptor >= 0) == (head->status == 200), "a file with a refusal, or none without", path,
        output.bytes());
  check(head->status == 200 || head->status == 403 || head->status == 301, "odd status", path, output.bytes());
  if (head->status == 301) check(leads_below(head->value("Location")), "leads elsewhere", path, output.bytes());
  if (file.descriptor < 0) return;
  char bytes[64];
  const ssize_t size = ::pread(file.descriptor, bytes, sizeof(bytes), 0);
  ::close(file.descriptor);
  check(size == static_cast<ssize_t>(kServed.size()) && std::string_view(bytes, kServed.size()) == kServed,
        "not one of the served files", path, output.bytes());
}

}  // namespace
}  // namespace duel::http

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  duel::http::serve({reinterpret_cast<const char*>(data), size});
  return 0;
}
