#include "router/documents/xml.h"

#include <expat.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <new>
#include <random>
#include <string>

#include "http/grammar/ascii.h"
#include "router/documents/limits.h"

namespace duel::documents {
namespace {

// expat's functions for memory do not know for which document they are called.
thread_local std::pmr::memory_resource* current_memory = nullptr;
// The bytes that expat may still take. It reads a whole tag before anybody counts its attributes.
thread_local size_t budget = 0;
constexpr size_t kFixedBudget = size_t{64} << 10U;
constexpr size_t kBudgetPerByte = 8;

// Before each block stands its size.
constexpr size_t kHeaderBytes = alignof(std::max_align_t);

void* take(size_t size) {
  if (size > budget) return nullptr;  // expat stops with XML_ERROR_NO_MEMORY
  budget -= size;
  try {
    char* const block = static_cast<char*>(current_memory->allocate(kHeaderBytes + size));
    std::memcpy(block, &size, sizeof size);
    return block + kHeaderBytes;
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

void* take_again(void* old, size_t size) {
  if (old == nullptr) return take(size);
  size_t old_size = 0;
  std::memcpy(&old_size, static_cast<const char*>(old) - kHeaderBytes, sizeof old_size);
  if (size <= old_size) return old;
  void* const to = take(size);
  if (to != nullptr) std::memcpy(to, old, old_size);
  return to;
}

constexpr XML_Memory_Handling_Suite kMemory = {take, take_again, [](void*) {}};

std::string_view local_name(std::string_view name) {
  const size_t colon = name.find(':');
  const bool has_prefix = colon != std::string_view::npos && colon > 0 && colon + 1 < name.size();
  return has_prefix ? name.substr(colon + 1) : name;
}

class Reader {
 public:
  Reader(XmlVisitor& visitor, std::pmr::memory_resource& memory) : visitor_(visitor), text_(&memory) {
    if (expat_ == nullptr) throw std::bad_alloc();
    // Of the table of names, against collisions that a client chooses. Without it, expat asks the kernel each time.
    static const unsigned long salt = std::random_device()() | 1U;
    XML_SetHashSalt(expat_, salt);
    XML_SetUserData(expat_, this);
    XML_SetElementHandler(
        expat_,
        [](void* self, const char* name, const char** pairs) { static_cast<Reader*>(self)->begin(name, pairs); },
        [](void* self, const char*) { static_cast<Reader*>(self)->end(); });
    XML_SetCharacterDataHandler(expat_, [](void* self, const char* text, int size) {
      static_cast<Reader*>(self)->text_.append(text, static_cast<size_t>(size));
    });
    XML_SetStartDoctypeDeclHandler(expat_, [](void* self, const char*, const char*, const char*, int) {
      static_cast<Reader*>(self)->stop("must not have a document type");
    });
    XML_SetXmlDeclHandler(expat_, [](void* self, const char* version, const char* encoding, int) {
      if (version != nullptr && version != std::string_view("1.0")) static_cast<Reader*>(self)->stop("must be XML 1.0");
      if (encoding != nullptr && !http::grammar::equal_fold_ascii(encoding, "utf-8"))
        static_cast<Reader*>(self)->stop("must be UTF-8");
    });
  }

  std::string_view read(std::string_view text) {
    const XML_Status status = XML_Parse(expat_, text.data(), static_cast<int>(text.size()), XML_TRUE);
    if (!problem_.empty()) return problem_;
    if (status == XML_STATUS_OK) return {};
    return XML_GetErrorCode(expat_) == XML_ERROR_NO_MEMORY ? "is too large" : "is not XML";
  }

 private:
  void begin(const char* name, const char** pairs) {
    if (!problem_.empty()) return;  // expat may finish what it has begun
    if (depth_ == kMaxDepth) return stop(kTooDeep);
    begins_[depth_++] = text_.size();
    if (!count()) return;
    visitor_.begin_element(local_name(name));
    for (; *pairs != nullptr; pairs += 2) {
      if (!count()) return;
      visitor_.attribute(local_name(pairs[0]), pairs[1]);
    }
  }

  void end() {
    if (!problem_.empty()) return;
    const size_t begin = begins_[--depth_];
    visitor_.end_element(std::string_view(text_).substr(begin));
    text_.resize(begin);
  }

  bool count() {
    if (++values_ <= kMaxValues) return true;
    stop(kTooManyValues);
    return false;
  }

  void stop(const char* problem) {
    if (problem_.empty()) problem_ = problem;
    XML_StopParser(expat_, XML_FALSE);
  }

  XmlVisitor& visitor_;
  XML_Parser expat_ = XML_ParserCreate_MM(nullptr, &kMemory, nullptr);  // not freed: the memory is that of the caller
  std::pmr::string text_;                                               // of the open elements, the innermost last
  std::array<size_t, kMaxDepth> begins_;  // NOLINT: of the text of each open element; only the first depth_ are set
  size_t depth_ = 0;
  size_t values_ = 0;
  std::string_view problem_;
};

}  // namespace

std::string_view trim_xml(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

std::string_view read_xml(std::string_view text, XmlVisitor& visitor, std::pmr::memory_resource& memory) {
  if (text.empty()) return "is empty, XML is expected";
  // expat would read UTF-16, too, which other readers of the body might not.
  if (text.starts_with("\xFE\xFF") || text.starts_with("\xFF\xFE") || text.find('\0') != std::string_view::npos)
    return "must be UTF-8";
  if (text.size() > kMaxBytes) return "is too large";
  current_memory = &memory;
  budget = kFixedBudget + kBudgetPerByte * text.size();
  return Reader(visitor, memory).read(text);
}

}  // namespace duel::documents
