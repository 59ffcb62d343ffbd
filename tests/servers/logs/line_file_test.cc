#include "servers/logs/line_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <string>

#include "http/start_error.h"
#include "tests/temporary_directory.h"

namespace duel::servers::logs {
namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Simulates a full disk: write(2) writes only the bytes before the limit.
void limit_file_size(rlim_t bytes) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
  limit.rlim_cur = bytes == RLIM_INFINITY ? limit.rlim_max : bytes;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
}

TEST(LineFile, AppendsToAnExistingFile) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("file", "");
  LineFile file("the file", path);
  EXPECT_TRUE(file.is_empty());
  file.append("one\n");
  EXPECT_FALSE(file.is_empty());
  LineFile other;
  other = LineFile("the file", path);
  other.append("two\nthree\n");
  file.append("four\n");
  EXPECT_EQ(text_of(path), "one\ntwo\nthree\nfour\n");
}

// A pipe has no size, so LineFile has to remember that it has written a line.
TEST(LineFile, TreatsAPipeAsEmptyUntilTheFirstLine) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() / "pipe";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  LineFile file("the file", path);
  EXPECT_TRUE(file.is_empty());
  file.append("one\n");
  EXPECT_FALSE(file.is_empty());
  ::close(reader);
}

TEST(LineFile, LeavesOutALineThatDoesNotFit) {
  const TemporaryDirectory directory;
  const std::string path = directory.write("file", "");
  LineFile file("the file", path);
  file.append("fits\n");
  std::signal(SIGXFSZ, SIG_IGN);
  limit_file_size(8);
  file.append("does not\n");
  file.append("ok\n");
  limit_file_size(RLIM_INFINITY);
  file.append("fits again\n");
  EXPECT_EQ(text_of(path), "fits\nok\nfits again\n");
}

TEST(LineFile, IgnoresLinesWhenClosed) {
  LineFile none;
  EXPECT_FALSE(none.is_open());
  none.append("lost\n");
}

TEST(LineFile, ThrowsStartErrorIfItCannotBeOpened) {
  const TemporaryDirectory directory;
  EXPECT_THROW(LineFile("the file", directory.path().string()), http::StartError);
  EXPECT_THROW(LineFile("the file", (directory.path() / "none" / "file").string()), http::StartError);
}

}  // namespace
}  // namespace duel::servers::logs
