"""The article's rows about garbage collection, as what they are here: what it takes to get memory and to give it back."""

import json

from harness import article, comparison, plots, stats, table
from harness.comparison import ARTICLE_SECONDS
from harness.errors import HarnessError
from harness.scenarios import s1

DESCRIPTION = "Reclamation work (no GC): purges, faults, lock waits and stalls of both styles under the same load"

COLUMNS = s1.COLUMNS
# What GET /debug/vars has since the start of the server.
COUNTERS = ["purge_calls", "purge_total_ns", "lock_waits"]
LONGEST = ["purge_longest_ns", "longest_stall_ns"]

defaults = comparison.defaults


def run(session):
    """Measures, prints and records; returns the table's text."""
    s1.check_same_bytes(session)
    session.say("counting allocations (a run of its own, because counting costs time)")
    counted = session.counted(COLUMNS)
    by_cell = comparison.time_in_rounds(session, COLUMNS)
    session.say("purges and stalls, as the admin port tells them (a run of its own each)")
    observed = {cell.key: observe(session, cell) for cell in COLUMNS}
    text = "\n\n".join([heading(session), work_table(by_cell, counted, observed), notes(session, by_cell)])
    session.records.finish({"seed": session.options.seed, "observed": observed}, text)
    draw(session, by_cell, counted)
    return text


def observe(session, cell):
    """What one run of `options.seconds` adds to the server's own readings; the longest times are since its reset."""
    with session.server(cell.router, f"observed-{cell.key}", *cell.flags, pool=cell.pool, admin_port="any") as server:
        session.observed(server, cell, session.options.warm_up, "warm")
        server.admin_reset()
        record = session.observed(server, cell, session.options.seconds, "observed")
        body = server.admin("/debug/vars")
        if body is None:
            raise HarnessError("the server has no /debug/vars: this needs one that tells purges and stalls")
        now = json.loads(body)
    seconds = record["duration_us"] / 1e6
    return {"seconds": seconds, **{key: now[key] for key in COUNTERS + LONGEST}}


def heading(session):
    return f"{comparison.heading(session, 'Reclamation work (no GC)')}\n{session.records.runs[0]['allocator']}"


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

    gin, beego = article.S1["gin"], article.S1["beego"]
    headers = [[""], *[[*cell.title.split(), cell.path] for cell in COLUMNS], ["article", "Gin"], ["article", "Beego"]]
    return table.render(headers, [
        median("requests/s", "requests_per_s", 0, gin=table.number(gin["requests_per_s"]),
               beego=table.number(beego["requests_per_s"])),
        count("allocations/request", "allocations_per_request", 2),
        count("bytes allocated/request", "allocated_bytes_per_request", 1),
        "giving memory back, in 60 s",
        rate("  purge passes", "purges"),
        rate("  madvise calls", "purge_madvises"),
        rate("  given back, MB", "purged_pages", 4096 / 1e6, 2),
        seen("  mean of a call, us (stops one thread)", mean_us, 1),
        seen("  longest call, us", lambda one: one["purge_longest_ns"] / 1e3, 1),
        seen("  share of the run, %", lambda one: one["purge_total_ns"] / 1e9 / one["seconds"] * 100, 4),
        "getting memory, and waiting",
        median("  minor faults/1000 requests", "minor_faults_per_request", 2, 1000),
        seen("  waits for the allocator's locks", lambda one: one["lock_waits"], 0),
        seen("  longest stall of the loop, ms", lambda one: one["longest_stall_ns"] / 1e6, 2),
        "garbage collection",
        row("  runs in 60 s", ["n/a"] * len(COLUMNS), table.number(gin["gc_runs"]), table.number(beego["gc_runs"])),
        row("  mean pause, ms", ["n/a"] * len(COLUMNS), table.number(gin["gc_pause_ms"], 2),
            table.number(beego["gc_pause_ms"], 2)),
        row("  runs x mean pause, % of the run", ["n/a"] * len(COLUMNS), pause_share(gin), pause_share(beego)),
    ])


def pause_share(figures):
    return table.number(figures["gc_runs"] * figures["gc_pause_ms"] / 1e3 / ARTICLE_SECONDS * 100, 2)


def notes(session, by_cell):
    return "\n".join([
        "There is no collector here and no row of ours is one: a purge gives unused pages back and stops the one thread that does "
        "it; the last row is\n  computed from the two before it. The originals' columns are the article's.",
        "The longest stall is the longest turn of a worker's loop, in which it may answer hundreds of requests; it counts what "
        "the kernel and other\n  processes take, too.", *comparison.remarks(session, by_cell)])


def draw(session, by_cell, counted):
    colours = {"gin": "#1f77b4", "beego": "#ff7f0e"}
    groups = [(cell.title, colours[cell.router]) for cell in COLUMNS]
    metrics = []
    for title, field in (("CPU-us/request", "cpu_us_per_request"), ("minor faults/request", "minor_faults_per_request")):
        values = [[record[field] for record in by_cell[cell.key]] for cell in COLUMNS]
        metrics.append((f"{title}: every run, median, 95 % interval", values, [stats.estimate(ys) for ys in values]))
    costs = [("bytes allocated/request", [counted[cell.key]["allocated_bytes_per_request"] for cell in COLUMNS]),
             ("madvise calls in 60 s", [comparison.per_second(by_cell[cell.key], "purge_madvises") * ARTICLE_SECONDS
                                        for cell in COLUMNS])]
    plots.runs_and_costs(session.records.folder / "gc.png", heading(session).partition("\n")[0], groups, metrics, costs)
