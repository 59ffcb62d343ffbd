#include "servers/config/app_conf.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace duel::servers::config {
namespace {

class Descriptor {
 public:
  // O_NONBLOCK, because opening a pipe would wait for a writer.
  explicit Descriptor(const std::string& path)
      : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {
    if (number_ < 0) throw ConfigError(std::strerror(errno));
  }
  ~Descriptor() { ::close(number_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }

 private:
  int number_;
};

// The parts of "${VARIABLE||default}".
struct Reference {
  std::string variable;
  std::string fallback;
};

// Returns nothing if `text` does not have this form.
std::optional<Reference> reference(const std::string& text) {
  constexpr size_t kShortest = 3;  // "${}"
  if (text.size() < kShortest || !text.starts_with("${") || !text.ends_with('}')) return std::nullopt;
  const size_t bars = text.find("||", 2);
  const size_t brace = text.find('}', 2);
  if (bars < brace) return Reference{text.substr(2, bars - 2), text.substr(bars + 2, text.size() - bars - 3)};
  return Reference{text.substr(2, brace - 2), {}};
}

}  // namespace

std::optional<std::string> process_environment(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

std::string read_regular_file(const std::string& path) {
  const Descriptor file(path);
  struct stat status = {};
  if (::fstat(file.number(), &status) != 0) throw ConfigError(std::strerror(errno));
  if (S_ISDIR(status.st_mode)) throw ConfigError("it is a directory; expected a file");
  if (!S_ISREG(status.st_mode)) throw ConfigError("it is not a regular file");
  std::string text;
  while (text.size() <= kMaxFileBytes) {
    char piece[16 * 1024];
    const ssize_t size = ::read(file.number(), piece, sizeof piece);
    if (size < 0 && errno != EINTR) throw ConfigError(std::strerror(errno));
    if (size == 0) return text;
    if (size > 0) text.append(piece, static_cast<size_t>(size));
  }
  throw ConfigError("it is larger than " + std::to_string(kMaxFileBytes / 1024) + " KiB");
}

struct AppConf::Loading {
  const ReadFile& read;
  const Environment& environment;
  std::vector<std::string> open;  // the files being read, from the outermost to the innermost
  size_t files = 0;               // read so far
};

AppConf AppConf::load(const std::string& path, const ReadFile& read, const Environment& environment) {
  AppConf conf;
  conf.path_ = path;
  Loading loading{.read = read, .environment = environment, .open = {}, .files = 0};
  std::string text;
  try {
    text = read(path);
  } catch (const ConfigError& error) {
    throw ConfigError("the configuration " + in_quotes(path) + " cannot be read: " + error.what());
  }
  conf.add_file(loading, path, text);
  return conf;
}

const AppConf::Value* AppConf::find(const std::string& section, const std::string& key) const {
  const auto found = sections_.find(section);
  if (found == sections_.end()) return nullptr;
  const auto value = found->second.find(to_lower_ascii(key));
  return value == found->second.end() || value->second.text.empty() ? nullptr : &value->second;
}

void AppConf::add_file(Loading& loading, const std::string& path, const std::string& text) {
  ++loading.files;
  loading.open.push_back(std::filesystem::path(path).lexically_normal().string());
  std::string section = kDefaultSection;
  for (const IniLine& line : parse_ini(text, path)) {
    switch (line.kind) {
      case IniLine::Kind::kSection:
        section = to_lower_ascii(line.name);
        places_.emplace(section, path + ":" + std::to_string(line.number));
        sections_.try_emplace(section);
        break;
      case IniLine::Kind::kInclude:
        include(loading, line, path);
        break;
      case IniLine::Kind::kEntry:
        add_entry(loading, sections_[section], line, path);
        break;
    }
  }
  loading.open.pop_back();
}

void AppConf::add_entry(const Loading& loading, Section& section, const IniLine& line, const std::string& file) {
  Value value{.key = line.name, .text = line.value, .file = file, .line = line.number, .variable = {}};
  if (const auto found = reference(line.value)) {
    const auto set = loading.environment(found->variable);
    const bool given = set && !set->empty();
    value.text = given ? *set : found->fallback;
    if (given) value.variable = found->variable;
  }
  section.insert_or_assign(to_lower_ascii(line.name), std::move(value));
}

void AppConf::include(Loading& loading, const IniLine& line, const std::string& file) {
  const std::filesystem::path other = std::filesystem::path(file).parent_path() / line.name;
  const std::string normal = other.lexically_normal().string();
  const auto& open = loading.open;
  const std::string place = "include " + in_quotes(line.name);
  if (std::find(open.begin(), open.end(), normal) != open.end()) {
    throw ConfigError(file, line.number, place + ": the file includes itself, directly or through another file");
  }
  if (open.size() >= kMaxIncludeDepth) {
    throw ConfigError(
        file, line.number,
        place + ": more than " + std::to_string(kMaxIncludeDepth) + " files include each other in a chain");
  }
  if (loading.files >= kMaxFilesRead) {
    throw ConfigError(file, line.number,
                      place + ": more than " + std::to_string(kMaxFilesRead) + " files are included");
  }
  std::string text;
  try {
    text = loading.read(normal);
  } catch (const ConfigError& error) {
    throw ConfigError(file, line.number, place + ": " + error.what());
  }
  add_file(loading, normal, text);
}

}  // namespace duel::servers::config
