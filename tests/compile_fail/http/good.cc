#include "http/field_line.h"

using duel::http::FieldLine;

constexpr FieldLine kJson("Content-Type", "application/json; charset=utf-8");
