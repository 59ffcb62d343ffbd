// expect: /s/index.html
// expect: /s/*path
// expect: conflicts
#include "router/gin/engine.h"

using namespace duel::gin;

void ping(Context&) {}

constexpr auto kApp = router(get("/s/*path", ping), get("/s/index.html", ping));

Engine<kApp> engine;
