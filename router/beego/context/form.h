#pragma once

#include <forward_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "router/beego/context/multipart.h"

namespace duel::beego::context {

// For Input: the fields of a query and of a body, decoded.
class Form {
 public:
  // Adds the pairs of `encoded` behind the earlier ones. False if a pair was refused (it holds a ';' or a malformed
  // escape); the valid pairs are added all the same.
  bool parse(std::string_view encoded);

  // Adds the values of a body of multipart/form-data and replaces the files, which are views into it. If the body is
  // malformed or exceeds a limit, returns one sentence about it, a literal, and nothing changes; otherwise returns "".
  const char* parse_multipart(std::string_view body, std::string_view content_type);

  // The first value of this name; empty if there is none. Valid until the next call of parse() or parse_multipart().
  std::string_view get(std::string_view name) const;
  // All values of this name in the order sent; null if there is none.
  const std::vector<std::string>* find(std::string_view name) const;
  // The names of the values, sorted.
  std::vector<std::string> names() const;
  const std::vector<FormFile>& files() const { return files_; }

 private:
  // A sorted map and no hash table, because a client could choose names with equal hashes.
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
  std::vector<FormFile> files_;
  std::forward_list<std::string> content_types_;  // see MultipartForm
};

}  // namespace duel::beego::context
