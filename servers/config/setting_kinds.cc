#include "servers/config/setting_kinds.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string_view>

#include "alloc/profile/heap_sampler.h"
#include "http/grammar/address.h"
#include "http/grammar/ascii.h"
#include "http/grammar/token.h"
#include "servers/config/ini.h"

namespace duel::servers::config {
namespace {

std::string text_of(const http::grammar::Network& network) {
  std::array<char, http::grammar::kAddressTextBytes> room{};
  const bool v4 = network.address.is_v4();
  return std::string(http::grammar::write_address(network.address, room.data())) + "/" +
         std::to_string(v4 ? network.prefix_bits - 96 : network.prefix_bits);
}

}  // namespace

Setting methods_setting(const SettingName& name, std::vector<std::string>& methods) {
  Setting setting = named(name, "METHODS", "methods such as GET;POST");
  setting.set = [&methods](const std::string& list) {
    std::vector<std::string> given;
    std::string rest = list;
    std::replace(rest.begin(), rest.end(), ';', ',');
    http::grammar::for_each_member(rest, [&](std::string_view method) { given.emplace_back(method); });
    if (given.empty() || !std::all_of(given.begin(), given.end(), http::grammar::is_token)) return false;
    for (std::string& method : given) {
      std::transform(method.begin(), method.end(), method.begin(), http::grammar::to_upper_ascii);
    }
    methods = given;
    return true;
  };
  setting.get = [&methods] {
    std::string all;
    for (const std::string& method : methods) all += (all.empty() ? "" : ";") + method;
    return all;
  };
  return setting;
}

Setting networks_setting(const SettingName& name, std::vector<http::grammar::Network>& networks) {
  Setting setting =
      named(name, "NETWORKS", "addresses or networks such as 10.0.0.0/8,::1, separated by commas, or none");
  setting.set = [&networks](const std::string& list) {
    std::vector<http::grammar::Network> given;
    bool valid = true;
    http::grammar::for_each_member(list, [&](std::string_view member) {
      const auto network = http::grammar::parse_network(member);
      valid = valid && network.has_value();
      if (network) given.push_back(*network);
    });
    const bool none = http::grammar::equal_fold_ascii(list, "none");
    if (!none && (!valid || given.empty())) return false;
    networks = given;
    return true;
  };
  setting.get = [&networks] {
    std::string all;
    for (const auto& network : networks) all += (all.empty() ? "" : ",") + text_of(network);
    return all.empty() ? "none" : all;
  };
  return setting;
}

Setting secret_setting(const SettingName& name, const char* hint, std::string& value) {
  Setting setting = text_setting(name, hint, value);
  setting.get = [&value] { return value.empty() ? "" : "(not shown)"; };
  return setting;
}

Setting directory_setting(const SettingName& name, std::string& directory) {
  Setting setting = text_setting(name, "DIRECTORY", directory);
  setting.expected = "a directory, or /static:DIRECTORY";
  setting.set = [&directory](const std::string& text) {
    std::string_view path = text;
    for (const std::string_view prefix : {"/static:", "static:"}) {
      if (path.starts_with(prefix)) path.remove_prefix(prefix.size());
    }
    if (path.empty()) return false;
    directory = path;
    return true;
  };
  return setting;
}

Setting database_setting(const SettingName& name, std::string& database) {
  Setting setting = text_setting(name, "memory|FILE", database);
  setting.expected = "memory, or a file";
  setting.set = [&database](const std::string& text) {
    if (text.empty()) return false;  // for SQLite: a temporary database of each connection
    database = text;
    return true;
  };
  return setting;
}

Setting interval_setting(const SettingName& name, std::chrono::milliseconds& value) {
  Setting setting = time_setting(name, value);
  const auto set_time = setting.set;
  const auto get_time = setting.get;
  setting.expected += "; at least 1s, or 0 for never";
  setting.set = [&value, set_time](const std::string& text) {
    const std::chrono::milliseconds before = value;
    if (text == "0") {
      value = std::chrono::milliseconds(0);
      return true;
    }
    if (set_time(text) && value >= std::chrono::seconds(1)) return true;
    value = before;
    return false;
  };
  setting.get = [&value, get_time] { return value.count() == 0 ? "0" : get_time(); };
  return setting;
}

Setting admin_port_setting(const SettingName& name, AdminOptions& admin) {
  constexpr uint64_t kMaxPort = 65535;
  Setting setting = count_setting(name, "PORT|any", 0, kMaxPort, admin.port);
  const auto set_number = setting.set;
  const auto get_number = setting.get;
  setting.expected = "a number from 0 to 65535, or any";
  setting.set = [&admin, set_number](const std::string& text) {
    const bool any = text == "any";
    if (!any && !set_number(text)) return false;
    admin.any_port = any;
    admin.port_is_default = false;
    return true;
  };
  setting.get = [&admin, get_number] { return admin.any_port ? "any" : get_number(); };
  return setting;
}

Setting heap_profile_setting(const SettingName& name, ProfileOptions& profiles) {
  constexpr uint64_t kMin = 1;
  constexpr uint64_t kMax = uint64_t{1} << 40;
  Setting setting = bytes_setting(name, kMin, kMax, profiles.heap_sample_bytes);
  const auto set_bytes = setting.set;
  const auto get_bytes = setting.get;
  setting.hint = "on|off|BYTES";
  setting.expected = "on, off, or the mean number of bytes between two samples, a power of two such as 512k";
  setting.set = [&profiles, set_bytes](const std::string& text) {
    const std::string word = to_lower_ascii(text);
    const uint64_t before = profiles.heap_sample_bytes;
    if (word == "on" || word == "true") {
      profiles.heap_sample_bytes = alloc::profile::kHeapSampleBytes;
    } else if (word == "off" || word == "false") {
      profiles.heap_sample_bytes = 0;
    } else if (!set_bytes(text) || !std::has_single_bit(profiles.heap_sample_bytes)) {
      profiles.heap_sample_bytes = before;
      return false;
    }
    return true;
  };
  setting.get = [&profiles, get_bytes] {
    if (profiles.heap_sample_bytes == 0) return std::string("off");
    return profiles.heap_sample_bytes == alloc::profile::kHeapSampleBytes ? std::string("on") : get_bytes();
  };
  return setting;
}

}  // namespace duel::servers::config
