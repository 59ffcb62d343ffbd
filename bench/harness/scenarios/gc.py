"""gc: the counterpart of the article's rows about garbage collection. There is no collector here; the scenario measures the work
of getting memory from the kernel and of giving it back, and the stalls of the event loop."""

import json
import time

from harness import article, comparison, order, plots, presets, stats, styles, table
from harness.comparison import ARTICLE_SECONDS
from harness.conclusion import Report
from harness.errors import HarnessError
from harness.scenarios import router_style_loads
from harness.session import NULL, Cell

DESCRIPTION = "What replaces garbage collection? Purges, page faults, lock waits and stalls of both styles"

COLUMNS = router_style_loads.COLUMNS
FLOOR = Cell("null", "null text", NULL, "/ping")  # the baseline: the stalls of a server without a router
# Fields of GET /debug/vars, counted since the last reset.
COUNTERS = ["purge_calls", "purge_total_ns", "lock_waits"]
LONGEST = ["purge_longest_ns"]
STALLS = "stalls_ms"  # the longest stall of each second of load
OBSERVED = "observed"  # the purpose of the runs whose counters come from the admin port
STALL_MS_MAX = 0.1  # how much longer than the null server the Gin style should stall at most

NEEDS = ("wrk", "null_server")
PRESETS = presets.IN_ROUNDS


def measure(session):
    comparison.require_same_bytes(session, COLUMNS)
    session.say("counting allocations (in separate runs, because counting costs time)")
    session.counted(COLUMNS)
    comparison.time_in_rounds(session, COLUMNS)
    observe_in_rounds(session, [FLOOR, *COLUMNS])


def report(found):
    counted, by_cell = found.counted, found.by_cell()
    rounds = {key: [observation(record, found.reading(record)) for record in records] for key, records in found.by_cell(OBSERVED).items()}
    observed = {cell.key: merge(rounds[cell.key]) for cell in COLUMNS}
    stalls = {key: [one[STALLS] for one in seen] for key, seen in rounds.items()}
    return Report(
        "Reclamation work (no GC)", [heading(found), work_table(by_cell, counted, observed), stall_table(stalls),
                                     notes(found, by_cell, counted, observed, stalls)],
        {"seed": found.options.seed, "observed": rounds}, lambda stem: draw(stem, found, by_cell, stalls))


def observe_in_rounds(session, cells):
    """Reads the admin port of a new server per cell and round."""
    session.say("reading purges and stalls from the admin port (in separate runs)")
    for number, of_round in enumerate(order.rounds(cells, session.options.rounds, session.options.seed), start=1):
        for cell in of_round:
            observe(session, cell, number)
        session.show(f"round {number} of {session.options.rounds}: {table.count(len(cells), 'server')} were read")


def merge(rounds):
    """Merges the readings of all rounds: sums of counters, maxima of the fields in LONGEST."""
    return {key: (max if key in LONGEST else sum)(one[key] for one in rounds) for key in ["seconds", *COUNTERS, *LONGEST]}


def observe(session, cell, number):
    """Runs the load once for `options.seconds`, and reads the server's own counters of that time and its history."""
    if session.is_measured([cell], number, OBSERVED):
        return
    with session.server(cell.router, f"observed-{number}-{cell.key}", *cell.flags, pool=cell.pool, admin_port="any") as server:
        session.warm_up(server, cell, f"observed-{number}")
        begin_ms = 0

        def begin():
            nonlocal begin_ms
            server.admin_reset()
            begin_ms = time.time_ns() // 1_000_000

        def end():
            read = {"vars": admin_json(server, "/debug/vars"), "history": admin_json(server, f"/debug/history?since={begin_ms}")}
            if not stalls_of(read["history"]):
                raise HarnessError(f"the history of {cell.title} contains no second of load; increase --seconds")
            return read

        session.on_running(server, cell, number, purpose=OBSERVED, readers=(begin, end))


def observation(record, reading):
    """The server's own counters of one run, and the longest stall of its event loop in each second."""
    read = reading["probed"][1]
    return {"seconds": record["duration_us"] / 1e6, STALLS: stalls_of(read["history"]), **{key: read["vars"][key] for key in COUNTERS + LONGEST}}


def stalls_of(history):
    """In ms, per second of load."""
    # The seconds in which the load began and ended are incomplete; they have fewer requests and are dropped.
    enough = max(history["requests"], default=0) / 2
    return [stall_ns / 1e6 for stall_ns, requests in zip(history["longest_stall_ns"], history["requests"])
            if requests > 0 and requests >= enough]


def admin_json(server, path):
    body = server.admin(path)
    if body is None:
        raise HarnessError(f"the server has no {path}; this scenario needs a server that reports purges and stalls")
    return json.loads(body)


def heading(found):
    return f"{comparison.heading(found, 'Reclamation work (no GC)')}\n{found.runs[0]['allocator']}"


def work_table(by_cell, counted, observed):
    def row(label, cells, gin="", beego=""):
        return (label, *cells, gin, beego)

    def rate(label, field, scale=1.0, digits=1):
        return row(label, [table.number(comparison.per_second(by_cell[cell.key], field) * ARTICLE_SECONDS * scale, digits)
                           for cell in COLUMNS])

    def median(label, field, digits, scale=1.0, **originals):
        cells = [table.number(comparison.median(by_cell[cell.key], field) * scale, digits) for cell in COLUMNS]
        return row(label, cells, **originals)

    def count(label, field, digits):
        return row(label, [table.number(counted[cell.key][field], digits) for cell in COLUMNS])

    def seen(label, value, digits):
        return row(label, [table.number(value(observed[cell.key]), digits) for cell in COLUMNS])

    def mean_us(one):
        return one["purge_total_ns"] / one["purge_calls"] / 1e3 if one["purge_calls"] else None

    gin, beego = article.ROUTER_STYLE["gin"], article.ROUTER_STYLE["beego"]
    headers = [[""], *[[*cell.title.split(), cell.path] for cell in COLUMNS], ["article", "Gin"], ["article", "Beego"]]
    return table.Table(headers, [
        median("requests/s", "requests_per_s", 0, gin=table.number(gin["requests_per_s"]),
               beego=table.number(beego["requests_per_s"])),
        row("  the limit was", [comparison.limit_of(by_cell[cell.key]) for cell in COLUMNS]),
        count("allocations/request", "allocations_per_request", 2),
        count("bytes allocated/request", "allocated_bytes_per_request", 1),
        "giving memory back, in 60 s",
        rate("  purge passes", "purge_passes"),
        rate("  madvise calls", "purge_calls"),
        rate("  given back, MB", "purged_pages", 4096 / 1e6, 2),
        seen("  mean duration of a call, us", mean_us, 1),
        seen("  longest call, us", lambda one: one["purge_longest_ns"] / 1e3 if one["purge_calls"] else None, 1),
        seen("  share of the run, %", lambda one: one["purge_total_ns"] / 1e9 / one["seconds"] * 100, 4),
        "getting memory, and waiting",
        median("  minor faults/1000 requests", "minor_faults_per_request", 2, 1000),
        seen("  waits for the allocator's locks", lambda one: one["lock_waits"], 0),
        "garbage collection",
        row("  runs in 60 s", ["n/a"] * len(COLUMNS), table.number(gin["gc_runs"]), table.number(beego["gc_runs"])),
        row("  mean pause, ms", ["n/a"] * len(COLUMNS), table.number(gin["gc_pause_ms"], 2),
            table.number(beego["gc_pause_ms"], 2)),
        row("  runs x mean pause, % of the run", ["n/a"] * len(COLUMNS), pause_share(gin), pause_share(beego)),
    ])


def stall_table(stalls):
    """stalls: {cell key: [[longest stall in ms, per second] per round]}."""
    cells = [FLOOR, *COLUMNS]
    every = {key: [stall for of_round in rounds for stall in of_round] for key, rounds in stalls.items()}
    headers = [["longest stall of the event loop", "per second of load, ms"], *[[*cell.title.split(), cell.path] for cell in cells]]
    return table.Table(headers, [
        ("median", *[table.number(stats.estimate(every[cell.key]).median, 2) for cell in cells]),
        ("minimum", *[table.number(min(every[cell.key]), 2) for cell in cells]),
        ("maximum", *[table.number(max(every[cell.key]), 2) for cell in cells]),
        ("median minus the null server's", "", *[table.interval(beyond_null(stalls, cell)) for cell in COLUMNS]),
    ])


def of_rounds(rounds):
    return [stats.estimate(of_round).median for of_round in rounds]


def beyond_null(stalls, cell):
    """The difference to the null server between the medians of the rounds, as an Estimate."""
    return stats.paired_difference(of_rounds(stalls[cell.key]), of_rounds(stalls[FLOOR.key]))


def pause_share(figures):
    return table.number(figures["gc_runs"] * figures["gc_pause_ms"] / 1e3 / ARTICLE_SECONDS * 100, 2)


def stall_verdict(difference):
    target = f"(target: at most {STALL_MS_MAX} ms longer than the null server's): "
    if difference.known and difference.high <= STALL_MS_MAX:
        return target + "met."
    if difference.known and difference.low > STALL_MS_MAX:
        return target + "not met."
    return target + "unknown, the interval is too wide. Most stalls here are turns of other processes on the CPU."


def notes(found, by_cell, counted, observed, stalls):
    gin = [cell for cell in COLUMNS if cell.router == "gin"]
    calls = ", ".join(table.number(counted[cell.key]["allocations_per_request"], 2) for cell in gin)
    purges = ", ".join(str(observed[cell.key]["purge_calls"]) for cell in gin)
    return table.notes([
        f"Gin, text and JSON: {calls} allocations/request and {purges} purges. All should be 0.",
        *[f"Longest stall of {cell.title} {stall_verdict(beyond_null(stalls, cell))}" for cell in gin],
        "This program has no garbage collector. A purge gives unused pages back to the kernel and stops only the thread that calls it. "
        "The last row of the first table is computed from the two rows above it. The columns of the article are figures of the "
        "Go programs.",
        "The longest stall is the longest iteration of a worker's event loop, in which the worker may answer hundreds of requests. It "
        "includes the time of the kernel and of other processes. The null server is the same core with one constant answer.",
        *comparison.remarks(found, by_cell)])


def draw(stem, found, by_cell, stalls):
    def panel(title, values):
        return f"{title}: every run, median, 95 % interval", values, [stats.estimate(ys) for ys in values]

    def of(field):
        return [[record[field] for record in by_cell[cell.key]] for cell in COLUMNS]

    plots.runs_and_costs(
        stem, heading(found).partition("\n")[0],
        [(cell.title, styles.COLOURS[cell.router]) for cell in COLUMNS],
        [panel("CPU-us/request", of("cpu_us_per_request")), panel("minor faults/request", of("minor_faults_per_request")),
         panel(f"longest stall per second, ms (null: {stats.estimate(of_rounds(stalls[FLOOR.key])).median:.2f})",
               [of_rounds(stalls[cell.key]) for cell in COLUMNS])],
        [("madvise calls in 60 s", [comparison.per_second(by_cell[cell.key], "purge_calls") * ARTICLE_SECONDS
                                    for cell in COLUMNS])])
