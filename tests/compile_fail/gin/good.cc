// The same code as in the other snippets, without a mistake. It must compile; otherwise they would fail for another
// reason.
#include "router/gin/engine.h"

using namespace duel::gin;

void ping(Context&) {}

constexpr auto kApp = router(get("/user/:id", ping), get("/user/:id/x", ping));

Engine<kApp> engine;
