#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "servers/config/settings.h"
#include "tests/servers/memory_files.h"

// Input: a byte for the run mode, then files one behind the other, each ended by a line "%%": conf/app.conf, then
// conf/1, conf/2, ... for its includes. Whatever it is, it ends as settings, each of which can be set to what it shows,
// or as one line of plain text.
namespace duel::servers {
namespace {

constexpr std::string_view kFileEnd = "\n%%\n";

Files split(std::string_view bytes) {
  Files files;
  std::string name = "conf/app.conf";
  for (int number = 1; !bytes.empty(); ++number) {
    const size_t end = bytes.find(kFileEnd);
    files[name] = bytes.substr(0, end);
    if (end == std::string_view::npos) break;
    bytes.remove_prefix(end + kFileEnd.size());
    name = "conf/" + std::to_string(number);
  }
  files.try_emplace("conf/app.conf");
  return files;
}

void check(bool holds, const char* what, const std::string& shown) {
  if (holds) return;
  std::cerr << what << ": " << shown << '\n';
  std::abort();
}

void check_message(const std::string& message) {
  constexpr size_t kMost = 20'000;  // two paths, each as long as a line
  check(!message.empty() && message.size() < kMost, "an odd length", message);
  const bool plain = std::all_of(message.begin(), message.end(), [](char c) { return c >= ' ' && c <= '~'; });
  check(plain, "not one line of plain text", message);
}

void check_settings(const config::Settings& settings) {
  for (const config::Setting& setting : settings.all()) {
    const std::string shown = setting.get();
    check(!setting.source.empty(), "no source", setting.key);
    if (shown.empty()) continue;
    check(setting.set(shown), "cannot be set to what it shows", setting.key + " = " + shown);
    check(setting.get() == shown, "shows something else", setting.key + " = " + shown);
  }
}

void configure(std::string_view bytes) {
  const Variables variables = {{"SET", "value"}, {"PORT", "81"}, {"EMPTY", ""}};
  const std::vector<const char*> modes = {"dev", "prod", "test"};
  const size_t mode = bytes.empty() ? 0 : static_cast<unsigned char>(bytes[0]) % modes.size();
  const Files files = split(bytes.substr(bytes.empty() ? 0 : 1));
  config::Options options;
  config::Settings settings(options);
  try {
    const config::AppConf conf = load_conf(files, variables);
    settings.apply(conf, environment_of(variables), {{"runmode", modes[mode]}});
    settings.print(conf);
  } catch (const config::ConfigError& error) {
    return check_message(error.what());
  }
  check_settings(settings);
}

}  // namespace
}  // namespace duel::servers

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  duel::servers::configure({reinterpret_cast<const char*>(data), size});
  return 0;
}
