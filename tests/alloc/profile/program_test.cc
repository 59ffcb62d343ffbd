#include "alloc/profile/program.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

// tests/e2e/profiles_test.cc starts a program by the loader.
namespace duel::alloc::profile {
namespace {

const std::string kThisProgram = std::filesystem::read_symlink("/proc/self/exe");

TEST(Program, KnowsItsPath) {
  EXPECT_EQ(program_path(), kThisProgram);
}

TEST(Program, KnowsItsCommand) {
  Command command = own_command();
  EXPECT_EQ(command.file, kThisProgram);
  ASSERT_FALSE(command.words.empty());
  EXPECT_EQ(std::filesystem::path(command.words[0]).filename(), std::filesystem::path(kThisProgram).filename());
  const std::vector<char*> arguments = command.arguments();
  ASSERT_EQ(arguments.size(), command.words.size() + 1);
  EXPECT_EQ(arguments.front(), command.words.front());
  EXPECT_EQ(arguments.back(), nullptr);
}

TEST(Program, StartsAnotherWithoutALoader) {
  const Command command = command_like_own("/bin/other", {"a", ""});
  EXPECT_EQ(command.file, "/bin/other");
  EXPECT_EQ(command.words, (std::vector<std::string>{"/bin/other", "a", ""}));
}

}  // namespace
}  // namespace duel::alloc::profile
