#include "servers/profiles/profile_store.h"

#include <fcntl.h>
#include <nettle/base16.h>
#include <nettle/sha2.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string_view>

#include "http/start_error.h"

namespace duel::servers::profiles {
namespace {

constexpr int kInsufficientStorage = 507;
constexpr std::string_view kHeader = "run_id,type,start_ns,duration_ms,file_size_bytes,sha256\n";

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::string sha256_of(const std::string& bytes) {
  sha256_ctx context;
  sha256_init(&context);
  sha256_update(&context, bytes.size(), reinterpret_cast<const uint8_t*>(bytes.data()));
  std::array<uint8_t, SHA256_DIGEST_SIZE> digest;
  sha256_digest(&context, digest.size(), digest.data());
  std::string hex(BASE16_ENCODE_LENGTH(digest.size()), ' ');
  base16_encode_update(hex.data(), digest.size(), digest.data());
  return hex;
}

// 20261124T180509.123456789Z
std::string timestamp(int64_t ns) {
  constexpr int64_t kSecond = 1'000'000'000;
  const time_t seconds = ns / kSecond;
  tm utc = {};
  gmtime_r(&seconds, &utc);
  std::array<char, 32> date;
  strftime(date.data(), date.size(), "%Y%m%dT%H%M%S", &utc);
  std::array<char, 64> text;
  std::snprintf(text.data(), text.size(), "%s.%09ldZ", date.data(), static_cast<long>(ns % kSecond));
  return text.data();
}

// A new file. The destructor removes it unless keep() was called.
class NewFile {
 public:
  explicit NewFile(std::string path)
      : path_(std::move(path)), file_(open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644)) {}
  ~NewFile() {
    if (file_ >= 0) close(file_);
    if (!path_.empty()) unlink(path_.c_str());
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  // Returns false on failure; errno tells why.
  bool write_all(std::string_view bytes) const {
    while (file_ >= 0 && !bytes.empty()) {
      const ssize_t written = write(file_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return false;
      bytes.remove_prefix(static_cast<size_t>(written));
    }
    return file_ >= 0 && fsync(file_) == 0;  // some file systems report a full disk only here
  }
  bool rename_to(const std::string& path) {
    if (rename(path_.c_str(), path.c_str()) != 0) return false;
    path_ = path;
    return true;
  }
  void keep() { path_.clear(); }

 private:
  std::string path_;  // empty after keep()
  int file_;
};

[[noreturn]] void refuse(const std::string& failure, const std::string& path) {
  const int error = errno;
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  throw ProfileRefused(
      full ? kInsufficientStorage : kStatusUnavailable,
      failure + " " + path + ": " + std::strerror(error) +
          (full ? "; make room on its disk" : "; let the server write to the folder of --profile-dir"));
}

}  // namespace

ProfileStore::ProfileStore(std::string directory) : directory_(std::move(directory)) {
  if (directory_.empty()) return;
  struct stat status = {};
  if (stat(directory_.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) || access(directory_.c_str(), W_OK) != 0) {
    throw http::StartError("--profile-dir " + directory_ + " cannot be written: name an existing, writable directory");
  }
}

bool ProfileStore::is_run_id(const std::string& run_id) {
  constexpr size_t kLongest = 64;
  return !run_id.empty() && run_id.size() <= kLongest && is_letter_or_digit(run_id.front()) &&
         std::all_of(run_id.begin(), run_id.end(),
                     [](char c) { return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-'; });
}

SavedProfile ProfileStore::save(const TakenProfile& profile, const std::string& run_id) const {
  if (!has_directory())
    throw ProfileRefused(kStatusNotImplemented,
                         "there is no directory for profiles: start the server with --profile-dir=DIRECTORY");
  if (!is_run_id(run_id)) {
    throw ProfileRefused(400, "run_id must have 1 to 64 letters, digits, . _ or -, and start with a letter or digit");
  }
  const std::string type(profile.type);
  SavedProfile saved{.file = run_id + "_" + type + "_" + timestamp(profile.start_ns) + ".pb.gz",
                     .size_bytes = profile.bytes.size(),
                     .sha256 = sha256_of(profile.bytes)};
  const std::string path = directory_ + "/" + saved.file;
  NewFile file(path + ".part");
  if (!file.write_all(profile.bytes) || !file.rename_to(path)) refuse("the profile cannot be written to", path);
  add_line(run_id + "," + type + "," + std::to_string(profile.start_ns) + "," + std::to_string(profile.duration_ms) +
           "," + std::to_string(saved.size_bytes) + "," + saved.sha256 + "\n");
  file.keep();
  return saved;
}

// Adds a whole line or nothing, also if other processes add lines at the same time.
void ProfileStore::add_line(const std::string& line) const {
  const std::string path = directory_ + "/profiles.csv";
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file < 0) refuse("the line cannot be added to", path);
  flock(file, LOCK_EX);
  struct stat status = {};
  fstat(file, &status);
  const std::string text = (status.st_size == 0 ? std::string(kHeader) : std::string()) + line;
  const ssize_t written = write(file, text.data(), text.size());
  const bool whole = written == static_cast<ssize_t>(text.size());
  const int error = written < 0 ? errno : ENOSPC;
  if (!whole && ftruncate(file, status.st_size) != 0) status = {};
  close(file);
  errno = error;
  if (!whole) refuse("the line cannot be added to", path);
}

}  // namespace duel::servers::profiles
