#include "alloc/profile/writer/symbols.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwelf.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <gelf.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>
#include <unordered_map>

#include "alloc/profile/hex_text.h"
#include "alloc/profile/memory_file.h"
#include "alloc/profile/writer/frame_name.h"

namespace duel::alloc::profile::writer {
namespace {

constexpr size_t kMaxFrames = 512;  // of a stack; a longer stack is a recursion or an unwinding error

std::string base_name(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

std::string build_id_of(int file) {
  Elf* const elf = elf_begin(file, ELF_C_READ_MMAP, nullptr);
  const void* id = nullptr;
  const ssize_t size = elf == nullptr ? -1 : dwelf_elf_gnu_build_id(elf, &id);
  std::string text =
      size > 0 ? hex_of_bytes(static_cast<const unsigned char*>(id), static_cast<size_t>(size)) : std::string();
  if (elf != nullptr) elf_end(elf);
  return text;
}

// The kernel's vdso has no file, but it is the same in every process. So its bytes are copied from this process.
int open_vdso() {
  const unsigned long address = getauxval(AT_SYSINFO_EHDR);
  if (address == 0) return -1;
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel gives a number
  const char* const bytes = reinterpret_cast<const char*>(address);
  GElf_Ehdr header;
  std::memcpy(&header, bytes, sizeof header);
  const size_t size = header.e_shoff + size_t{header.e_shnum} * header.e_shentsize;  // the table of sections comes last
  const MemoryFile file("vdso");
  file.append({bytes, size});
  return dup(file.descriptor());
}

// Opens the file of a module. Returns a descriptor, or -1.
int open_module(const Process& process, size_t index) {
  const Module& module = process.modules[index];
  std::vector<std::string> paths = {module.path};
  if (index == 0) {
    // A newer build can have replaced the program's file. /proc/PID/exe still opens the file that is running, unless
    // the loader has started the program.
    const std::string running = "/proc/" + std::to_string(process.pid) + "/exe";
    std::error_code error;
    std::string executed = std::filesystem::read_symlink(running, error).string();
    std::replace(executed.begin(), executed.end(), '\n', '?');  // as in the description of the process
    if (!module.build_id.empty() || executed.starts_with(module.path)) paths.push_back(running);
  }
  for (const std::string& path : paths) {
    const int file = path.find("vdso") != std::string::npos && path.find('/') == std::string::npos
                         ? open_vdso()
                         : open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) continue;
    if (module.build_id.empty() || build_id_of(file) == module.build_id) return file;
    close(file);
  }
  return -1;
}

Frame frame_of(const char* symbol) {
  Frame frame;
  frame.symbol = symbol;
  frame.function = short_name(frame.symbol);
  return frame;
}

// The maximum number of declarations that refer to each other in a row. Compilers write up to three. In a damaged file,
// a declaration can refer to itself.
constexpr int kMaxOrigins = 8;
// The maximum number of functions around a lambda or a local class. In a damaged file, a function can contain itself.
constexpr int kMaxAround = 16;

// Returns the declaration of an inlined function, of a function that is defined outside its class, or of one that was
// optimised when the program was linked.
Dwarf_Die declaration_of(Dwarf_Die die) {
  Dwarf_Attribute attribute;
  for (int i = 0; i < kMaxOrigins; ++i) {
    Dwarf_Die origin;
    if (dwarf_formref_die(dwarf_attr(&die, DW_AT_abstract_origin, &attribute), &origin) == nullptr &&
        dwarf_formref_die(dwarf_attr(&die, DW_AT_specification, &attribute), &origin) == nullptr)
      break;
    die = origin;
  }
  return die;
}

// The name of one scope; empty for scopes that are not part of a name, such as blocks.
std::string scope_name(Dwarf_Die* scope) {
  const char* const given = dwarf_diename(scope);
  std::string name = given == nullptr ? std::string() : without_arguments(given);
  switch (dwarf_tag(scope)) {
    case DW_TAG_namespace:
      return name.empty() ? "(anonymous namespace)" : name;
    case DW_TAG_class_type:
    case DW_TAG_structure_type:
    case DW_TAG_union_type:
      return name.empty() || name.front() == '<' ? "{lambda}" : name;
    case DW_TAG_subprogram:
      return name;
    default:
      return {};
  }
}

// Knows the parent of each scope, and the functions of each unit. elfutils searches the whole unit for each parent;
// this class does it once per unit. dwarf_getscopes() of elfutils is no help: link-time optimisation inlines functions
// of other units, and there it finds nothing.
class ScopeTree {
 public:
  // The scope itself, then its parents, up to the unit.
  std::vector<Dwarf_Die> around(Dwarf_Die scope) {
    std::vector<Dwarf_Die> scopes;
    Dwarf_Die unit;
    if (dwarf_diecu(&scope, &unit, nullptr, nullptr) == nullptr) return scopes;
    functions_of(unit);
    scopes.push_back(scope);
    for (auto parent = parents_.find(scope.addr); parent != parents_.end();
         parent = parents_.find(scopes.back().addr)) {
      scopes.push_back(parent->second);
    }
    return scopes;
  }

  // The scopes at an address of the unit, the innermost first: inlined functions, then the function that contains them.
  // Returns nothing if no function has code at the address.
  std::vector<Dwarf_Die> at(const Dwarf_Die& unit, Dwarf_Addr address) {
    for (Dwarf_Die scope : functions_of(unit)) {
      if (dwarf_haspc(&scope, address) != 1) continue;
      while (enter(scope, address)) continue;
      return around(scope);
    }
    return {};
  }

 private:
  static bool is_scope(int tag) {
    return tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine || tag == DW_TAG_lexical_block ||
           tag == DW_TAG_namespace || tag == DW_TAG_structure_type || tag == DW_TAG_class_type ||
           tag == DW_TAG_union_type;
  }

  static bool has_code(Dwarf_Die& die) {
    return dwarf_hasattr(&die, DW_AT_low_pc) != 0 || dwarf_hasattr(&die, DW_AT_ranges) != 0;
  }

  // Goes on to the scope's inner scope at the address. False if there is none.
  static bool enter(Dwarf_Die& scope, Dwarf_Addr address) {
    Dwarf_Die child;
    for (int end = dwarf_child(&scope, &child); end == 0; end = dwarf_siblingof(&child, &child)) {
      if (!is_scope(dwarf_tag(&child)) || dwarf_haspc(&child, address) != 1) continue;
      scope = child;
      return true;
    }
    return false;
  }

  // The functions of the unit that have code of their own.
  const std::vector<Dwarf_Die>& functions_of(Dwarf_Die unit) {
    const auto [found, is_new] = units_.try_emplace(unit.addr);
    if (is_new) walk(unit, found->second);
    return found->second;
  }

  // Not recursive, because the file decides how deep the tree is.
  void walk(Dwarf_Die unit, std::vector<Dwarf_Die>& functions) {
    std::vector<Dwarf_Die> waiting = {unit};
    while (!waiting.empty()) {
      Dwarf_Die parent = waiting.back();
      waiting.pop_back();
      Dwarf_Die child;
      for (int end = dwarf_child(&parent, &child); end == 0; end = dwarf_siblingof(&child, &child)) {
        const int tag = dwarf_tag(&child);
        if (!is_scope(tag) || !parents_.emplace(child.addr, parent).second) continue;
        waiting.push_back(child);
        if (tag == DW_TAG_subprogram && has_code(child)) functions.push_back(child);
      }
    }
  }

  // The key is the address of an entry in this process. Entries of two modules can have the same offset in their files.
  std::unordered_map<const void*, std::vector<Dwarf_Die>> units_;
  std::unordered_map<const void*, Dwarf_Die> parents_;
};

// `depth`: 0 for the function of a frame, 1 for the function that contains it, and so on.
Frame frame_of(Dwarf_Die* function, ScopeTree& tree, int depth = 0);

// The name of a function without a linker's name: duel::servers::(anonymous namespace)::ping.
std::string qualified_name(Dwarf_Die* function, ScopeTree& tree, int depth) {
  std::string name;
  for (Dwarf_Die& scope : tree.around(declaration_of(*function))) {
    // The function around a lambda or a local class can itself be declared elsewhere.
    const bool around = !name.empty() && dwarf_tag(&scope) == DW_TAG_subprogram;
    if (around && depth == kMaxAround) break;
    const std::string part = around ? frame_of(&scope, tree, depth + 1).function : scope_name(&scope);
    if (!part.empty()) name.insert(0, name.empty() ? part : part + "::");
    if (around) break;
  }
  return name;
}

// Uses the linker's name if the debug information has it, or else joins the names of the scopes.
Frame frame_of(Dwarf_Die* function, ScopeTree& tree, int depth) {
  Dwarf_Attribute attribute;
  const char* const name = dwarf_formstring(dwarf_attr_integrate(function, DW_AT_linkage_name, &attribute));
  if (name != nullptr) return frame_of(name);
  Frame frame;
  frame.function = qualified_name(function, tree, depth);
  return frame;
}

void set_place(Frame& frame, const char* file, int line) {
  if (file != nullptr) frame.file = file;
  frame.line = line;
}

int64_t number_of(Dwarf_Die* die, unsigned kind) {
  Dwarf_Attribute attribute;
  Dwarf_Word value = 0;
  return dwarf_formudata(dwarf_attr(die, kind, &attribute), &value) == 0 ? static_cast<int64_t>(value) : 0;
}

std::vector<Frame> frames_of(Dwarf_Die* unit, Dwarf_Addr address, ScopeTree& tree) {
  std::vector<Frame> frames;
  Dwarf_Files* files = nullptr;
  size_t file_count = 0;
  dwarf_getsrcfiles(unit, &files, &file_count);
  const char* file = nullptr;
  int line = 0;
  if (Dwarf_Line* const row = dwarf_getsrc_die(unit, address); row != nullptr) {
    file = dwarf_linesrc(row, nullptr, nullptr);
    dwarf_lineno(row, &line);
  }
  for (Dwarf_Die& scope : tree.at(*unit, address)) {
    const int tag = dwarf_tag(&scope);
    if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram) continue;
    frames.push_back(frame_of(&scope, tree));
    set_place(frames.back(), file, line);
    if (tag == DW_TAG_subprogram) break;
    // The place of the call is the place of the next frame.
    const auto index = static_cast<size_t>(number_of(&scope, DW_AT_call_file));
    file = files != nullptr && index < file_count ? dwarf_filesrc(files, index, nullptr, nullptr) : nullptr;
    line = static_cast<int>(number_of(&scope, DW_AT_call_line));
  }
  return frames;
}

}  // namespace

struct Symbols::Elfutils {
  Dwfl* dwfl = nullptr;
  const CpuSample* sample = nullptr;  // the sample that is being unwound
  std::string_view stack;
  ScopeTree scopes;

  static pid_t next_thread(Dwfl* /*dwfl*/, void* /*self*/, void** /*thread*/) { return 0; }
  static bool get_thread(Dwfl* /*dwfl*/, pid_t /*id*/, void* self, void** thread) {
    *thread = self;
    return true;
  }

  static bool read_memory(Dwfl* /*dwfl*/, Dwarf_Addr address, Dwarf_Word* word, void* self) {
    const Elfutils& me = *static_cast<const Elfutils*>(self);
    const uint64_t offset = address - me.sample->registers[kStackPointer];
    if (me.stack.size() < sizeof *word || offset > me.stack.size() - sizeof *word) return false;
    std::memcpy(word, me.stack.data() + offset, sizeof *word);
    return true;
  }

  static bool set_registers(Dwfl_Thread* thread, void* self) {
    const Elfutils& me = *static_cast<const Elfutils*>(self);
    return dwfl_thread_state_registers(thread, 0, kRegisters, me.sample->registers.data());
  }

  static int add_frame(Dwfl_Frame* frame, void* into) {
    auto& addresses = *static_cast<std::vector<uint64_t>*>(into);
    Dwarf_Addr address = 0;
    if (!dwfl_frame_pc(frame, &address, nullptr) || address == 0) return DWARF_CB_ABORT;
    addresses.push_back(address);
    return addresses.size() < kMaxFrames ? DWARF_CB_OK : DWARF_CB_ABORT;
  }

  static int find_no_file(Dwfl_Module*, void**, const char*, Dwarf_Addr, char**, Elf**) { return -1; }

  static Dwarf_Die* unit_of(Dwfl_Module* module, Dwarf_Addr address, Dwarf_Addr& bias) {
    if (Dwarf_Die* const unit = dwfl_module_addrdie(module, address, &bias); unit != nullptr) return unit;
    // Without a table of addresses, which clang does not write by default, search all units.
    for (Dwarf_Die* unit = nullptr; (unit = dwfl_module_nextcu(module, unit, &bias)) != nullptr;) {
      if (dwarf_haspc(unit, address - bias) == 1) return unit;
    }
    return nullptr;
  }
};

Symbols::Symbols(const Process& process) : process_(process), elfutils_(std::make_unique<Elfutils>()) {
  static const Dwfl_Callbacks kFiles = {.find_elf = Elfutils::find_no_file,
                                        .find_debuginfo = dwfl_standard_find_debuginfo,
                                        .section_address = dwfl_offline_section_address,
                                        .debuginfo_path = nullptr};
  static const Dwfl_Thread_Callbacks kThreads = {.next_thread = Elfutils::next_thread,
                                                 .get_thread = Elfutils::get_thread,
                                                 .memory_read = Elfutils::read_memory,
                                                 .set_initial_registers = Elfutils::set_registers,
                                                 .detach = nullptr,
                                                 .thread_detach = nullptr};
  unsetenv("DEBUGINFOD_URLS");  // do not fetch anything from the network
  elf_version(EV_CURRENT);
  elfutils_->dwfl = dwfl_begin(&kFiles);
  if (elfutils_->dwfl == nullptr) return;
  dwfl_report_begin(elfutils_->dwfl);
  for (size_t i = 0; i < process.modules.size(); ++i) {
    const int file = open_module(process, i);
    if (file < 0) continue;
    const Module& module = process.modules[i];
    if (dwfl_report_elf(elfutils_->dwfl, module.path.c_str(), module.path.c_str(), file, module.bias, true) ==
        nullptr) {
      close(file);
    }
  }
  dwfl_report_end(elfutils_->dwfl, nullptr, nullptr);
  dwfl_attach_state(elfutils_->dwfl, nullptr, process.pid > 0 ? process.pid : 1, &kThreads, elfutils_.get());
}

Symbols::~Symbols() {
  if (elfutils_->dwfl != nullptr) dwfl_end(elfutils_->dwfl);
}

std::vector<Frame> Symbols::frames(uint64_t address) const {
  Dwfl_Module* const module = elfutils_->dwfl == nullptr ? nullptr : dwfl_addrmodule(elfutils_->dwfl, address);
  if (module != nullptr) {
    Dwarf_Addr bias = 0;
    if (Dwarf_Die* const unit = Elfutils::unit_of(module, address, bias); unit != nullptr) {
      if (std::vector<Frame> frames = frames_of(unit, address - bias, elfutils_->scopes); !frames.empty())
        return frames;
    }
    GElf_Off offset = 0;
    GElf_Sym symbol;
    if (const char* name = dwfl_module_addrinfo(module, address, &offset, &symbol, nullptr, nullptr, nullptr);
        name != nullptr && *name != '\0') {
      return {frame_of(name)};
    }
  }
  const size_t index = module_of(process_, address);
  if (index == process_.modules.size()) return {};
  if (index == 0 && !names_functions(0)) return {};  // pprof looks up the name itself if there is none
  return {Frame{.function = "[" + base_name(process_.modules[index].path) + "]", .symbol = {}, .file = {}, .line = 0}};
}

bool Symbols::names_functions(size_t module) const {
  if (elfutils_->dwfl == nullptr || module >= process_.modules.size()) return false;
  const std::vector<Segment>& segments = process_.modules[module].segments;
  Dwfl_Module* const found = segments.empty() ? nullptr : dwfl_addrmodule(elfutils_->dwfl, segments.front().start);
  if (found == nullptr) return false;
  Dwarf_Addr bias = 0;
  if (dwfl_module_getdwarf(found, &bias) != nullptr) return true;
  Elf* const elf = dwfl_module_getelf(found, &bias);
  for (Elf_Scn* section = nullptr; elf != nullptr && (section = elf_nextscn(elf, section)) != nullptr;) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) != nullptr && header.sh_type == SHT_SYMTAB) return true;
  }
  return false;
}

// A signal is handled at the end of a system call; the instruction is then before the address. If the call is
// restarted, the instruction is at the address.
bool Symbols::at_system_call(uint64_t address) const {
  constexpr std::string_view kSystemCall = "\x0f\x05";  // the instruction `syscall` of x86-64
  Dwfl_Module* const module = elfutils_->dwfl == nullptr ? nullptr : dwfl_addrmodule(elfutils_->dwfl, address);
  const size_t index = module_of(process_, address);
  if (module == nullptr || index == process_.modules.size()) return false;
  Dwarf_Addr bias = 0;
  size_t size = 0;
  const char* const file = elf_rawfile(dwfl_module_getelf(module, &bias), &size);
  if (file == nullptr) return false;
  const std::vector<Segment>& segments = process_.modules[index].segments;
  const auto inside = [address](const Segment& one) { return one.start <= address && address < one.end; };
  const Segment& segment = *std::find_if(segments.begin(), segments.end(), inside);
  const uint64_t offset = address - segment.start + segment.file_offset;
  const std::string_view bytes(file, size);
  return offset >= kSystemCall.size() && offset < size &&
         (bytes.substr(offset - kSystemCall.size()).starts_with(kSystemCall) ||
          bytes.substr(offset).starts_with(kSystemCall));
}

std::vector<uint64_t> Symbols::unwind(const CpuSample& sample, std::string_view stack) {
  std::vector<uint64_t> addresses;
  elfutils_->sample = &sample;
  elfutils_->stack = stack;
  if (elfutils_->dwfl != nullptr) {
    dwfl_getthread_frames(elfutils_->dwfl, 1, Elfutils::add_frame, &addresses);
  }
  if (addresses.empty()) addresses.push_back(sample.registers[kProgramCounter]);
  return addresses;
}

}  // namespace duel::alloc::profile::writer
