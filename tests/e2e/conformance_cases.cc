#include <algorithm>
#include <charconv>
#include <fstream>
#include <stdexcept>

#include "http/grammar/token.h"
#include "tests/e2e/conformance.h"

namespace duel::e2e {
namespace {

int hex(std::string_view digits) {
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (digits.size() != 2 || error != std::errc() || end != digits.data() + 2)
    throw std::runtime_error("\\xHH expected");
  return value;
}

// Replaces {name} by its text, and {N*text} by N copies of the text.
std::string expand(std::string_view inside, const Texts& texts) {
  const size_t star = inside.find('*');
  if (star == std::string_view::npos) {
    const auto found = texts.find(std::string(inside));
    if (found == texts.end()) throw std::runtime_error("no text named " + std::string(inside));
    return found->second;
  }
  size_t times = 0;
  std::from_chars(inside.data(), inside.data() + star, times);
  std::string repeated;
  for (size_t i = 0; i < times; ++i) repeated += inside.substr(star + 1);
  return repeated;
}

std::string unescape(std::string_view text, const Texts& texts) {
  constexpr std::string_view kLetters = "rnt0s\\{}";
  constexpr std::string_view kBytes("\r\n\t\0 \\{}", 8);
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{') {
      const size_t end = text.find('}', i);
      if (end == std::string_view::npos) throw std::runtime_error("{ without }");
      plain += unescape(expand(text.substr(i + 1, end - i - 1), texts), texts);
      i = end;
    } else if (text[i] != '\\') {
      plain += text[i];
    } else if (text.substr(i + 1, 1) == "x") {
      plain += static_cast<char>(hex(text.substr(i + 2, 2)));
      i += 3;
    } else {
      const size_t letter = kLetters.find(text.substr(++i, 1));
      if (letter == std::string_view::npos || i == text.size()) throw std::runtime_error("unknown escape");
      plain += kBytes[letter];
    }
  }
  return plain;
}

std::vector<std::string_view> columns_of(std::string_view line) {
  std::vector<std::string_view> columns;
  for (;;) {
    const size_t bar = line.find('|');
    columns.push_back(http::grammar::trim(line.substr(0, bar)));
    if (bar == std::string_view::npos) return columns;
    line.remove_prefix(bar + 1);
  }
}

std::vector<std::string> words_of(std::string_view text, const Texts& texts) {
  std::vector<std::string> words;
  for (; !text.empty(); text = http::grammar::trim(text)) {
    const size_t size = std::min(text.find(' '), text.size());
    words.push_back(unescape(text.substr(0, size), texts));
    text.remove_prefix(size);
  }
  return words;
}

Step step_of(std::string_view send, std::string_view expect, const Texts& texts) {
  constexpr std::string_view kShutDown = "{fin}";
  Step step;
  step.shut_down = send.ends_with(kShutDown);
  if (step.shut_down) send.remove_suffix(kShutDown.size());
  step.send = unescape(send, texts);
  step.expect = words_of(expect, texts);
  if (step.expect.empty()) throw std::runtime_error("nothing is expected");
  return step;
}

Case case_of(std::string_view line, const Texts& texts) {
  const auto columns = columns_of(line);
  if (columns.size() < 4 || columns.size() % 2 != 0)
    throw std::runtime_error("level and section | title | send | expect");
  const size_t space = columns[0].find(' ');
  const std::string_view level = columns[0].substr(0, space);
  if (level != "MUST" && level != "SHOULD") throw std::runtime_error("MUST or SHOULD expected");
  constexpr std::string_view kExcept = " except ";
  const size_t except = std::min(columns[0].find(kExcept), columns[0].size());
  Case made{.place = {},
            .level = level == "MUST" ? Level::kMust : Level::kShould,
            .section = std::string(columns[0].substr(space + 1, except - space - 1)),
            .except = {},
            .title = std::string(columns[1]),
            .steps = {}};
  if (except < columns[0].size()) made.except = words_of(columns[0].substr(except + kExcept.size()), texts);
  for (size_t i = 2; i < columns.size(); i += 2) made.steps.push_back(step_of(columns[i], columns[i + 1], texts));
  const std::string& last = made.steps.back().expect.back();
  if (last != "open" && last != "close") throw std::runtime_error("open or close expected at the end");
  return made;
}

}  // namespace

std::vector<Case> read_cases(const std::filesystem::path& file, Texts texts) {
  std::ifstream in(file);
  if (!in) throw std::runtime_error("cannot read " + file.string());
  std::vector<Case> cases;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    const std::string place = file.filename().string() + ":" + std::to_string(++number);
    if (line.empty() || line.starts_with('#')) continue;
    try {
      if (line.starts_with("let ")) {
        const size_t equals = line.find(" = ");
        if (equals == std::string::npos) throw std::runtime_error("let NAME = text");
        texts[line.substr(4, equals - 4)] = line.substr(equals + 3);
        continue;
      }
      cases.push_back(case_of(line, texts));
      cases.back().place = place;
    } catch (const std::exception& wrong) {
      throw std::runtime_error(place + ": " + wrong.what());
    }
  }
  return cases;
}

}  // namespace duel::e2e
