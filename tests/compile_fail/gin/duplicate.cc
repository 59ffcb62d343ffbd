// expect: "/a/:x"
// expect: this route is declared twice
#include "router/gin/engine.h"

using namespace duel::gin;

void ping(Context&) {}

constexpr auto kApp = router(get("/a/:x", ping), group("/a", get("/:x", ping)));

Engine<kApp> engine;
