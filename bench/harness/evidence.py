"""The evidence for the claims of the article (claims.toml): which figures of the records answer each claim, per scenario.

A function of BY_SCENARIO gets the records and a side, OURS or ORIGINALS, and returns {name: claims.Evidence}. The cells of the originals
have the keys of this program's cells with the prefix of their side.
"""

import re

from harness import article, claims, comparison, limit_rule, stats, table
from harness.claims import Evidence
from harness.scenarios import leak, load_modes

OURS, ORIGINALS = "", "go_"
ALLOCATIONS, BYTES = "allocations_per_request", "allocated_bytes_per_request"
SECONDS, REQUESTS = "duration_us", "requests"  # what a number of collections is divided by
MOST = 0.5  # of a difference: a cause explains it
NEAR = 1.10  # a size of at most 1.1 times another one is near it
STRAIGHT = 0.99  # R² of a line
KEEPING = re.compile(r"(?i)keep_?item|ItemController")  # functions of the handler that leaks, here and in bench/originals


def findings(found):
    """The claims.Findings of a session (found.Found); None if the article has no claims about its scenario."""
    find = BY_SCENARIO.get(found.scenario)
    return find and claims.Findings(find(found, OURS), find(found, ORIGINALS) if found.options.originals else {})


# --- parts

def paired(larger, smaller, field, again=None, note=""):
    """The ratio of two cells, over the rounds. larger, smaller: records per round; by the claim, the field of `larger` is larger.
    again: the records of a cell and of the same cell again (A/A)."""
    if why := why_none(larger, smaller, field):
        return Evidence(why=why)
    noise = again and _ratio(*again, field)
    if again and noise is None:
        return Evidence(why="duel-load was late in every round of one server against itself (A/A)")
    return Evidence(ratio=_ratio(larger, smaller, field), noise=noise, note=note)


def why_none(first, second, field):
    """Why a ratio of these records says nothing; "" if it does."""
    if field == "requests_per_s" and comparison.limit_of(first) == comparison.limit_of(second) == limit_rule.CLIENT:
        return "the client was the limit of both sides"
    if field.startswith("latency_") and any(comparison.latency_is_void(runs) for runs in (first, second)):
        return "the client did not see a part of the waiting time"
    if not comparison.paired_values(first, second, field)[0]:
        return "duel-load was late in every round"
    return "" if all(record[field] for record in [*first, *second]) else "a round has no value"


def _ratio(larger, smaller, field):
    """None if there is no round in which duel-load was in time in both runs."""
    values = comparison.paired_values(larger, smaller, field)
    return stats.paired_ratio(*values) if values[0] else None


def collections(larger, smaller, per, note=""):
    """The ratio of the numbers of collections, per second or per request."""
    if larger[0]["gc_runs"] is None:
        return Evidence(why=claims.NO_COLLECTOR)
    rates = [[record["gc_runs"] / record[per] for record in runs] for runs in (larger, smaller)]
    return _of_values(rates, "a round has no collection", note)


def pauses(larger, smaller):
    """The ratio of the mean pauses."""
    if larger[0]["gc_runs"] is None:
        return Evidence(why=claims.NO_COLLECTOR)
    means = [[record["gc_runs"] and record["gc_pause_us"] / record["gc_runs"] for record in runs] for runs in (larger, smaller)]
    return _of_values(means, "a round has no collection")


def _of_values(both, why, note=""):
    return Evidence(ratio=stats.paired_ratio(*both), note=note) if all(map(all, both)) else Evidence(why=why)


def counts(larger, smaller, field, note=""):
    """Two exact counts; by the claim, the first one is larger."""
    if None in (larger[ALLOCATIONS], smaller[ALLOCATIONS]):
        return Evidence(why="the server does not count allocations")
    return Evidence(counts=(larger[field], smaller[field]), note=note)


def count(record, side):
    if record[ALLOCATIONS] is None:
        return Evidence(why="the server does not count allocations")
    return Evidence(count=record[ALLOCATIONS], note="It contains the allocations of net/http." if side == ORIGINALS else "")


# --- the scenarios

def _router_style(found, side):
    by_cell, counted = found.by_cell(), found.counted
    gin, beego = side + "gin_text", side + "beego_json"
    first, second = by_cell[gin], by_cell[beego]
    again = by_cell["gin_text"], by_cell["gin_text_again"]
    return {
        "requests_per_s": _requests_of_router_style(by_cell, side),
        "peak_rss": paired(second, first, "peak_rss_kib", again),
        "gc_runs": collections(second, first, SECONDS),
        "gc_pause": pauses(second, first),
        "allocations_of_gin_text": count(counted[gin], side),
        "allocations_of_beego_json": counts(counted[beego], counted[side + "beego_text"], ALLOCATIONS, "Compared with the answer of a text."),
    }


def _requests_of_router_style(by_cell, side):
    """The load in which the client was not the limit: that of the article if possible."""
    found = Evidence(why="the client was the limit")
    for load, note in (("", ""), ("_quota", "Measured with a CPU quota of the server, because the client was the limit otherwise."),
                       ("_batch", "Measured in batches, because the client was the limit otherwise.")):
        text, json, other, same = (by_cell.get(side + key + load) for key in ("gin_text", "beego_json", "beego_text", "gin_json"))
        if text is None or why_none(text, json, "requests_per_s"):
            continue
        like = [table.number(_ratio(*pair, "requests_per_s").median, 2) for pair in ((text, other), (same, json))]
        again = by_cell["gin_text" + load], by_cell["gin_text_again" + load]
        found = paired(text, json, "requests_per_s", again, f"{note} The article compares Gin's text with Beego's JSON; text with text the ratio is "
                       f"{like[0]}, JSON with JSON {like[1]}.".strip())
        break
    return found


def _memory(found, side):
    at_rest = {key: comparison.median(runs, "rss_kib") for key, runs in found.by_cell().items()}
    beego, trimmed, gin = (at_rest[side + key] for key in ("beego", "trim", "gin"))
    return {
        "modules_explain_most": Evidence(holds=0 < MOST * (beego - gin) <= beego - trimmed, note=(
            f"They cost {beego - trimmed:,.0f} KB at rest, of a difference of {beego - gin:,.0f} KB.")),
        "trimmed_is_near": Evidence(holds=trimmed <= NEAR * gin, note=f"At rest, {trimmed:,.0f} KB and {gin:,.0f} KB."),
    }


def _wildcards(found, side):
    by_cell, counted = found.by_cell(), found.counted
    static, wildcard = by_cell[side + "beego_static"], by_cell[side + "beego_wildcard"]
    again = by_cell["beego_static"], by_cell["beego_static_again"]
    routes = [counted[side + cell] for cell in ("beego_static", "gin_static")]
    return {
        "requests_per_s": paired(static, wildcard, "requests_per_s", again),
        "latency_p99": paired(wildcard, static, "latency_p99_us", again),
        "cpu_per_request": paired(wildcard, static, "cpu_us_per_request", again),
        "allocations_of_static_route": counts(*routes, ALLOCATIONS, "Compared with Gin's route."),
    }


def _orm(found, side):
    by_cell, counted = found.by_cell(), found.counted
    native, orm = side + "beego_native", side + "beego_orm"
    return {
        "allocated_bytes": counts(counted[orm], counted[native], BYTES, "Bytes per request, with those of the router."),
        "gc_runs": collections(by_cell[orm], by_cell[native], REQUESTS, "Per request: here the two answer different numbers of requests/s."),
    }


def _context_pool(found, side):
    by_cell, counted = found.by_cell(), found.counted
    off, on = side + "text_pool_off", side + "text_pool_on"
    return {
        "allocated_bytes": counts(counted[off], counted[on], BYTES, "Bytes per request" + (", with those of net/http." if side else ".")),
        "gc_runs": collections(by_cell[off], by_cell[on], REQUESTS, "Per request: here the two answer different numbers of requests/s."),
    }


def _response_buffer(found, side):
    counted = found.counted
    # A pooled context of this program keeps a buffer that it once took from the heap.
    pool, note = ("", "") if side else ("_off", "With the pool off.")
    small = side + ("json" if side else "json_on")
    return {
        "allocations_of_small_answer": count(counted[small], side),
        "allocations_of_large_answer": counts(counted[f"{side}list_154{pool}"], counted[f"{side}list_146{pool}"], ALLOCATIONS, note),
    }


def _configuration(found, side):
    by_cell = found.by_cell()
    steps = [by_cell[f"{side}beego_{number}"] for number in range(6)]
    again = by_cell["gin_0"], by_cell["gin_0_again"]
    received = [sum(record["bytes"] for record in runs) / sum(record["requests"] for record in runs) for runs in steps]
    cpus = len(found.server_cpus)
    return {
        "threads": paired(steps[1], steps[0], "requests_per_s", again) if cpus > 1 else Evidence(why="the server has only one CPU"),
        "asynchronous_log": paired(steps[2], steps[1], "requests_per_s", again),
        "copy_body": paired(steps[2], steps[3], "cpu_us_per_request", again, "CPU time per request."),
        "gzip_bytes": Evidence(counts=(received[3], received[4]), note="Bytes per answer."),
        "keep_alive": paired(steps[4], steps[5], "requests_per_s", again),
    }


def _router_latency(found, side):
    by_cell = found.by_cell()
    again = by_cell["gin"], by_cell["gin_again"]
    gin, evidence = by_cell[side + "gin"], {}
    for router in ("echo", "nethttp"):
        if runs := by_cell.get(side + router):
            evidence[f"p99_{router}_gin"] = paired(runs, gin, "latency_p99_us", again)
            evidence[f"gc_runs_{router}_gin"] = collections(runs, gin, SECONDS)
    return evidence


def _leak(found, side):
    (one,) = [result for result in leak.results_of(found) if (result.router, result.scenario) == (side + "gin", "leak")]
    named = [function for function, _ in one.growth[:leak.TOP] if KEEPING.search(function)]
    return {
        "heap_grows_in_a_line": Evidence(holds=not one.is_flat and one.line_by_requests >= STRAIGHT, note=(
            f"Over the requests, R² is {table.number(one.line_by_requests, 4)}.")),
        "tasks_stay": Evidence(holds=one.background_tasks > article.LEAK["background_tasks"] and one.largest_fall == 0, note=(
            f"{one.background_tasks:,} at the end.")),
        "profile_names_the_handler": Evidence(holds=bool(named), note=f"It names {named[0]}." if named else ""),
    }


def _load_modes(found, side):
    climbed, knees = load_modes.knees_of(found)
    short, long, mixed = (side + f"gin_{mode}" for mode in ("short", "long", "mixed"))
    return {
        "knee_long_short": _of_knees(knees[long], knees[short]),
        "knee_long_mixed": _of_knees(knees[long], knees[mixed]),
        "memory_long_short": _of_memory(*[(climbed[key], knees[key]) for key in (long, short)]),
    }


def _of_knees(higher, lower):
    if not all(one.found for one in [*higher, *lower]):
        return Evidence(why="a knee is not known")
    return Evidence(ratio=stats.paired_ratio(*([one.held for one in knees] for knees in (higher, lower))))


def _of_memory(more, less):
    """The peak RSS at the knee."""
    if not all(one.found for _, knees in (more, less) for one in knees):
        return Evidence(why="a knee is not known")
    peaks = [[max(record["peak_rss_kib"] for record in records if record["intended_rate"] == one.held) for records, one in zip(climbed, knees)]
             for climbed, knees in (more, less)]
    return Evidence(ratio=stats.paired_ratio(*peaks), note="The resident memory of the server.")


BY_SCENARIO = {
    "router_style": _router_style,
    "memory": _memory,
    "wildcards": _wildcards,
    "orm": _orm,
    "configuration": _configuration,
    "leak": _leak,
    "router_latency": _router_latency,
    "context_pool": _context_pool,
    "response_buffer": _response_buffer,
    "load_modes": _load_modes,
}
