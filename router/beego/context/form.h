#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "router/beego/context/multipart.h"

namespace duel::beego::context {

// The fields of a query and of a body, decoded.
class Form {
 public:
  // Adds the pairs of `encoded` behind those that are there. False if a pair was refused (a ';', a broken escape); the
  // others are added.
  bool parse(std::string_view encoded);

  // Adds the fields and the files of a body of multipart/form-data, whose files are views into it. False, and nothing
  // added, if it is none.
  bool parse_multipart(std::string_view body, std::string_view content_type);

  // The first value of this name; empty if there is none. Valid until the next parse.
  std::string_view get(std::string_view name) const;
  // All values of this name in the order sent; null if there is none.
  const std::vector<std::string>* find(std::string_view name) const;
  const std::vector<FormFile>& files() const { return files_; }

 private:
  // Sorted and not hashed: a client chooses the names, and could choose names of one hash.
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
  std::vector<FormFile> files_;
};

}  // namespace duel::beego::context
