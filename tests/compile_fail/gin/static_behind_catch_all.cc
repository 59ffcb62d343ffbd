// expect: /s/index.html
// expect: /s/*path
// expect: this route conflicts with a wildcard
#include "router/gin/engine.h"

using namespace duel::gin;

void ping(Context&) {}

constexpr auto kApp = router(get("/s/*path", ping), get("/s/index.html", ping));

Engine<kApp> engine;
