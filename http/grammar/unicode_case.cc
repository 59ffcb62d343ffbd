#include "http/grammar/unicode_case.h"

#include <algorithm>
#include <span>

#include "http/grammar/unicode_case_table.h"

namespace duel::http::grammar {
namespace {

uint32_t map(std::span<const CaseRun> runs, uint32_t code) {
  const auto after = std::upper_bound(runs.begin(), runs.end(), code,
                                      [](uint32_t value, const CaseRun& run) { return value < run.first; });
  if (after == runs.begin()) return code;
  const CaseRun& run = *(after - 1);
  if (code > run.last || (code - run.first) % run.step != 0) return code;
  return static_cast<uint32_t>(static_cast<int32_t>(code) + run.delta);
}

// The same code point for all forms of a letter.
uint32_t fold(uint32_t code) {
  if (code < 0x80) return code >= 'a' && code <= 'z' ? code - 'a' + 'A' : code;
  return map(kFold, code);
}

}  // namespace

uint32_t to_lower_unicode(uint32_t code) {
  if (code < 0x80) return code >= 'A' && code <= 'Z' ? code - 'A' + 'a' : code;
  return map(kToLower, code);
}

uint32_t to_upper_unicode(uint32_t code) {
  if (code < 0x80) return code >= 'a' && code <= 'z' ? code - 'a' + 'A' : code;
  return map(kToUpper, code);
}

bool equal_fold_unicode(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const Rune x = decode_rune(a);
    const Rune y = decode_rune(b);
    if (fold(x.code) != fold(y.code)) return false;
    a.remove_prefix(x.size);
    b.remove_prefix(y.size);
  }
  return a.empty() && b.empty();
}

}  // namespace duel::http::grammar
