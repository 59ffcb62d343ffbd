#include "http/static_directory.h"

#include <fcntl.h>
#include <seccomp.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>

#include "tests/http/response_fixture.h"
#include "tests/temporary_directory.h"

namespace duel::http {
namespace {

// tests/e2e/static_files_test.cc has the other tests of served files.
class StaticDirectoryTest : public testing::ResponseTest {
 protected:
  StaticDirectoryTest() {
    scratch_.write("root/folder/inner/file.txt", "content");
    scratch_.write("root/folder/.hidden", "content");
    scratch_.write("outside.txt", "content");
    std::filesystem::create_symlink("inner/file.txt", root_ / "folder/link.txt");
    std::filesystem::create_symlink("folder/inner", root_ / "linked");
    std::filesystem::create_symlink("../outside.txt", root_ / "out.txt");
    std::filesystem::create_symlink("..", root_ / "up");
  }

  // The status of the answer, or 0 without one.
  int status_of(std::string_view path) {
    request().path = path;
    start();
    return directory_.serve(path, request(), response()) ? head().status : 0;
  }

  static int lowest_descriptor() {
    const int descriptor = ::open("/dev/null", O_RDONLY);
    ::close(descriptor);
    return descriptor;
  }

  // What a filter of systemd does (RestrictSUIDSGID). It cannot be taken back, so only a child may call this.
  static void forbid_openat2() {
    const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    ASSERT_EQ(seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(openat2), 0), 0);
    ASSERT_EQ(seccomp_load(filter), 0);
    seccomp_release(filter);
  }

  // Checks that every path has the status without openat2, and that no descriptor is left open. Each path has a child.
  void expect_without_openat2(int status, std::initializer_list<std::string_view> paths) {
    for (const std::string_view path : paths) {
      EXPECT_EXIT(
          {
            forbid_openat2();
            const int before = lowest_descriptor();
            const int found = status_of(path);
            ::close(response().take_file().descriptor);
            ::_exit(lowest_descriptor() == before ? found / 10 : 99);  // an exit status has 8 bits
          },
          ::testing::ExitedWithCode(status / 10), "")
          << path;
    }
  }

 private:
  const TemporaryDirectory scratch_;
  const std::filesystem::path root_ = scratch_.path() / "root";
  StaticDirectory directory_{(std::filesystem::create_directory(root_), root_.string())};
};

TEST_F(StaticDirectoryTest, WithOpenat2LinksThatStayInsideAreFollowed) {
  for (const std::string_view path : {"/folder/inner/file.txt", "/folder/link.txt", "/linked/file.txt"}) {
    EXPECT_EQ(status_of(path), 200) << path;
    ::close(response().take_file().descriptor);
  }
  for (const std::string_view path : {"/out.txt", "/up/outside.txt"}) EXPECT_EQ(status_of(path), 0) << path;
}

TEST_F(StaticDirectoryTest, WithoutOpenat2FilesAreServed) {
  expect_without_openat2(200, {"/folder/inner/file.txt", "/folder//inner///file.txt"});
  expect_without_openat2(301, {"/folder", "/folder/inner"});
}

TEST_F(StaticDirectoryTest, WithoutOpenat2NoLinkIsFollowed) {
  expect_without_openat2(0, {"/folder/link.txt", "/linked/file.txt", "/linked", "/out.txt", "/up/outside.txt",
                             "/up/root/folder/inner/file.txt"});
}

TEST_F(StaticDirectoryTest, WithoutOpenat2OtherPathsAreNotFound) {
  expect_without_openat2(0, {"/../outside.txt", "/folder/../../outside.txt", "/folder/.hidden",
                             "/folder/inner/file.txt/more", "/folder/inner/", "/missing/file.txt"});
}

}  // namespace
}  // namespace duel::http
