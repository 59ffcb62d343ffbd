// For programs that execute themselves, or a program that is installed beside them.
#pragma once

#include <string>
#include <vector>

// A program can be started by the loader: "ld-linux-x86-64.so.2 --library-path lib ./server". Then /proc/self/exe and
// the first words of the command line are those of the loader.
namespace duel::alloc::profile {

// The path of the program that contains this code, also after the file was deleted or replaced. Empty without /proc.
std::string program_path();

struct Command {
  std::string file;  // for execv(3)
  std::vector<std::string> words;

  // The words for execv(3), as views into this object.
  std::vector<char*> arguments();
};

// The command that started this process, with the loader and its options. Empty without /proc.
Command own_command();

// The command that starts `program` in the same way: with the same loader and options, or without a loader.
Command command_like_own(const std::string& program, const std::vector<std::string>& words);

}  // namespace duel::alloc::profile
