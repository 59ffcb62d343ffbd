// libr3, a trie in C with patterns compiled to opcodes or PCRE. As in r3's own benchmark, a match_entry is cleared and
// reused. Its parameters are copies.

#include <r3/r3.h>

#include <array>
#include <cstdlib>
#include <cstring>

#include "bench/rivals/cc/measure.h"

// Frees memory of the library. The library exports this function but does not declare it.
extern "C" void zfree(void* bytes);

namespace duel::rivals {
namespace {

// Indexed by http::Method.
constexpr std::array<int, http::kMethodCount> kMethods = {
    METHOD_GET, METHOD_HEAD, METHOD_POST, METHOD_PUT, METHOD_DELETE, 0, METHOD_OPTIONS, 0, METHOD_PATCH};

// "/a/:b" -> "/a/{b}".
std::string in_braces(std::string_view pattern) {
  std::string text;
  bool in_name = false;
  for (const char c : pattern) {
    if (in_name && c == '/') text += '}';
    in_name = c == ':' || (in_name && c != '/');
    text += c == ':' ? '{' : c;
  }
  return in_name ? text + '}' : text;
}

class R3 {
 public:
  explicit R3(const std::vector<Route>& routes) : tree_(r3_tree_create(10)), routes_(routes) {
    patterns_.reserve(routes.size());  // the tree keeps pointers to the texts
    for (const Route& route : routes_) {
      patterns_.push_back(in_braces(route.pattern));
      r3_tree_insert_routel(tree_, kMethods[static_cast<size_t>(route.method)], patterns_.back().c_str(),
                            static_cast<int>(patterns_.back().size()), const_cast<Route*>(&route));
    }
    char* error = nullptr;
    if (r3_tree_compile(tree_, &error) != 0) {
      std::fprintf(stderr, "r3_tree_compile: %s\n", error);
      std::exit(1);
    }
    entry_ = match_entry_create("");
  }
  R3(const R3&) = delete;
  R3& operator=(const R3&) = delete;
  ~R3() {
    match_entry_free(entry_);
    r3_tree_free(tree_);
  }

  bool find(const Lookup& lookup) { return match(lookup) != nullptr; }

  Answer check(const Lookup& lookup, int) {
    const route* found = match(lookup);
    if (found == nullptr) return {};
    Answer answer{static_cast<int>(static_cast<const Route*>(found->data) - routes_.data()), 0};
    for (int i = 0; i < entry_->vars->len; ++i) answer.param_bytes += std::strlen(entry_->vars->tokens[i]);
    return answer;
  }

 private:
  const route* match(const Lookup& lookup) {
    for (int i = 0; i < entry_->vars->len; ++i) zfree(entry_->vars->tokens[i]);
    entry_->vars->len = 0;
    entry_->path = lookup.path.c_str();
    entry_->path_len = static_cast<int>(lookup.path.size());
    entry_->request_method = kMethods[static_cast<size_t>(lookup.method)];
    return r3_tree_match_route(tree_, entry_);
  }

  node* tree_;
  match_entry* entry_ = nullptr;
  const std::vector<Route>& routes_;
  std::vector<std::string> patterns_;
};

}  // namespace
}  // namespace duel::rivals

int main(int argc, char** argv) {
  return duel::rivals::run<duel::rivals::R3>("r3", argc, argv);
}
