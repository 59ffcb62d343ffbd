"""The article's own figures (Go: Beego 2.1.0, Gin 1.9.1; wrk -t4 -c512 -d60s, pinned to 4 cores), by scenario."""

ROUTER_STYLE = {
    "gin": {"requests_per_s": 41765, "peak_rss_mb": 22.1, "gc_runs": 42, "gc_pause_ms": 0.43},
    "beego": {"requests_per_s": 28412, "peak_rss_mb": 48.3, "gc_runs": 137, "gc_pause_ms": 1.87},
}

# Beego only, 500 connections, 10 s.
WILDCARDS = {
    "static": {"requests_per_s": 12480, "latency_p99_ms": 18, "cpu_share": 0.63},
    "wildcard": {"requests_per_s": 7120, "latency_p99_ms": 42, "cpu_share": 0.89},
}

# 10,000 requests/s.
ORM = {
    "native": {"allocated_bytes_per_request": 128, "gc_runs_per_s": 0.8},
    "orm": {"allocated_bytes_per_request": 412, "gc_runs_per_s": 3.2},
}

# 10,000 requests/s. The article prints 0.08 KB and 1.4 KB.
CONTEXT_POOL = {
    "on": {"allocated_bytes_per_request": 80, "gc_runs_per_s": 0.3},
    "off": {"allocated_bytes_per_request": 1400, "gc_runs_per_s": 8.2},
}

# P99 at 10,000 requests/s. The article has no figure of Beego.
ROUTER_LATENCY = {
    "gin": {"name": "Gin", "latency_p99_us": 42, "gc_runs_per_s": 0.3},
    "echo": {"name": "Echo", "latency_p99_us": 68, "gc_runs_per_s": 1.7},
    "nethttp": {"name": "net/http", "latency_p99_us": 156, "gc_runs_per_s": 12.4},
}

# The load at which the server gets slow, and the size of its heap there. The article names neither the server nor the machine of this
# table; its collectors are those of the JVM.
LOAD_MODES = {
    "short": {"requests_per_s": 8500, "heap_mb": "420"},
    "long": {"requests_per_s": 12000, "heap_mb": "680"},
    "mixed": {"requests_per_s": 9200, "heap_mb": "510, 730"},
}

# ab -n 10000 -c 200 on /api/item/123. The article prints both as "more than".
LEAK = {"heap_in_use_mb": 500, "background_tasks": 5000}
