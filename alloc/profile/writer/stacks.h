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

// One place of a stack, with its names.
struct Place {
  uint64_t address = 0;       // 0: the kernel, wherever that is
  std::vector<Frame> frames;  // inlined ones first; empty: nothing is known
};

// Without what was inlined of the standard library: it is the code of the function that contains it, which stays, with
// the line of its own that led there. Were each piece of a container a row of its own, no row would be one of ours.
void fold_library(std::vector<Frame>& frames);

// Stacks of addresses given names; each address is looked up once.
class Stacks {
 public:
  explicit Stacks(const Symbols& symbols) : symbols_(symbols) {}

  // `addresses` from the leaf. Return addresses lie behind the call, so one less is looked up; the leaf's is one too in
  // a heap profile, and the place of the sample itself in one of CPU time. A place of the kernel comes before it where
  // a system call was under way.
  std::vector<Place> named(const std::vector<uint64_t>& addresses, bool leaf_is_a_call);

 private:
  const Symbols& symbols_;
  std::map<uint64_t, std::vector<Frame>> known_;
};

// Without the frames at the leaf that allocate for others, unless nothing were left.
void drop_allocator(std::vector<Place>& stack);

// Stacks put into a profile, with the mappings of the process.
class StackTable {
 public:
  // `program_named`: whether its functions have names, or pprof should look for them itself.
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
  // By the address and how many frames are left of it: where the allocator was inlined, a part of a place is dropped.
  std::map<std::pair<uint64_t, size_t>, Profile::Id> locations_;
};

}  // namespace duel::alloc::profile::writer
