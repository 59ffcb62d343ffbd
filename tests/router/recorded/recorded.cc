#include "tests/router/recorded/recorded.h"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <stdexcept>

namespace duel::recorded {
namespace {

using nlohmann::json;

std::string decode_base64(const std::string& text) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) break;  // '='
    bits = bits << 6U | static_cast<uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> static_cast<uint32_t>(count) & 0xFFU);
  }
  return bytes;
}

std::string show(const json& outcome) {
  return outcome.dump(-1, ' ', true, json::error_handler_t::replace);
}

}  // namespace

void Result::compare(const std::string& id, const std::string& method, const std::string& target, const json& recorded,
                     const json& ours) {
  if (ours == recorded) {
    ++agreed;
    return;
  }
  differences.push_back(id + " " + method + " " + target + "\n  recorded: " + show(recorded) +
                        "\n  ours:     " + show(ours));
}

std::string read_text(const json& value) {
  return value.is_string() ? value.get<std::string>() : decode_base64(value.at("b64").get<std::string>());
}

json with_bytes(const json& value) {
  if (value.is_object() && value.contains("b64")) return read_text(value);
  json copy = value;
  for (json& inner : copy) {
    if (inner.is_structured()) inner = with_bytes(inner);
  }
  return copy;
}

json members(const json& request, std::initializer_list<const char*> names) {
  json found = json::object();
  for (const char* name : names) {
    if (request.contains(name)) found[name] = with_bytes(request[name]);
  }
  return found;
}

void compare_requests(const std::string& id, const json& requests, http::Handler& handler, Result& result,
                      const std::function<void()>& before,
                      const std::function<Outcomes(const json& request, const Answer& answer)>& outcomes) {
  for (const json& request : requests) {
    if (request.contains("panic")) {
      ++result.excused;
      continue;
    }
    const std::string method = read_text(request.at("m"));
    const std::string target = read_text(request.at("t"));
    before();
    const Outcomes found = outcomes(request, exchange(handler, FullRequest(method, target, fields_of(request))));
    result.compare(id, method, target, found.recorded, found.ours);
  }
}

std::vector<std::pair<std::string, std::string>> fields_of(const json& request) {
  std::vector<std::pair<std::string, std::string>> fields;
  if (request.contains("host")) fields.emplace_back("Host", read_text(request["host"]));
  const json named = request.value("h", json::object());
  for (const auto& [name, value] : named.items()) fields.emplace_back(name, read_text(value));
  return fields;
}

Result run(const std::filesystem::path& directory, const std::function<void(const json&, Result&)>& run_case) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) throw std::runtime_error("no *.json file in " + directory.string());
  Result result;
  for (const auto& file : files) {
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);) {
      if (line.empty()) continue;
      const json recorded = json::parse(line);
      try {
        run_case(recorded, result);
      } catch (const std::exception& error) {  // a broken case must not hide the differences of other cases
        result.differences.push_back(recorded.value("id", "a case") + ": not compared: " + error.what());
      }
    }
  }
  return result;
}

int check(int argc, char** argv, const char* name, const std::function<Result(const std::filesystem::path&)>& run) {
  if (argc != 2) {
    std::cerr << "usage: " << name << " DIR\n";
    return 2;
  }
  try {
    const Result result = run(argv[1]);
    for (const std::string& difference : result.differences) std::cout << difference << '\n';
    if (result.excused > 0) std::cout << "excused, crashed: " << result.excused << '\n';
    std::cout << result.agreed << " agreed, " << result.differences.size() << " differ, " << result.excused
              << " excused\n";
    return result.differences.empty() ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << name << ": " << error.what() << '\n';
    return 2;
  }
}

}  // namespace duel::recorded
