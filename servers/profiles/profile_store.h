#pragma once

#include <cstdint>
#include <string>

#include "servers/profiles/profiler.h"

namespace duel::servers::profiles {

struct SavedProfile {
  std::string file;  // name in the directory: {run_id}_{type}_{timestamp}.pb.gz, the time in UTC with nanoseconds
  uint64_t size_bytes = 0;
  std::string sha256;  // hex
};

// A folder of profiles and, in its profiles.csv, a line for each: run_id,type,start_ns,duration_ms,file_size_bytes,
// sha256. Servers may share it. A profile is there whole and with its line, or not at all.
class ProfileStore {
 public:
  // `directory` empty: save() refuses. Throws http::StartError if it is not a folder that can be written to.
  explicit ProfileStore(std::string directory);

  bool present() const { return !directory_.empty(); }
  // Throws ProfileRefused: a run id that may not be, a full disk. `run_id`: letters, digits, . _ - , at most 64, the
  // first a letter or digit.
  SavedProfile save(const TakenProfile& profile, const std::string& run_id) const;
  static bool is_run_id(const std::string& run_id);

 private:
  void add_line(const std::string& line) const;

  std::string directory_;
};

}  // namespace duel::servers::profiles
