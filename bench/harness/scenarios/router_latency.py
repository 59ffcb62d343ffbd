"""router_latency (S6, the article's 3.1): the latency of each router style at a constant rate far below its maximum."""

from harness import article, comparison, correctness, duel_load, hdr, plots, presets, stats, styles, table
from harness.comparison import ARTICLE_SECONDS
from harness.conclusion import Report
from harness.session import NULL, Cell

DESCRIPTION = "How long does an answer take at 10,000 requests/s? P50, P99, P99.9 of every style and of a server without a router"

PLAN = duel_load.Plan(rate=10_000)
PATH = "/ping"
FLOOR = Cell("null", "no router", NULL, PATH, plan=PLAN)
STYLES = [Cell(router, style.name, router, PATH, plan=PLAN) for router, style in styles.ALL.items()]
ORIGINALS = tuple(style.router for style in styles.ORIGINALS.values())
GO_STYLES = [Cell(router, style.name, router, PATH, plan=PLAN) for router, style in styles.ORIGINALS.items()]
REFERENCE, GO_REFERENCE = STYLES[0], GO_STYLES[0]
AGAIN = Cell(f"{REFERENCE.key}_again", f"{REFERENCE.title} again", REFERENCE.router, PATH, plan=PLAN)
QUANTILES = {"P50": 0.5, "P99": 0.99, "P99.9": 0.999}
NEEDS = ("duel-load", "null_server")
PRESETS = presets.changed(presets.IN_ROUNDS, connections=64)
# If duel-load is late in all of these attempts, a column has no latency in this round. The others are still worth their time.
ATTEMPTS_IN_TIME = 4

# (label, field): ratios of each style to the first, and of each original to the first original
RATIOS = [("P50", "latency_p50_us"), ("P99", "latency_p99_us"), ("P99.9", "latency_p999_us"),
          ("CPU-us/request", "cpu_us_per_request"), ("peak RSS", "peak_rss_kib")]
BEYOND = [("P50, us", "latency_p50_us", 1), ("P99, us", "latency_p99_us", 1), ("CPU-us/request", "cpu_us_per_request", 2)]


def styles_of(options):
    return [*STYLES, *(GO_STYLES if options.originals else [])]


def columns(options):
    return [FLOOR, *styles_of(options)]


def measure(session):
    cells = columns(session.options)
    comparison.require_same_answers(session, cells)
    correctness.note(session)
    session.say("counting allocations (in separate runs, because counting costs time)")
    session.counted(cells)
    comparison.time_in_rounds(session, [*cells, AGAIN], may_be_late=ATTEMPTS_IN_TIME)


def report(found):
    counted, by_cell = found.counted, found.by_cell()
    histograms = {cell.key: duel_load.histograms(found.raw, comparison.in_time(by_cell[cell.key])) for cell in columns(found.options)}
    latencies = {key: {label: stats.merged_quantile(of_rounds, part) if of_rounds else None for label, part in QUANTILES.items()}
                 for key, of_rounds in histograms.items()}
    return Report(
        "Latency at a constant rate (S6)",
        [heading(found), cost_table(found.options, by_cell, counted, latencies), ratio_table(found.options, by_cell), notes(found, by_cell),
         *correctness.parts(found)],
        {"seed": found.options.seed, "latency_ns": {
            key: {label: value and vars(value) for label, value in of_cell.items()} for key, of_cell in latencies.items()}},
        lambda stem: draw(stem, found, histograms))


def heading(found):
    options = found.options
    load = f"duel-load --rate={PLAN.rate:.0f} --connections={options.connections} --duration={options.seconds}s"
    title = comparison.heading(found, f"Latency at a constant rate (S6), GET {PATH}", of_rounds="histograms of all rounds merged", load=load)
    return "\n".join([title, comparison.allocator_and_contexts(found), *comparison.originals_line(found)])


def cost_table(options, by_cell, counted, latencies):
    cells = columns(options)
    runs = [by_cell[cell.key] for cell in cells]
    printed = article.ROUTER_LATENCY.values()

    def row(label, cells, articles=("",) * len(printed)):
        return (label, *cells, *articles)

    def median_row(label, field, digits=0, scale=1.0):
        return row(label, [table.number(comparison.median(of_cell, field) * scale, digits) for of_cell in runs])

    def latency_row(label, field=None):
        found = [in_us(value) if (value := latencies[cell.key][label]) else comparison.VOID for cell in cells]
        return row(f"latency {label}, us", found, [table.number(one[field]) if field else "" for one in printed])

    def count_row(label, field, digits):
        return row(label, [table.number(counted[cell.key][field], digits) for cell in cells])

    def per_article_run(label, field):
        return row(label, comparison.rates_where_known(runs, field, seconds=ARTICLE_SECONDS))

    headers = [[""], *[[cell.title] for cell in cells], *[["article", one["name"]] for one in printed]]
    return table.Table(headers, [
        median_row("requests/s", "achieved_rate"),
        row("  the limit was", [comparison.limit_of(of_cell) for of_cell in runs]),
        latency_row("P50"),
        latency_row("P99", "latency_p99_us"),
        latency_row("P99.9"),
        row("lateness of duel-load, P99 of the worst run, us",
            [table.number(max(record["lateness_p99_us"] for record in of_cell), 1) for of_cell in runs]),
        median_row("CPU-us/request (user + system)", "cpu_us_per_request", 2),
        median_row("  of these in user mode", "user_us_per_request", 2),
        median_row("server's CPUs busy, %", "server_share", 0, 100),
        median_row("client's CPUs busy, without waiting, %", "client_share", 0, 100),
        median_row("peak RSS, MB", "peak_rss_kib", 1, 1024 / 1e6),
        count_row("allocations/request", "allocations_per_request", 2),
        count_row("bytes allocated/request", "allocated_bytes_per_request", 1),
        comparison.reclamation(options),
        per_article_run("  purge passes in 60 s", "purge_passes"),
        per_article_run("  madvise calls in 60 s", "purge_calls"),
        median_row("  minor faults/1000 requests", "minor_faults_per_request", 2, 1000),
        row("  GC runs/s", comparison.rates_where_known(runs, "gc_runs"), [table.number(one["gc_runs_per_s"], 1) for one in printed]),
        *([row("  mean GC pause, ms", comparison.mean_pauses(runs))] if options.originals else []),
        *[row(*one) for one in comparison.collector_rows(options, runs)],
    ])


def in_us(estimate_ns):
    return table.interval(stats.Estimate(*[value and value / 1e3 for value in (estimate_ns.median, estimate_ns.low, estimate_ns.high)],
                                         estimate_ns.count), 1)


def ratio_table(options, by_cell):
    """Ratios of each other style to the first, and the distance of every style to the server without a router."""
    def estimate(of, cell, base, field):
        pair = comparison.paired_values(by_cell[cell.key], by_cell[base.key], field)
        return of(*pair) if pair[0] else None

    def ratio(cell, field):
        return estimate(stats.paired_ratio, cell, GO_REFERENCE if cell in GO_STYLES else REFERENCE, field)

    def text(cell, field, noise):
        if cell in (REFERENCE, GO_REFERENCE):
            return ""
        value = ratio(cell, field)
        return ("~ " if value and (noise is None or stats.is_tie(value, noise)) else "") + text_of(value)

    def text_of(value, digits=2):
        return comparison.VOID if value is None else table.interval(value, digits)

    every, rows = styles_of(options), []
    for label, field in RATIOS:
        noise = ratio(AGAIN, field)
        rows.append((f"{label}, style / {REFERENCE.title}", *[text(cell, field, noise) for cell in every], text_of(noise)))
    for label, field, digits in BEYOND:
        cells = [text_of(estimate(stats.paired_difference, cell, FLOOR, field), digits) for cell in [*every, AGAIN]]
        rows.append((f"{label}, style - no router", *cells))
    headers = [["median of the rounds", "[95 % bootstrap interval]"], *[[cell.title] for cell in every],
               [f"A/A: {REFERENCE.title}", "against itself"]]
    return table.Table(headers, rows)


def notes(found, by_cell):
    first, again = by_cell[REFERENCE.key], by_cell[AGAIN.key]
    return table.notes([
        comparison.HOW_TO_READ_RATIOS.format(better=f"{REFERENCE.title} is better"),
        *([f"The ratios of the originals are those to {GO_REFERENCE.title}."] if found.options.originals else []),
        "A latency in the first table is that of all requests of all rounds (merged histograms); its interval is a 95 % bootstrap "
        "interval over the rounds.",
        f"At {PLAN.rate:,} requests/s no server is near its maximum, so most requests find an idle server. The highest latencies are pauses "
        "of the machine.",
        *about_the_article(),
        *comparison.late_remark([record for runs in by_cell.values() for record in runs]),
        *comparison.power_note(first, again, (("P99", "latency_p99_us"), ("CPU-us/request", "cpu_us_per_request"))),
        *comparison.remarks(found, by_cell)])


def about_the_article():
    without = [style.name for router, style in styles.ALL.items() if router not in article.ROUTER_LATENCY]
    found = ["The article's figures are those of Go programs on another machine."]
    return found + ([f"The article has no figure for {' and '.join(without)}."] if without else [])


def draw(stem, found, histograms):
    curves = [(cell.title, styles.SUBJECTS[cell.router].colour, hdr.merge(histograms[cell.key])) for cell in columns(found.options)
              if histograms[cell.key]]
    plots.latency_percentiles(
        stem, f"Latency at {PLAN.rate:,} requests/s: GET {PATH}", curves, [
            (f"article: P99 of {one['name']} (Go)", 0.99, one["latency_p99_us"]) for one in article.ROUTER_LATENCY.values()],
        f"All requests of {table.count(found.options.rounds, 'round')}, from the time at which each was due. "
        f"{found.environment['cpu_model']}, Linux {found.environment['kernel']}.")
