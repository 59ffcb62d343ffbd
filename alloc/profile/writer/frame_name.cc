#include "alloc/profile/writer/frame_name.h"

#include <cxxabi.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

namespace duel::alloc::profile::writer {
namespace {

constexpr std::string_view kAnonymous = "(anonymous namespace)";
constexpr std::string_view kOperator = "operator";
// The demangler recurses, so a longer name could overflow its stack.
constexpr size_t kMaxSymbolBytes = size_t{1} << 20;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Copies a name without the text inside brackets.
class Shortener {
 public:
  explicit Shortener(std::string_view name) : rest_(name) {}

  // Returns an empty string if brackets do not match.
  std::string run() {
    while (!rest_.empty()) {
      if (!open_.empty()) {
        skip_one();
      } else if (!take(kAnonymous) && !take_operator()) {
        copy_one();
      }
    }
    return open_.empty() ? std::move(kept_) : std::string();
  }

 private:
  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    kept_ += text;
    rest_.remove_prefix(text.size());
    return true;
  }

  // Brackets in names such as `operator<`, `operator()` and `operator->` do not open anything.
  bool take_operator() {
    if (!rest_.starts_with(kOperator) || (!kept_.empty() && is_word(kept_.back()))) return false;
    take(kOperator);
    constexpr std::array<std::string_view, 14> kSigns = {
        "<<=", ">>=", "->*", "<=>", "<<", ">>", "<=", ">=", "->", "()", "[]", "<", ">", "-"};
    std::any_of(kSigns.begin(), kSigns.end(), [this](std::string_view sign) { return take(sign); });
    return true;
  }

  void copy_one() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == '<' || c == '(') {
      open_ += c;
    } else {
      kept_ += c;
    }
  }

  // Inside parentheses `<` can be a comparison, so only the innermost bracket matters.
  void skip_one() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    const char innermost = open_.back();
    if (c == '(' || (c == '<' && innermost == '<')) {
      open_ += c;
    } else if ((c == ')' && innermost == '(') || (c == '>' && innermost == '<')) {
      open_.pop_back();
    }
  }

  std::string_view rest_;
  std::string open_;  // open brackets, the innermost last
  std::string kept_;
};

void remove_endings(std::string& name) {
  if (const size_t clone = name.find(" [clone"); clone != std::string::npos) name.resize(clone);
  for (const std::string_view ending : {" &&", " &", " const", " volatile", " "}) {
    if (name.ends_with(ending)) name.resize(name.size() - ending.size());
  }
}

// For a function template, the demangler writes the result type first. It ends at the last space that is not part of a
// name.
void remove_result(std::string& name) {
  size_t from = name.find(kOperator);  // "operator new", "operator bool"
  if (from != std::string::npos && from > 0 && is_word(name[from - 1])) from = std::string::npos;
  for (size_t at = std::min(from, name.size()); at-- > 0;) {
    if (name[at] != ' ') continue;
    constexpr std::string_view kAnonymousHead = "(anonymous";
    if (std::string_view(name).substr(0, at).ends_with(kAnonymousHead)) continue;
    name.erase(0, at + 1);
    return;
  }
}

}  // namespace

std::string without_arguments(std::string_view demangled) {
  std::string name = Shortener(demangled).run();
  remove_endings(name);
  remove_result(name);
  return name.empty() ? std::string(demangled) : name;
}

std::string short_name(const std::string& symbol) {
  if (!symbol.starts_with("_Z") || symbol.size() > kMaxSymbolBytes) return symbol;
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status),
                                                         std::free);
  return name == nullptr ? symbol : without_arguments(name.get());
}

bool is_of_library(std::string_view name) {
  return name.starts_with("std::") || name.starts_with("__gnu_cxx::");
}

bool allocates_for_others(std::string_view name) {
  if (is_of_library(name)) return true;
  for (const std::string_view prefix : {"operator new", "je_", "_rjem_", "prof_backtrace"}) {
    if (name.starts_with(prefix)) return true;
  }
  constexpr std::array<std::string_view, 16> kFamily = {
      "malloc",  "calloc",  "realloc",    "memalign", "posix_memalign", "aligned_alloc",   "valloc",        "mallocx",
      "rallocx", "xallocx", "do_rallocx", "pvalloc",  "reallocarray",   "fallbackNewImpl", "fallback_impl", "newImpl"};
  return std::find(kFamily.begin(), kFamily.end(), name) != kFamily.end();
}

}  // namespace duel::alloc::profile::writer
