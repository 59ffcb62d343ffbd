#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "alloc/profile/writer/process.h"
#include "alloc/profile/writer/profile.h"
#include "alloc/profile/writer/symbols.h"

namespace duel::alloc::profile::writer {

// For the profile writer: gives names to stacks.

// An address in a stack, with the functions there.
struct Place {
  uint64_t address = 0;       // 0 for the kernel
  std::vector<Frame> frames;  // inlined functions first; empty if unknown
};

// Removes inlined functions of the standard library. Their time then counts for the function that contains them, at its
// line. Otherwise the rows of a profile would name pieces of containers instead of our functions.
void fold_library(std::vector<Frame>& frames);

// Gives names to stacks of addresses. Looks each address up once.
class Stacks {
 public:
  explicit Stacks(const Symbols& symbols) : symbols_(symbols) {}

  // `addresses`: the leaf first. A return address is behind its call, so the address before it is looked up. In a heap
  // profile the leaf is a return address as well (`leaf_is_a_call`); in a CPU profile it is the sampled instruction. If
  // that instruction is a system call, the result begins with a place of the kernel.
  std::vector<Place> named(const std::vector<uint64_t>& addresses, bool leaf_is_a_call);

 private:
  const Symbols& symbols_;
  std::map<uint64_t, std::vector<Frame>> known_;
};

// Removes frames at the leaf that allocate for their callers, unless no frame would remain.
void drop_allocator(std::vector<Place>& stack);

// Puts stacks into a profile, with the mappings of the process.
class StackTable {
 public:
  // `program_named`: whether the functions of the program have names. If not, pprof looks up the names itself.
  StackTable(const Process& process, bool program_named, Profile& profile);

  std::vector<Profile::Id> locations_of(const std::vector<Place>& stack);

 private:
  Profile::Id mapping_of(uint64_t address) const;

  struct Range {
    Segment segment;
    Profile::Id mapping;
  };

  Profile& profile_;
  std::vector<Range> ranges_;
  // The key is an address and the number of its frames: if the allocator was inlined, drop_allocator() removes some of
  // the frames.
  std::map<std::pair<uint64_t, size_t>, Profile::Id> locations_;
};

}  // namespace duel::alloc::profile::writer
