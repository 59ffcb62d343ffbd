"""The article's own figures (Go: Beego 2.1.0, Gin 1.9.1; wrk -t4 -c512 -d60s, pinned to 4 cores), as it prints them."""

S1 = {
    "gin": {"requests_per_s": 41765, "peak_rss_mb": 22.1, "gc_runs": 42, "gc_pause_ms": 0.43},
    "beego": {"requests_per_s": 28412, "peak_rss_mb": 48.3, "gc_runs": 137, "gc_pause_ms": 1.87},
}
