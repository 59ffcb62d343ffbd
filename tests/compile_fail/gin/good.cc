// The frame of every other snippet: it must compile, else they would fail for the wrong reason.
#include "router/gin/engine.h"

using namespace duel::gin;

void ping(Context&) {}

constexpr auto kApp = router(get("/user/:id", ping), get("/user/:id/x", ping));

Engine<kApp> engine;
