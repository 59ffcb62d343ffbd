#include "servers/profiles/profile_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "http/start_error.h"
#include "tests/temporary_directory.h"

namespace duel::servers::profiles {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  return names;
}

int status_of(const ProfileStore& store, const TakenProfile& profile, const std::string& run_id) {
  try {
    store.save(profile, run_id);
  } catch (const ProfileRefused& refused) {
    return refused.status;
  }
  return 0;
}

class ProfileStoreTest : public ::testing::Test {
 protected:
  const TemporaryDirectory directory_;
  const ProfileStore store_{directory_.path()};
  TakenProfile profile_{.type = "heap", .bytes = "abc", .start_ns = 1'764'000'000'123'456'789, .duration_ms = 12};
};

TEST_F(ProfileStoreTest, NamesAndListsFiles) {
  const SavedProfile saved = store_.save(profile_, "run-1");
  EXPECT_EQ(saved.file, "run-1_heap_20251124T160000.123456789Z.pb.gz");
  EXPECT_EQ(saved.size_bytes, 3U);
  EXPECT_EQ(saved.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  profile_.start_ns += 1;
  store_.save(profile_, "run-1");
  EXPECT_THAT(lines_of(directory_.path() / "profiles.csv"),
              ElementsAre("run_id,type,start_ns,duration_ms,file_size_bytes,sha256",
                          "run-1,heap,1764000000123456789,12,3," + saved.sha256,
                          "run-1,heap,1764000000123456790,12,3," + saved.sha256));
  EXPECT_THAT(names_in(directory_.path()),
              ElementsAre("profiles.csv", saved.file, "run-1_heap_20251124T160000.123456790Z.pb.gz"));
  EXPECT_THAT(lines_of(directory_.path() / saved.file), ElementsAre("abc"));
}

TEST_F(ProfileStoreTest, RefusesAPathAsARunId) {
  for (const char* run_id : {"", "../x", "a/b", ".hidden", "a b", "a,b", "a\nb", "-", "a\"b"}) {
    EXPECT_EQ(status_of(store_, profile_, run_id), 400) << run_id;
  }
  EXPECT_EQ(status_of(store_, profile_, std::string(65, 'a')), 400);
  EXPECT_EQ(status_of(store_, profile_, std::string(64, 'a')), 0);
  EXPECT_EQ(names_in(directory_.path()).size(), 2U);
}

// A limit on the size of files simulates a full disk. The first limit makes write(2) fail for the profile, the second
// for its line.
TEST_F(ProfileStoreTest, LeavesNothingBehindOnAFullDisk) {
  std::signal(SIGXFSZ, SIG_IGN);
  store_.save(profile_, "first");
  const std::vector<std::string> before = names_in(directory_.path());
  const std::vector<std::string> lines = lines_of(directory_.path() / "profiles.csv");
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &limit), 0);
  for (const rlim_t bytes : {rlim_t{100}, rlim_t{200}}) {  // too small for the profile; too small for its line
    rlimit small = limit;
    small.rlim_cur = bytes;
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    profile_.bytes = std::string(150, 'x');
    const int status = status_of(store_, profile_, "second");
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
    EXPECT_EQ(status, 507);
    EXPECT_EQ(names_in(directory_.path()), before);
    EXPECT_EQ(lines_of(directory_.path() / "profiles.csv"), lines);
  }
}

TEST(ProfileStore, SaysThatTheDirectoryIsGone) {
  const TemporaryDirectory parent;
  const std::filesystem::path folder = parent.path() / "profiles";
  std::filesystem::create_directory(folder);
  const ProfileStore store{folder};
  std::filesystem::remove(folder);
  try {
    store.save({.type = "heap", .bytes = "abc"}, "a");
    FAIL() << "nothing was thrown";
  } catch (const ProfileRefused& refused) {
    EXPECT_EQ(refused.status, kStatusUnavailable);
    EXPECT_THAT(refused.what(), HasSubstr(": No such file or directory; let the server write to the folder"));
  }
}

TEST(ProfileStore, RefusesWithoutADirectory) {
  const ProfileStore store{""};
  EXPECT_FALSE(store.has_directory());
  EXPECT_EQ(status_of(store, {}, "a"), kStatusNotImplemented);
}

TEST(ProfileStore, ThrowsStartErrorForABadDirectory) {
  EXPECT_THROW(ProfileStore("/nowhere/at/all"), http::StartError);
  EXPECT_THROW(ProfileStore("/dev/null"), http::StartError);
}

}  // namespace
}  // namespace duel::servers::profiles
