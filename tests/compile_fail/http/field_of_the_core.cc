// expect: kLength
// expect: not a name for a handler
#include "http/field_line.h"

using duel::http::FieldLine;

constexpr FieldLine kLength("Content-Length", "4");
