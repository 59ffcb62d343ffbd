// expect: json_fields
#include "router/gin/engine.h"

using namespace duel::gin;

struct Plain {
  int x;
};

constexpr auto kApp = router(get("/", [](Context& c) { c.json(200, Plain{1}); }));

Engine<kApp> engine;
