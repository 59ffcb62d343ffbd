#include "alloc/profile/program.h"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

namespace duel::alloc::profile {
namespace {

constexpr const char* kExecutedFile = "/proc/self/exe";  // the program, or the loader that has started it

// The kernel shows a newline as \012 in /proc/self/maps, and a backslash as itself.
std::string unescaped(std::string path) {
  constexpr std::string_view kNewline = "\\012";
  for (size_t at = path.find(kNewline); at != std::string::npos; at = path.find(kNewline, at + 1)) {
    path.replace(at, kNewline.size(), "\n");
  }
  return path;
}

bool is_file(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

std::string without_deleted(std::string path) {
  constexpr std::string_view kDeleted = " (deleted)";
  if (path.ends_with(kDeleted) && !is_file(path)) path.resize(path.size() - kDeleted.size());
  return path;
}

bool same_file(const std::string& a, const std::string& b) {
  std::error_code error;
  return std::filesystem::equivalent(a, b, error);
}

// The number of words of the command line before the program's own: 0 if no loader has started it.
size_t words_of_loader(const std::vector<std::string>& words) {
  const std::string program = program_path();
  std::error_code error;
  if (without_deleted(std::filesystem::read_symlink(kExecutedFile, error).string()) == program) return 0;
  const auto own =
      std::find_if(words.begin(), words.end(), [&](const std::string& word) { return same_file(word, program); });
  return own == words.end() ? 0 : static_cast<size_t>(own - words.begin());
}

}  // namespace

// Looks for the mapping of this function. A line is "START-END permissions offset device inode   path".
std::string program_path() {
  const auto here = reinterpret_cast<uint64_t>(&program_path);
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    uint64_t begin = 0;
    uint64_t end = 0;
    const char* const limit = line.data() + line.size();
    const auto first = std::from_chars(line.data(), limit, begin, 16);
    if (first.ec != std::errc() || first.ptr == limit) continue;
    if (std::from_chars(first.ptr + 1, limit, end, 16).ec != std::errc() || here < begin || here >= end) continue;
    const size_t path = line.find('/');
    if (path == std::string::npos) break;
    const std::string shown = without_deleted(line.substr(path));
    return is_file(shown) ? shown : without_deleted(unescaped(line.substr(path)));
  }
  return {};
}

std::vector<char*> Command::arguments() {
  std::vector<char*> all;
  all.reserve(words.size() + 1);
  for (std::string& word : words) all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

Command own_command() {
  Command command;
  std::error_code error;
  command.file = std::filesystem::read_symlink(kExecutedFile, error).string();
  if (!command.file.empty() && !same_file(command.file, kExecutedFile)) command.file = kExecutedFile;  // replaced
  std::ifstream line("/proc/self/cmdline", std::ios::binary);
  for (std::string word; std::getline(line, word, '\0');) command.words.push_back(word);
  return command;
}

Command command_like_own(const std::string& program, const std::vector<std::string>& words) {
  Command command = own_command();
  command.words.resize(words_of_loader(command.words));
  if (command.words.empty()) command.file = program;
  command.words.push_back(program);
  command.words.insert(command.words.end(), words.begin(), words.end());
  return command;
}

}  // namespace duel::alloc::profile
