#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <system_error>

#include "alloc/profile/writer/write.h"

// A program that the server starts to write a profile. It reads samples from standard input and facts about the process
// (alloc/profile/process_text.h) from descriptor 3, and writes the profile to standard output. It is a separate
// process, because reading the names of functions takes tens of megabytes.
//
//   profile_writer heap|allocs|heap-text|cpu|symbols <SAMPLES 3<PROCESS >PROFILE
namespace duel::alloc::profile::writer {
namespace {

constexpr int kProcessDescriptor = 3;

std::string read_all(int file) {
  std::string bytes;
  std::string piece(size_t{1} << 16, '\0');
  for (ssize_t got = 0; (got = read(file, piece.data(), piece.size())) != 0;) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw std::system_error(errno, std::generic_category(), "reading samples");
    bytes.append(piece, 0, static_cast<size_t>(got));
  }
  return bytes;
}

std::string make(std::string_view kind) {
  const std::string text = read_all(kProcessDescriptor);
  const std::string samples = read_all(STDIN_FILENO);
  const Process process = read_process(text);
  if (kind == "heap") return heap_profile(process, samples, "inuse_space");
  if (kind == "allocs") return heap_profile(process, samples, "alloc_space");
  if (kind == "heap-text") return heap_text(process, samples);
  if (kind == "cpu") return cpu_profile(process, samples);
  if (kind == "symbols") return symbol_lines(process, samples);
  throw std::runtime_error("expected heap, allocs, heap-text, cpu or symbols");
}

void write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw std::system_error(errno, std::generic_category(), "writing the profile");
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace
}  // namespace duel::alloc::profile::writer

int main(int argc, char** argv) {
  constexpr int kNice = 10;  // the profiled server has priority
  setpriority(PRIO_PROCESS, 0, kNice);
  try {
    duel::alloc::profile::writer::write_all(duel::alloc::profile::writer::make(argc == 2 ? argv[1] : ""));
  } catch (const std::bad_alloc&) {
    constexpr int kNoMemory = 2;  // the server tells this from a defect, which is 1
    std::fputs("there is too little memory for the names of functions; provide more\n", stderr);
    return kNoMemory;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "profile_writer: %s\n", error.what());
    return 1;
  }
}
