"""The scenarios by name. docs/harness.md says what each module declares."""

from harness.scenarios import (configuration, context_pool, gc, leak, load_modes, memory, orm, overhead, overload, response_buffer,
                               router_latency, router_style, scaling, smallest_box, wildcards)

BY_NAME = {
    "router_style": router_style,
    "wildcards": wildcards,
    "orm": orm,
    "configuration": configuration,
    "leak": leak,
    "router_latency": router_latency,
    "context_pool": context_pool,
    "response_buffer": response_buffer,
    "load_modes": load_modes,
    "gc": gc,
    "memory": memory,
    "overhead": overhead,
    "overload": overload,
    "scaling": scaling,
    "smallest_box": smallest_box,
}

# The numbers that docs/article.md gives to the article's tables.
ALIASES = {
    "s1": "router_style",
    "s2": "wildcards",
    "s3": "orm",
    "s4": "configuration",
    "s5": "leak",
    "s6": "router_latency",
    "s7": "context_pool",
    "s8": "response_buffer",
    "s9": "load_modes",
}
