#pragma once

#include <cstdint>
#include <string>

#include "servers/profiles/profiler.h"

namespace duel::servers::profiles {

struct SavedProfile {
  std::string file;  // the name in the directory: {run_id}_{type}_{timestamp}.pb.gz; the time is UTC, in nanoseconds
  uint64_t size_bytes = 0;
  std::string sha256;  // hex
};

// A directory of profiles. Its file profiles.csv has a line per profile: run_id,type,start_ns,duration_ms,
// file_size_bytes,sha256. Several servers may share a directory. After an error, neither the profile nor its line is
// left.
class ProfileStore {
 public:
  // If `directory` is empty, save() refuses. Throws http::StartError if it is not a writable directory.
  explicit ProfileStore(std::string directory);

  bool has_directory() const { return !directory_.empty(); }
  // Throws ProfileRefused, for example if the run id is not valid or the disk is full.
  SavedProfile save(const TakenProfile& profile, const std::string& run_id) const;
  // A run id has 1 to 64 letters, digits, ".", "_" or "-", and starts with a letter or digit.
  static bool is_run_id(const std::string& run_id);

 private:
  void add_line(const std::string& line) const;

  std::string directory_;
};

}  // namespace duel::servers::profiles
