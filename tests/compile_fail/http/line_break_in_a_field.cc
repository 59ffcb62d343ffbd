// expect: kSplit
// expect: not the value of a field
#include "http/field_line.h"

using duel::http::FieldLine;

constexpr FieldLine kSplit("A", "1\r\nB: 2");
