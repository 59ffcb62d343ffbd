#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "servers/config/settings.h"
#include "tests/servers/memory_files.h"

// The input is a byte for the run mode, followed by files that are separated by a line "%%": conf/app.conf, then
// conf/1, conf/2, ... for its includes. Every input must give either settings, each of which accepts the value that it
// shows, or an error of one line of printable ASCII.
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

void check(bool holds, const char* fault, const std::string& shown) {
  if (holds) return;
  std::cerr << fault << ": " << shown << '\n';
  std::abort();
}

void check_message(const std::string& message) {
  constexpr size_t kMaxBytes = 20'000;  // two paths, each as long as a line
  check(!message.empty() && message.size() < kMaxBytes, "the message has an odd length", message);
  const bool plain = std::all_of(message.begin(), message.end(), [](char c) { return c >= ' ' && c <= '~'; });
  check(plain, "the message is not one line of printable ASCII", message);
}

void check_settings(const config::Settings& settings) {
  for (const config::Setting& setting : settings.all()) {
    const std::string shown = setting.get();
    check(!setting.source.empty(), "a setting has no source", setting.key);
    if (shown.empty()) continue;
    check(setting.set(shown), "a setting refuses the value that it shows", setting.key + " = " + shown);
    check(setting.get() == shown, "a setting changes the value that it shows", setting.key + " = " + shown);
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
