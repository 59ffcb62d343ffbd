// expect: /user/:name/x
// expect: /user/:id
// expect: this route conflicts with a wildcard
#include "router/gin/engine.h"

using namespace duel::gin;

void ping(Context&) {}

constexpr auto kApp = router(get("/user/:id", ping), get("/user/:name/x", ping));

Engine<kApp> engine;
