"""router_style (S1, the article's chapter 1): a short answer in the Gin style and in the Beego style, under five kinds of load.

The article asks how many requests/s each style answers when requests come alone, and there the client is the limit. Four more loads make
the server decide: batches, a CPU quota, and two fixed rates for the latency.
"""

import contextlib
from dataclasses import dataclass, replace

from harness import article, cgroup, comparison, duel_load, limit_rule, order, plots, stats, styles, table
from harness.comparison import ARTICLE_SECONDS
from harness.errors import HarnessError
from harness.session import NULL, Cell

DESCRIPTION = "What does a router style cost? Requests/s, latency, CPU time, memory and allocations of both styles"
NEEDS_DUEL_LOAD = True
NEEDS_WRK = True

EXTRA_CONNECTIONS = 64  # of the loads that the article does not have
PIPELINE = 16
QUOTA_PERCENT = 40  # of one CPU: the client is far from its own limit
RATE = 10_000
RATE_SHARE = 0.6  # of the smaller ceiling
RATE_STEP = 1_000  # the rate is rounded down
EXTRA_SECONDS_MAX = 5  # these loads need no article's minute


@dataclass(frozen=True)
class Mode:
    """A kind of load."""

    key: str
    plan: duel_load.Plan | None  # None: the article's load
    limits: cgroup.Limits | None = None

    @property
    def seeks_maximum(self):
        return self.limits is None and not (self.plan and self.plan.open_loop)

    def cell(self, cell, session):
        """The cell under this load."""
        if self.plan is None:
            return cell
        return replace(cell, key=f"{cell.key}_{self.key}", title=f"{cell.title}, {self.key}", plan=self.plan, limits=self.limits,
                       seconds=min(session.options.seconds, EXTRA_SECONDS_MAX))


ALONE, BATCH, QUOTA, LOW, HIGH = "alone", "batch", "quota", "low", "high"
AS_IN_THE_ARTICLE = Mode(ALONE, None)
BATCHES = Mode(BATCH, duel_load.Plan(connections=EXTRA_CONNECTIONS, pipeline=PIPELINE))
WITH_QUOTA = Mode(QUOTA, duel_load.Plan(connections=EXTRA_CONNECTIONS), cgroup.Limits(cpu_percent=QUOTA_PERCENT))
AT_LOW_RATE = Mode(LOW, duel_load.Plan(rate=RATE, connections=EXTRA_CONNECTIONS))


def at_high_rate(rate):
    return Mode(HIGH, duel_load.Plan(rate=rate, connections=EXTRA_CONNECTIONS))


GIN_TEXT = Cell("gin_text", "Gin text", "gin", "/ping")
GIN_AGAIN = Cell("gin_text_again", "Gin text again", "gin", "/ping")
GIN_JSON = Cell("gin_json", "Gin JSON", "gin", "/json")
BEEGO_TEXT = Cell("beego_text", "Beego text", "beego", "/ping")
BEEGO_JSON = Cell("beego_json", "Beego JSON", "beego", "/json")
COLUMNS = [GIN_TEXT, BEEGO_TEXT, GIN_JSON, BEEGO_JSON]
TIMED = [*COLUMNS, GIN_AGAIN]
NULL_CELL = Cell("ceiling", "null server", NULL, GIN_TEXT.path)
PORTS = len(TIMED) + 1  # the servers of a round run at the same time

# (heading, Gin's cell, Beego's cell)
PAIRS = [("text/text", GIN_TEXT, BEEGO_TEXT), ("JSON/JSON", GIN_JSON, BEEGO_JSON),
         ("Gin text/Beego JSON", GIN_TEXT, BEEGO_JSON)]
A_A = ("A/A", GIN_TEXT, GIN_AGAIN)


@dataclass(frozen=True)
class Ratio:
    """A row of the second table. It is above 1 where Gin is better."""

    label: str
    mode: str
    field: str
    more_is_better: bool = False
    article_field: str | None = None

    def of(self, gin, beego):
        """The estimate, from the rounds in which both runs are results; None without such a round."""
        pairs = [(a[self.field], b[self.field]) for a, b in zip(gin, beego) if is_result(a) and is_result(b)]
        if not pairs:
            return None
        a, b = zip(*pairs)
        return stats.paired_ratio(a, b) if self.more_is_better else stats.paired_ratio(b, a)


def ratios_of(high_rate):
    return [Ratio("requests/s alone, Gin / Beego", ALONE, "requests_per_s", True, "requests_per_s"),
            Ratio(f"requests/s in batches of {PIPELINE}, Gin / Beego", BATCH, "requests_per_s", True),
            Ratio(f"requests/s with {QUOTA_PERCENT} % of a CPU, Gin / Beego", QUOTA, "requests_per_s", True),
            Ratio("CPU-us/request alone, Beego / Gin", ALONE, "cpu_us_per_request"),
            Ratio(f"CPU-us/request in batches of {PIPELINE}, Beego / Gin", BATCH, "cpu_us_per_request"),
            Ratio("P99 alone, Beego / Gin", ALONE, "latency_p99_us"),
            Ratio(f"P99 at {RATE:,} requests/s, Beego / Gin", LOW, "latency_p99_us"),
            Ratio(f"P99 at {high_rate:,} requests/s, Beego / Gin", HIGH, "latency_p99_us"),
            Ratio("peak RSS, Beego / Gin", ALONE, "peak_rss_kib", False, "peak_rss_mb")]


def is_result(record):
    return not record.get("late")


def defaults(full):
    return {**comparison.defaults(full), **({} if full else {"rounds": 3, "seconds": 1})}


def run(session):
    """Measures, prints and records; returns the table's text."""
    check_same_bytes(session)
    session.say("counting allocations (in separate runs, because counting costs time)")
    counted = session.counted(COLUMNS)
    no_quota = why_no_quota()
    by_mode, rate = time_in_rounds(session, has_quota=not no_quota)

    rows = [ratio for ratio in ratios_of(rate) if ratio.mode in by_mode]
    ratios = {name: {ratio.label: ratio.of(by_mode[ratio.mode][gin.key], by_mode[ratio.mode][beego.key]) for ratio in rows}
              for name, gin, beego in [*PAIRS, A_A]}
    costs = {heading: extra_cost(by_mode, counted, gin, beego) for heading, gin, beego in PAIRS[:2]}
    text = "\n\n".join([
        heading(session), table.notes(headline(gin, costs[name]) for name, gin, _ in PAIRS[:2]),
        cost_table(session, by_mode, counted, rate),
        ratio_table(rows, ratios, by_mode), notes(session, by_mode, no_quota)])
    session.records.finish({"seed": session.options.seed, "high_rate": rate, "extra_cost": {
        name: {**cost, "cpu_us": vars(cost["cpu_us"])} for name, cost in costs.items()}, "ratios": {
            name: {label: value and vars(value) for label, value in values.items()} for name, values in ratios.items()}}, text)
    draw(session, by_mode, counted)
    return text


def check_same_bytes(session):
    """Raises HarnessError unless both styles give the same bytes. A shorter answer would look like a faster router."""
    paths = [GIN_TEXT.path, GIN_JSON.path]
    gin, beego = session.answers("gin", paths), session.answers("beego", paths)
    for path in paths:
        if not gin[path].startswith(b"HTTP/1.1 200 "):
            raise HarnessError(f"GET {path} is not answered with 200: {gin[path]!r}")
        if gin[path] != beego[path]:
            raise HarnessError(f"the two styles do not answer GET {path} with the same bytes: gin {gin[path]!r}, "
                               f"beego {beego[path]!r}")
    session.say(f"GET {' and '.join(paths)}: both styles answer with the same bytes")


# --- measuring

def why_no_quota():
    """The reason why no server can have a quota here; "" if it can."""
    try:
        cgroup.require(WITH_QUOTA.limits)
    except HarnessError as error:
        return str(error)
    return ""


def time_in_rounds(session, has_quota):
    """Each round starts a server for each cell, and the null server. A load goes to one server after the other, so that runs which are
    compared are only seconds apart. A quota needs servers of its own. Returns ({mode key: {cell key: [record per round]}}, high rate)."""
    options = session.options
    orders = {mode: order.rounds(TIMED, options.rounds, options.seed + place) for place, mode in enumerate((ALONE, BATCH, LOW, HIGH, QUOTA))}
    by_mode = {mode: {cell.key: [] for cell in TIMED} for mode in orders if mode != QUOTA or has_quota}

    def run_all(mode, servers):
        records = by_mode[mode.key]
        number = len(records[TIMED[0].key]) + 1
        ceiling = ceiling_of(session, servers, mode, number)
        for cell in orders[mode.key][number - 1]:
            record = session.on_running(servers[cell.key], mode.cell(cell, session), number, ceiling, may_be_late=mode.plan is not None)
            records[cell.key].append(record)
            session.say(f"  round {number}/{options.rounds} {mode.key:6}{cell.title:15}{comparison.progress(record)}")

    session.say(f"timing {len(TIMED)} servers under {len(by_mode)} loads in {table.count(options.rounds, 'round')} (seed {options.seed})")
    rate = None
    for number in range(1, options.rounds + 1):
        with contextlib.ExitStack() as stack:
            servers = start(session, stack, [*TIMED, NULL_CELL] if options.null_server.is_file() else TIMED, number)
            run_all(AS_IN_THE_ARTICLE, servers)
            rate = rate or high_rate(session, by_mode[ALONE])
            for mode in (BATCHES, AT_LOW_RATE, at_high_rate(rate)):
                run_all(mode, servers)
        if has_quota:
            with contextlib.ExitStack() as stack:
                run_all(WITH_QUOTA, start(session, stack, TIMED, f"{number}-{QUOTA}", WITH_QUOTA.limits))
    return by_mode, rate


def start(session, stack, cells, name, limits=None):
    """{cell key: a server that runs until the end of `stack` and is warm}."""
    servers = {}
    for place, cell in enumerate(cells):
        servers[cell.key] = stack.enter_context(
            session.server(cell.router, f"{name}-{cell.key}", port=session.options.port + place, limits=limits))
        session.warm_up(servers[cell.key], cell, name)
    return servers


def ceiling_of(session, servers, mode, number):
    """The limit_rule.Ceiling of this load, from the null server; None if the null server does not run, or if the load is no attempt at a
    maximum."""
    if NULL_CELL.key not in servers or not mode.seeks_maximum:
        return None
    record = session.on_running(servers[NULL_CELL.key], mode.cell(NULL_CELL, session), number, purpose="ceiling")
    return limit_rule.Ceiling.of(record)


def high_rate(session, alone):
    """RATE_SHARE of the smallest requests/s of a style in the first round."""
    ceiling = min(alone[cell.key][0]["requests_per_s"] for cell in COLUMNS)
    rate = max(RATE_STEP, int(RATE_SHARE * ceiling) // RATE_STEP * RATE_STEP)
    session.say(f"  the higher of the two fixed rates: {rate:,} requests/s, {RATE_SHARE:.0%} of {ceiling:,.0f}")
    return rate


# --- the report

def heading(session):
    options = session.options
    load = f"wrk -t{options.wrk_threads} -c{options.connections} -d{options.seconds}s and duel-load"
    return f"{comparison.heading(session, 'Router style (S1)', load=load)}\n{comparison.allocator_and_contexts(session)}"


def extra_cost(by_mode, counted, gin, beego):
    """What the Beego style costs more than the Gin style. The CPU time is that in batches, where the server is the limit."""
    def cpu(mode, cell):
        return [record["cpu_us_per_request"] for record in by_mode[mode][cell.key]]

    more = stats.paired_difference(cpu(BATCH, beego), cpu(BATCH, gin))
    allocations = [counted[cell.key]["allocations_per_request"] for cell in (beego, gin)]
    return {"cpu_us": more, "of_alone": more.median / stats.estimate(cpu(ALONE, gin)).median,
            "of_batch": more.median / stats.estimate(cpu(BATCH, gin)).median,
            "allocations": None if None in allocations else allocations[0] - allocations[1]}


def headline(cell, cost):
    kind = cell.title.partition(" ")[2]
    allocations = "" if cost["allocations"] is None else f" and {cost['allocations']:,.0f} allocations"
    if not cost["cpu_us"].known or cost["cpu_us"].low <= 0:
        return f"{kind}: these runs cannot tell how much more CPU time the Beego style costs per request."
    return (f"{kind}: on this machine the Beego style costs {table.interval(cost['cpu_us'])} us{allocations} more per request: "
            f"{cost['of_alone']:.0%} of a request that comes alone, {cost['of_batch']:.0%} of one that comes in a batch of {PIPELINE}.")


def cost_table(session, by_mode, counted, rate):
    def runs(mode, cell):
        return by_mode[mode][cell.key]

    def row(label, cells, article_field=None, article_digits=0):
        return (label, *cells, *article_cells(article_field, article_digits))

    def article_cells(field, digits):
        return [table.number(article.ROUTER_STYLE[router][field], digits) if field else "" for router in ("gin", "beego")]

    def medians(mode, field, digits=0, scale=1.0):
        return [comparison.cell_text(table.number(comparison.median(runs(mode, cell), field) * scale, digits), field, runs(mode, cell))
                for cell in COLUMNS]

    def limits(mode):
        return row("  the limit was", [comparison.limit_of(runs(mode, cell)) for cell in COLUMNS])

    def counts(field, digits):
        return [table.number(counted[cell.key][field], digits) for cell in COLUMNS]

    def per_article_run(field):
        return [table.number(comparison.per_second(runs(ALONE, cell), field) * ARTICLE_SECONDS, 1) for cell in COLUMNS]

    def latencies(mode, part):
        return [latency_text(session, runs(mode, cell), part) for cell in COLUMNS]

    nothing = ["n/a"] * len(COLUMNS)
    headers = [[""], *[[*cell.title.split(), cell.path] for cell in COLUMNS], ["article", "Gin"], ["article", "Beego"]]
    alone = [
        f"requests come alone: wrk -c{session.options.connections}",
        row("  requests/s", medians(ALONE, "requests_per_s"), "requests_per_s"),
        limits(ALONE),
        row("  latency P50, ms", medians(ALONE, "latency_p50_us", 2, 1e-3)),
        row("  latency P99, ms", medians(ALONE, "latency_p99_us", 2, 1e-3)),
        row("  CPU-us/request (user + system)", medians(ALONE, "cpu_us_per_request", 2)),
        row("    of these in user mode", medians(ALONE, "user_us_per_request", 2)),
        row("  server's CPUs busy, %", medians(ALONE, "server_share", 0, 100)),
        row("  client's CPUs busy, %", medians(ALONE, "client_share", 0, 100)),
    ]
    batches = [
        f"requests come in batches: {PIPELINE} on each of {EXTRA_CONNECTIONS} connections",
        row("  requests/s", medians(BATCH, "requests_per_s")),
        limits(BATCH),
        row("  CPU-us/request", medians(BATCH, "cpu_us_per_request", 2)),
        row("    of these in user mode", medians(BATCH, "user_us_per_request", 2)),
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
        "reclamation work while requests come alone (no garbage collector here)",
        row("  purge passes in 60 s", per_article_run("purge_passes")),
        row("  madvise calls in 60 s", per_article_run("purge_calls")),
        row("  minor faults/1000 requests", medians(ALONE, "minor_faults_per_request", 2, 1000)),
        row("  GC runs in 60 s", nothing, "gc_runs"),
        row("  mean GC pause, ms", nothing, "gc_pause_ms", 2),
    ]
    return table.render(headers, [*alone, *batches, *quota, *rates, *costs])


def latency_text(session, runs, part):
    """The quantile of all requests of the runs in which duel-load was in time."""
    in_time = [record for record in runs if is_result(record)]
    if not in_time:
        return comparison.VOID
    return table.number(stats.merged_quantile(duel_load.histograms(session.records.raw, in_time), part).median / 1e3, 0)


def ratio_table(rows, ratios, by_mode):
    def text(ratio, name, gin, beego):
        value, noise = ratios[name][ratio.label], ratios["A/A"][ratio.label]
        if value is None:
            return comparison.VOID
        tie = "~ " if name != "A/A" and (noise is None or stats.is_tie(value, noise)) else ""
        return comparison.ratio_text(tie + table.interval(value), ratio.field, by_mode[ratio.mode][gin.key], by_mode[ratio.mode][beego.key])

    lines = [(ratio.label, *[text(ratio, *pair) for pair in [*PAIRS, A_A]], article_ratio(ratio)) for ratio in rows]
    headers = [["median ratio of the rounds", "[95 % bootstrap interval]"], *[[name] for name, _, _ in PAIRS],
               ["A/A: Gin text", "against itself"], ["article"]]
    return table.render(headers, lines)


def article_ratio(ratio):
    if ratio.article_field is None:
        return ""
    gin, beego = article.ROUTER_STYLE["gin"][ratio.article_field], article.ROUTER_STYLE["beego"][ratio.article_field]
    return table.number(gin / beego if ratio.more_is_better else beego / gin, 2)


def notes(session, by_mode, no_quota):
    flat = {key if mode == ALONE else f"{key}, {mode}": runs for mode, by_cell in by_mode.items() for key, runs in by_cell.items()}
    late = sum(not is_result(record) for runs in flat.values() for record in runs)
    alone = by_mode[ALONE]
    return table.notes([
        comparison.HOW_TO_READ_RATIOS.format(better="Gin is better"),
        "The article compares Gin's text with Beego's JSON. The columns text/text and JSON/JSON compare like with like.",
        f"The CPU time in the first sentences is the difference in batches. The higher fixed rate is {RATE_SHARE:.0%} of the smallest "
        "requests/s alone of the first round.",
        *([f"No rows with a quota: {no_quota}."] if no_quota else []),
        *([f"In {table.count(late, 'run')} duel-load was late in spite of repetitions; the latencies do not contain them."] if late else []),
        *comparison.power_note(alone[GIN_TEXT.key], alone[GIN_AGAIN.key]), *comparison.remarks(session, flat)])


def draw(session, by_mode, counted):
    """Two plots: the picture of the README, and one with every run of every column."""
    def values(mode, cell, field, unit=1):
        return [record[field] / unit for record in by_mode[mode][cell.key]]

    def timed(mode, cell, field, unit=1):
        estimate = stats.estimate(values(mode, cell, field, unit))
        return estimate, estimate.median, values(mode, cell, field, unit)

    pairs = {"text": (GIN_TEXT, BEEGO_TEXT), "JSON": (GIN_JSON, BEEGO_JSON)}
    facts, options = session.environment, session.options
    plots.styles(
        session.plot, "What a router style costs: the same HTTP core, the same bytes answered",
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

    groups = [(cell.title, styles.COLOURS[cell.router]) for cell in COLUMNS]
    metrics = []
    for title, mode, field in (("requests/s in batches", BATCH, "requests_per_s"), ("CPU-us/request alone", ALONE, "cpu_us_per_request")):
        runs = [values(mode, cell, field) for cell in COLUMNS]
        metrics.append((f"{title}: every run, median, 95 % interval", runs, [stats.estimate(ys) for ys in runs]))
    costs = [(title, [counted[cell.key][field] for cell in COLUMNS]) for title, field in (
        ("allocations/request", "allocations_per_request"), ("bytes allocated/request", "allocated_bytes_per_request"))]
    plots.runs_and_costs(session.plot.with_name(f"{session.plot.name}_runs"), heading(session).partition("\n")[0], groups,
                         metrics, costs)
