#include "alloc/profile/process_text.h"

#include <elf.h>
#include <link.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

#include "alloc/profile/hex_text.h"
#include "alloc/profile/program.h"

namespace duel::alloc::profile {
namespace {

constexpr uint64_t kPageMask = 4095;

std::string hex(uint64_t value) {
  std::array<char, 17> text;
  std::snprintf(text.data(), text.size(), "%" PRIx64, value);
  return text.data();
}

constexpr size_t aligned(size_t size) {
  return (size + 3) & ~size_t{3};
}

// The build id in the notes of a segment; empty if there is none.
std::string build_id_in(const unsigned char* notes, size_t size) {
  constexpr char kOwner[] = "GNU";
  while (size >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) note;
    std::memcpy(&note, notes, sizeof note);
    const size_t name_at = sizeof note;
    const size_t content_at = name_at + aligned(note.n_namesz);
    const size_t end = content_at + aligned(note.n_descsz);
    if (end > size) break;
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof kOwner &&
        std::memcmp(notes + name_at, kOwner, sizeof kOwner) == 0) {
      return hex_of_bytes(notes + content_at, note.n_descsz);
    }
    notes += end;
    size -= end;
  }
  return {};
}

std::string build_id_of(const dl_phdr_info& module) {
  for (int i = 0; i < module.dlpi_phnum; ++i) {
    const ElfW(Phdr)& header = module.dlpi_phdr[i];
    if (header.p_type != PT_NOTE) continue;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the loader stores addresses as numbers
    const auto* notes = reinterpret_cast<const unsigned char*>(module.dlpi_addr + header.p_vaddr);
    if (std::string id = build_id_in(notes, header.p_memsz); !id.empty()) return id;
  }
  return "-";
}

// Replaces newlines, because each line of the text is one fact.
std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', '?');
  return text;
}

int add_module(dl_phdr_info* module, size_t /*size*/, void* into) {
  std::string& text = *static_cast<std::string*>(into);
  const bool program = module->dlpi_name == nullptr || *module->dlpi_name == '\0';
  const std::string path = one_line(program ? program_path() : module->dlpi_name);
  text += "module " + hex(module->dlpi_addr) + " " + build_id_of(*module) + " " + path + "\n";
  for (int i = 0; i < module->dlpi_phnum; ++i) {
    const ElfW(Phdr)& header = module->dlpi_phdr[i];
    if (header.p_type != PT_LOAD || (header.p_flags & PF_X) == 0) continue;
    const uint64_t start = module->dlpi_addr + header.p_vaddr;
    text += "segment " + hex(start & ~kPageMask) + " " + hex((start + header.p_memsz + kPageMask) & ~kPageMask) + " " +
            hex(header.p_offset & ~kPageMask) + "\n";
  }
  return 0;
}

void add_threads(std::string& text) {
  std::error_code error;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task", error)) {
    std::string name;
    std::getline(std::ifstream(task.path() / "comm"), name);
    if (!name.empty()) text += "thread " + task.path().filename().string() + " " + name + "\n";
  }
}

}  // namespace

std::string describe_process() {
  std::string text = "pid " + std::to_string(getpid()) + "\n";
  dl_iterate_phdr(add_module, &text);
  add_threads(text);
  return text;
}

}  // namespace duel::alloc::profile
