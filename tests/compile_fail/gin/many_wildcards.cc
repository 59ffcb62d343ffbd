// expect: /:a:b
// expect: only one wildcard
#include "router/gin/engine.h"

using namespace duel::gin;

void ping(Context&) {}

constexpr auto kApp = router(get("/:a:b", ping));

Engine<kApp> engine;
