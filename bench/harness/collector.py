"""What a garbage collector did during a run. A server without one has no such counters, and its records have None."""

FIELDS = ("gc_runs", "gc_pause_us", "gc_pauses", "gc_cpu_share", "gc_heap_bytes")


def between(before, after, cpu_s):
    """The fields of a record, from two lines of the stats file. `gc_pauses` is a text, "NS:COUNT ...": how many stops of the program were
    shorter than NS, but not shorter than the number before. `gc_cpu_share` is the share of the collector in `cpu_s`, the CPU time of the
    server; it contains only collections that have ended."""
    if "gc_runs" not in after:
        return dict.fromkeys(FIELDS)
    early = dict(before["gc_pauses"])
    pauses = [(bound_ns, count - early.get(bound_ns, 0)) for bound_ns, count in after["gc_pauses"]]
    return {
        "gc_runs": after["gc_runs"] - before["gc_runs"],
        "gc_pause_us": (after["gc_pause_ns"] - before["gc_pause_ns"]) / 1e3,
        "gc_pauses": " ".join(f"{bound_ns}:{count}" for bound_ns, count in pauses if count),
        "gc_cpu_share": (after["gc_cpu_us"] - before["gc_cpu_us"]) / 1e6 / cpu_s if cpu_s else 0.0,
        "gc_heap_bytes": after["gc_heap_bytes"],
    }


def has_one(runs):
    return runs[0]["gc_runs"] is not None


def mean_pause_us(runs):
    """The time that a collection stopped the program, over all runs together; None without a collection."""
    count = sum(record["gc_runs"] for record in runs)
    return sum(record["gc_pause_us"] for record in runs) / count if count else None


def pause_quantile_us(runs, part):
    """The upper bound of this part of all stops (a collection has two), over all runs together; None without a stop."""
    counts = {}
    for record in runs:
        for pair in record["gc_pauses"].split():
            bound_ns, count = map(int, pair.split(":"))
            counts[bound_ns] = counts.get(bound_ns, 0) + count
    left = part * sum(counts.values())
    for bound_ns in sorted(counts):
        left -= counts[bound_ns]
        if left <= 0:
            return bound_ns / 1e3
    return None
