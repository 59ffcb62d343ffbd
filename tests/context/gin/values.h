#pragma once

#include "router/gin/engine.h"

// The tables of values of tests/data/context/FORMAT.md.
namespace duel::context {

// Row n of the table "JSON values".
struct JsonRow {
  static constexpr int kRows = 149;
  int n;
  void write_json(const gin::json::Writer& writer) const;
};

}  // namespace duel::context
