// expect: /s/*path
// expect: /s/index.html
// expect: this catch-all conflicts
#include "router/gin/engine.h"

using namespace duel::gin;

void ping(Context&) {}

constexpr auto kApp = router(get("/s/index.html", ping), get("/s/", ping), get("/s/*path", ping));

Engine<kApp> engine;
