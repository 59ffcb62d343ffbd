"""The report of router_style: its sentences, tables and plots, from the records alone."""

from dataclasses import dataclass

from harness import article, comparison, correctness, duel_load, plots, slices, stats, styles, table
from harness.comparison import ARTICLE_SECONDS
from harness.conclusion import Report
from harness.scenarios.router_style_loads import (
    A_A, ALONE, BATCH, BEEGO_JSON, BEEGO_TEXT, COLUMNS, EXTRA_CONNECTIONS, GIN_AGAIN, GIN_JSON, GIN_TEXT, HIGH, LOW, MODES, ORIGINAL_OF, PAIRS,
    PIPELINE, QUOTA, QUOTA_PERCENT, RATE, RATE_SHARE, SLICES, SLICES_ALONE, SLICES_BATCH, SLICES_PER_START, columns, key_under, timed)


@dataclass(frozen=True)
class RatioTable:
    """A table of ratios. `sides` are the two of each pair, as the labels of the rows name them; pairs: (heading, cell, cell)."""

    sides: tuple
    pairs: list
    with_article: bool = True


OURS = RatioTable(("Gin", "Beego"), PAIRS)
OF_ORIGINALS = [
    RatioTable(("Gin", "Beego"), [(f"Go {name}", ORIGINAL_OF[gin], ORIGINAL_OF[beego]) for name, gin, beego in PAIRS]),
    RatioTable(("duel", "Go"), [(cell.title, cell, original) for cell, original in ORIGINAL_OF.items()], with_article=False)]


def tables_of(options):
    return [OURS, *(OF_ORIGINALS if options.originals else [])]


def all_pairs(options):
    """(sides, heading, cell, cell) of every column of the tables of ratios, for the records."""
    return [(one.sides, *pair) for one in tables_of(options) for pair in one.pairs] + [(OURS.sides, *A_A)]


@dataclass(frozen=True)
class Ratio:
    """A row of a table of ratios. It is above 1 where the first side is better."""

    what: str
    mode: str
    field: str
    more_is_better: bool = False
    article_field: str | None = None

    def label(self, first, second):
        return f"{self.what}, " + (f"{first} / {second}" if self.more_is_better else f"{second} / {first}")

    def of(self, first, second):
        """The estimate, from the rounds in which both runs are results; None without such a round."""
        a, b = comparison.paired_values(first, second, self.field)
        if not a:
            return None
        return stats.paired_ratio(a, b) if self.more_is_better else stats.paired_ratio(b, a)


def ratios_of(high_rate):
    return [Ratio("requests/s alone", ALONE, "requests_per_s", True, "requests_per_s"),
            Ratio(f"requests/s in batches of {PIPELINE}", BATCH, "requests_per_s", True),
            Ratio(f"requests/s with {QUOTA_PERCENT} % of a CPU", QUOTA, "requests_per_s", True),
            Ratio("CPU-us/request alone", ALONE, "cpu_us_per_request"),
            Ratio(f"CPU-us/request in batches of {PIPELINE}", BATCH, "cpu_us_per_request"),
            Ratio("CPU-us/request alone, in slices", SLICES_ALONE.key, "cpu_us_per_request"),
            Ratio(f"CPU-us/request in batches of {PIPELINE}, in slices", SLICES_BATCH.key, "cpu_us_per_request"),
            Ratio("P99 alone", ALONE, "latency_p99_us"),
            Ratio(f"P99 at {RATE:,} requests/s", LOW, "latency_p99_us"),
            Ratio(f"P99 at {high_rate:,} requests/s", HIGH, "latency_p99_us"),
            Ratio("peak RSS", ALONE, "peak_rss_kib", False, "peak_rss_mb")]


def report(found):
    counted, rate = found.counted, found.facts["high_rate"]
    by_mode = runs_by_mode(found)
    rows = [ratio for ratio in ratios_of(rate) if ratio.mode in by_mode]
    ratios = {name: {ratio.label(*sides): ratio.of(by_mode[ratio.mode][first.key], by_mode[ratio.mode][second.key])
                     for ratio in rows if has_all(by_mode[ratio.mode], (first, second))}
              for sides, name, first, second in all_pairs(found.options)}
    costs = {heading: extra_cost(by_mode, counted, gin, beego) for heading, gin, beego in PAIRS[:2]}
    headlines = [*(headline(gin, costs[name]) for name, gin, _ in PAIRS[:2]), *original_headlines(found, by_mode)]
    return Report(
        "Router style (S1)",
        [heading(found), table.notes(headlines), cost_table(found, by_mode, counted, rate),
         *(ratio_table(one, rows, by_mode) for one in tables_of(found.options)), notes(found, by_mode),
         *correctness.parts(found)],
        {"seed": found.options.seed, "high_rate": rate,
         "extra_cost": {name: {**cost, "cpu_us": vars(cost["cpu_us"])} for name, cost in costs.items()},
         "ratios": {name: {label: value and vars(value) for label, value in values.items()} for name, values in ratios.items()}},
        lambda stem: draw(stem, found, by_mode, counted))


def runs_by_mode(found):
    """{mode key: {cell key: [record per round]}}, without the loads that were not measured. The slices are modes too, which need not have all
    cells."""
    by_cell, in_slices = found.by_cell(), found.by_cell(slices.PURPOSE)
    modes = {mode: {cell.key: by_cell[key_under(mode, cell)] for cell in timed(found.options)} for mode in MODES
             if key_under(mode, GIN_TEXT) in by_cell}
    return modes | {kind.key: {cell.key: in_slices[slices.key_of(kind, cell)] for cell in timed(found.options)
                               if slices.key_of(kind, cell) in in_slices} for kind in SLICES if in_slices}


def has_all(by_cell, cells):
    return all(cell.key in by_cell for cell in cells)


def most_exact(by_mode, cells):
    """The modes from which CPU time of requests that come alone, and in batches, is taken: slices, if they have these cells."""
    if SLICES_ALONE.key in by_mode and has_all(by_mode[SLICES_ALONE.key], cells):
        return SLICES_ALONE.key, SLICES_BATCH.key
    return ALONE, BATCH


def heading(found):
    options = found.options
    load = f"wrk -t{options.wrk_threads} -c{options.connections} -d{options.seconds}s and duel-load"
    lines = [comparison.heading(found, "Router style (S1)", load=load), comparison.allocator_and_contexts(found)]
    return "\n".join(lines + comparison.originals_line(found))


def extra_cost(by_mode, counted, gin, beego):
    """What the Beego style costs more than the Gin style. The CPU time is that in batches, where the server is the limit."""
    def cpu(mode, cell):
        return [record["cpu_us_per_request"] for record in by_mode[mode][cell.key]]

    alone, batch = most_exact(by_mode, (gin, beego))
    more = stats.paired_difference(cpu(batch, beego), cpu(batch, gin))
    allocations = [counted[cell.key]["allocations_per_request"] for cell in (beego, gin)]
    return {"cpu_us": more, "of_alone": more.median / stats.estimate(cpu(alone, gin)).median,
            "of_batch": more.median / stats.estimate(cpu(batch, gin)).median,
            "allocations": None if None in allocations else allocations[0] - allocations[1]}


def headline(cell, cost):
    kind = cell.title.partition(" ")[2]
    allocations = "" if cost["allocations"] is None else f" and {cost['allocations']:,.0f} allocations"
    if not cost["cpu_us"].known or cost["cpu_us"].low <= 0:
        return f"{kind}: these runs cannot tell how much more CPU time the Beego style costs per request."
    return (f"{kind}: on this machine the Beego style costs {table.interval(cost['cpu_us'])} us{allocations} more per request: "
            f"{cost['of_alone']:.0%} of a request that comes alone, {cost['of_batch']:.0%} of one that comes in a batch of {PIPELINE}.")


def original_headlines(found, by_mode):
    if not found.options.originals:
        return []

    def ratio(mode, cell, original):
        return stats.paired_ratio([record["cpu_us_per_request"] for record in by_mode[mode][original.key]],
                                  [record["cpu_us_per_request"] for record in by_mode[mode][cell.key]])

    alone, batch = most_exact(by_mode, ORIGINAL_OF.values())
    return [f"{cell.title}: the original in Go needs {table.interval(ratio(alone, cell, original), 1)} times the CPU time of this server for a "
            f"request that comes alone, {table.interval(ratio(batch, cell, original), 1)} times in a batch of {PIPELINE}."
            for cell, original in ORIGINAL_OF.items()]


def cost_table(found, by_mode, counted, rate):
    cells = columns(found.options)

    def runs(mode, cell):
        return by_mode[mode][cell.key]

    def row(label, texts, article_field=None, article_digits=0):
        return (label, *texts, *article_cells(article_field, article_digits))

    def article_cells(field, digits):
        return [table.number(article.ROUTER_STYLE[router][field], digits) if field else "" for router in ("gin", "beego")]

    def medians(mode, field, digits=0, scale=1.0):
        return [comparison.cell_text(table.number(comparison.median(runs(mode, cell), field) * scale, digits), field, runs(mode, cell))
                for cell in cells]

    def in_slices(kind):
        if kind.key not in by_mode:
            return []
        texts = [table.number(comparison.median(by_mode[kind.key][cell.key], "cpu_us_per_request"), 2) if cell.key in by_mode[kind.key] else ""
                 for cell in cells]
        return [row(f"  CPU-us/request in slices, {slices.CONNECTIONS} connections", texts)]

    def limits(mode):
        return row("  the limit was", [comparison.limit_of(runs(mode, cell)) for cell in cells])

    def counts(field, digits):
        return [table.number(counted[cell.key][field], digits) for cell in cells]

    come_alone = [runs(ALONE, cell) for cell in cells]

    def per_article_run(field):
        return comparison.rates_where_known(come_alone, field, seconds=ARTICLE_SECONDS)

    def latencies(mode, part):
        return [latency_text(found, runs(mode, cell), part) for cell in cells]

    headers = [[""], *[[*cell.title.split(), cell.path] for cell in cells], ["article", "Gin"], ["article", "Beego"]]
    alone = [
        f"requests come alone: wrk -c{found.options.connections}",
        row("  requests/s", medians(ALONE, "requests_per_s"), "requests_per_s"),
        limits(ALONE),
        row("  latency P50, ms", medians(ALONE, "latency_p50_us", 2, 1e-3)),
        row("  latency P99, ms", medians(ALONE, "latency_p99_us", 2, 1e-3)),
        row("  CPU-us/request (user + system)", medians(ALONE, "cpu_us_per_request", 2)),
        row("    of these in user mode", medians(ALONE, "user_us_per_request", 2)),
        *in_slices(SLICES_ALONE),
        row("  server's CPUs busy, %", medians(ALONE, "server_share", 0, 100)),
        row("  client's CPUs busy, %", medians(ALONE, "client_share", 0, 100)),
    ]
    batches = [
        f"requests come in batches: {PIPELINE} on each of {EXTRA_CONNECTIONS} connections",
        row("  requests/s", medians(BATCH, "requests_per_s")),
        limits(BATCH),
        row("  CPU-us/request", medians(BATCH, "cpu_us_per_request", 2)),
        row("    of these in user mode", medians(BATCH, "user_us_per_request", 2)),
        *in_slices(SLICES_BATCH),
    ]
    quota = [
        f"the server has {QUOTA_PERCENT} % of a CPU: {EXTRA_CONNECTIONS} connections",
        row("  requests/s", medians(QUOTA, "requests_per_s")),
        limits(QUOTA),
        row("  stopped by the quota, % of the time", medians(QUOTA, "throttled_share", 0, 100)),
    ] if QUOTA in by_mode else []
    rates = [line for mode, at in ((LOW, RATE), (HIGH, rate)) for line in (
        f"requests come at a fixed rate: {at:,} requests/s over {EXTRA_CONNECTIONS} connections",
        row("  latency P50, us", latencies(mode, 0.5)),
        row("  latency P99, us", latencies(mode, 0.99)),
        row("  server's CPUs busy, %", medians(mode, "server_share", 0, 100)))]
    costs = [
        "memory and allocations",
        row("  peak RSS, MB", medians(ALONE, "peak_rss_kib", 1, 1024 / 1e6), "peak_rss_mb", 1),
        row("    anonymous at the end, MB", medians(ALONE, "anonymous_kib", 1, 1024 / 1e6)),
        row("  allocations/request", counts("allocations_per_request", 2)),
        row("  bytes allocated/request", counts("allocated_bytes_per_request", 1)),
        f"requests come alone: {comparison.reclamation(found.options)}",
        row("  purge passes in 60 s", per_article_run("purge_passes")),
        row("  madvise calls in 60 s", per_article_run("purge_calls")),
        row("  minor faults/1000 requests", medians(ALONE, "minor_faults_per_request", 2, 1000)),
        row("  GC runs in 60 s", per_article_run("gc_runs"), "gc_runs"),
        row("  mean GC pause, ms", comparison.mean_pauses(come_alone), "gc_pause_ms", 2),
        *[row(*one) for one in comparison.collector_rows(found.options, come_alone)],
    ]
    return table.Table(headers, [*alone, *batches, *quota, *rates, *costs])


def latency_text(found, runs, part):
    """The quantile of all requests of the runs in which duel-load was in time."""
    in_time = comparison.in_time(runs)
    if not in_time:
        return comparison.VOID
    return table.number(stats.merged_quantile(duel_load.histograms(found.raw, in_time), part).median / 1e3, 0)


def ratio_table(one, rows, by_mode):
    def text(ratio, first, second, noise):
        runs = [by_mode[ratio.mode][cell.key] for cell in (first, second)]
        value = ratio.of(*runs)
        if value is None:
            return comparison.VOID
        tie = "~ " if (first, second) != A_A[1:] and (noise is None or stats.is_tie(value, noise)) else ""
        return comparison.ratio_text(tie + table.interval(value), ratio.field, *runs)

    def line(ratio):
        noise = ratio.of(*(by_mode[ratio.mode][cell.key] for cell in A_A[1:]))
        return (ratio.label(*one.sides), *[text(ratio, first, second, noise) for _, first, second in [*one.pairs, A_A]],
                *([article_ratio(ratio)] if one.with_article else []))

    headers = [["median ratio of the rounds", "[95 % bootstrap interval]"], *[[name] for name, _, _ in one.pairs],
               ["A/A: Gin text", "against itself"], *([["article"]] if one.with_article else [])]
    cells = [cell for _, first, second in [*one.pairs, A_A] for cell in (first, second)]
    return table.Table(headers, [line(ratio) for ratio in rows if has_all(by_mode[ratio.mode], cells)])


def article_ratio(ratio):
    if ratio.article_field is None:
        return ""
    gin, beego = article.ROUTER_STYLE["gin"][ratio.article_field], article.ROUTER_STYLE["beego"][ratio.article_field]
    return table.number(gin / beego if ratio.more_is_better else beego / gin, 2)


def notes(found, by_mode):
    flat = {key if mode == ALONE else f"{key}, {mode}": runs for mode, by_cell in by_mode.items() if mode in MODES for key, runs in by_cell.items()}
    alone = by_mode[ALONE]
    return table.notes([
        comparison.HOW_TO_READ_RATIOS.format(better="Gin is better" + (", or duel better than Go" if found.options.originals else "")),
        "The article compares Gin's text with Beego's JSON. The columns text/text and JSON/JSON compare like with like.",
        *([f"In slices: all servers are alive, and each runs for {slices.SLICE_S * 1000:.0f} ms at a time, {len(by_mode[SLICES_ALONE.key][GIN_TEXT.key])} "
           f"times, so that what is compared is a second apart. They are started anew after {SLICES_PER_START} times (bench/harness/slices.py)."] if SLICES_ALONE.key in by_mode else []),
        f"The CPU time in the first sentences is the difference in batches. The higher fixed rate is {RATE_SHARE:.0%} of the smallest "
        "requests/s alone of the first round.",
        *([f"No rows with a quota: {found.facts['no_quota']}."] if found.facts["no_quota"] else []),
        *comparison.late_remark([record for runs in flat.values() for record in runs]),
        *comparison.power_note(alone[GIN_TEXT.key], alone[GIN_AGAIN.key]), *comparison.remarks(found, flat)])


def draw(stem, found, by_mode, counted):
    """Two plots: the picture of the README, and one with every run of every column."""
    def values(mode, cell, field, unit=1):
        return [record[field] / unit for record in by_mode[mode][cell.key]]

    def timed(mode, cell, field, unit=1):
        estimate = stats.estimate(values(mode, cell, field, unit))
        return estimate, estimate.median, values(mode, cell, field, unit)

    pairs = {"text": (GIN_TEXT, BEEGO_TEXT), "JSON": (GIN_JSON, BEEGO_JSON)}
    facts, options = found.environment, found.options
    plots.styles(
        stem, "What a router style costs: the same HTTP core, the same bytes answered",
        f"Bar: median of {table.count(options.rounds, 'round')}. Dot: one run. Black line: 95 % bootstrap interval. Batch: {PIPELINE} requests on "
        f"each of {EXTRA_CONNECTIONS} connections. Alone: wrk -t{options.wrk_threads} -c{options.connections}. "
        f"{facts['cpu_model']}, Linux {facts['kernel']}.",
        [("Requests per second in batches (higher is better)", "1,000 requests per second", 0, {
            kind: {cell.router: timed(BATCH, cell, "requests_per_s", 1000) for cell in cells} for kind, cells in pairs.items()}),
         ("CPU time of the server per request (lower is better)", "microseconds per request", 2, {
             f"{kind},\n{mode}": {cell.router: timed(mode, cell, "cpu_us_per_request") for cell in cells}
             for mode in (BATCH, ALONE) for kind, cells in pairs.items()}),
         ("Memory allocations per request (exact count)", "allocations per request", 0, {
             kind: {cell.router: (None, counted[cell.key]["allocations_per_request"], []) for cell in cells}
             for kind, cells in pairs.items()})])

    cells = columns(found.options)
    groups = [(cell.title if cells == COLUMNS else cell.title.replace(" ", "\n"), styles.SUBJECTS[cell.router].colour) for cell in cells]
    metrics = []
    for title, mode, field in (("requests/s in batches", BATCH, "requests_per_s"), ("CPU-us/request alone", ALONE, "cpu_us_per_request")):
        runs = [values(mode, cell, field) for cell in cells]
        metrics.append((f"{title}: every run, median, 95 % interval", runs, [stats.estimate(ys) for ys in runs]))
    costs = [(title, [counted[cell.key][field] for cell in cells]) for title, field in (
        ("allocations/request", "allocations_per_request"), ("bytes allocated/request", "allocated_bytes_per_request"))]
    plots.runs_and_costs(stem.with_name(f"{stem.name}_runs"), heading(found).partition("\n")[0], groups,
                         metrics, costs)
