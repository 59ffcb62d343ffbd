#include "servers/profiles/profile_writer.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stop_token>
#include <string>

#include "servers/profiles/profiler.h"

namespace duel::servers::profiles {
namespace {

using ::testing::HasSubstr;

// The writer that write_profile() finds: a script beside the program of this test, which has no real writer there.
class Writer {
 public:
  explicit Writer(const std::string& content, mode_t mode = 0755) {
    std::ofstream(path_) << content;
    ::chmod(path_.c_str(), mode);
  }
  ~Writer() { std::filesystem::remove(path_); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

 private:
  std::filesystem::path path_ = std::filesystem::canonical("/proc/self/exe").parent_path() / "profile_writer";
};

// The profile, or the status and the sentence of the refusal.
std::string outcome() {
  const alloc::profile::MemoryFile samples("samples");
  try {
    return write_profile("heap", samples, "pid 1\n", {});
  } catch (const ProfileRefused& refused) {
    return std::to_string(refused.status) + " " + refused.what();
  }
}

// One test, because all cases use the same file.
TEST(ProfileWriter, EachFailureHasAStatusAndASentence) {
  const std::string unwritten = "the profile was not written: ";
  EXPECT_THAT(outcome(), HasSubstr("503 the program that writes profiles is missing: put duel-profile-writer beside"));
  {
    const Writer unfinished("", 0644);  // a linker makes the file executable at the end
    EXPECT_THAT(outcome(), HasSubstr("503 the program that writes profiles is missing: "));
  }
  {
    const Writer empty("");
    EXPECT_THAT(outcome(), HasSubstr("profile_writer cannot be started: Exec format error; install it again, or wait"));
  }
  {
    const Writer killed("#!/bin/sh\nkill -KILL $$\n");
    EXPECT_EQ(outcome(), "503 " + unwritten + "the profile writer was killed; free memory and try again");
  }
  {
    const Writer crashed("#!/bin/sh\nkill -ABRT $$\n");
    EXPECT_EQ(outcome(), "500 " + unwritten + "the profile writer crashed: Aborted");
  }
  {
    const Writer other("#!/bin/sh\nexit 1\n");
    EXPECT_THAT(outcome(), HasSubstr("503 " + unwritten + "the profile writer ended without a message; install"));
  }
  {
    const Writer without_memory("#!/bin/sh\necho too little >&2\nexit 2\n");
    EXPECT_EQ(outcome(), "503 " + unwritten + "too little");
  }
  {
    const Writer defect("#!/bin/sh\necho not samples >&2\nexit 1\n");
    EXPECT_EQ(outcome(), "500 " + unwritten + "not samples");
  }
  {
    const Writer good("#!/bin/sh\necho profile\n");
    EXPECT_EQ(outcome(), "profile\n");
  }
}

}  // namespace
}  // namespace duel::servers::profiles
