"""A scenario that compares variants within a style: a table of costs, and the ratios of pairs of columns."""

from dataclasses import dataclass

from harness import comparison, plots, stats, styles, table
from harness.conclusion import Report

# (label, field, whether a higher value is better)
RATIOS = [("requests/s, first / second", "requests_per_s", True),
          ("CPU-us/request, second / first", "cpu_us_per_request", False),
          ("P99, second / first", "latency_p99_us", False)]
DIFFERENCE = "CPU-us/request, second - first"


@dataclass(frozen=True)
class Pair:
    """Two cells. If the first cell is better, the ratios of the pair are above 1."""

    heading: list
    first: object
    second: object


@dataclass(frozen=True)
class Plan:
    """again: a second cell with the same server and path as the first of `columns` (A/A).
    article: per column of the article its heading, as lines, and its figures by row label.
    originals, original_pairs, original_notes: what is added if the originals are measured."""

    title: str
    columns: list
    again: object
    pairs: list
    article: list
    notes: list
    originals: list = ()
    original_pairs: list = ()
    original_notes: list = ()

    def columns_of(self, options):
        return [*self.columns, *(self.originals if options.originals else [])]

    def pairs_of(self, options):
        """The last one is that of the A/A."""
        return [*self.pairs, *(self.original_pairs if options.originals else []),
                Pair(["A/A: the first", "against itself"], self.columns[0], self.again)]

    def notes_of(self, options):
        return [*self.notes, *(self.original_notes if options.originals else [])]


def article_column(style, title, figures):
    """An element of Plan.article, for a table of the article that has bytes per request and GC runs per second."""
    return (["article", style, title], {
        "bytes allocated/request": table.number(figures["allocated_bytes_per_request"]),
        "GC runs/s": table.number(figures["gc_runs_per_s"], 1)})


def measure(session, plan):
    session.say("counting allocations (in separate runs, because counting costs time)")
    columns = plan.columns_of(session.options)
    session.counted(columns)
    comparison.time_in_rounds(session, [*columns, plan.again])


def report(found, plan):
    counted, by_cell = found.counted, found.by_cell()
    columns = plan.columns_of(found.options)
    ratios = [(pair, pair_ratios(by_cell[pair.first.key], by_cell[pair.second.key])) for pair in plan.pairs_of(found.options)]
    heading = "\n".join([f"{comparison.heading(found, plan.title)}, {found.runs[0]['allocator']}", *comparison.originals_line(found)])
    notes = [comparison.HOW_TO_READ_RATIOS.format(better="the first of the pair is better"), *plan.notes_of(found.options),
             *comparison.power_note(by_cell[plan.columns[0].key], by_cell[plan.again.key]), *comparison.remarks(found, by_cell)]
    summary = [{"pair": [pair.first.key, pair.second.key], **{label: vars(value) for label, value in values.items()}}
               for pair, values in ratios]
    return Report(plan.title, [heading, cost_table(found.options, plan, by_cell, counted), ratio_table(ratios, by_cell), table.notes(notes)],
                  {"seed": found.options.seed, "ratios": summary}, lambda stem: draw(stem, heading, columns, by_cell, counted))


def pair_ratios(first, second):
    result = {}
    for label, field, more_is_better in RATIOS:
        a, b = ([record[field] for record in runs] for runs in (first, second))
        result[label] = stats.paired_ratio(a, b) if more_is_better else stats.paired_ratio(b, a)
    result[DIFFERENCE] = stats.paired_difference(*([record["cpu_us_per_request"] for record in runs]
                                                   for runs in (second, first)))
    return result


def cost_table(options, plan, by_cell, counted):
    columns = plan.columns_of(options)
    runs = [by_cell[cell.key] for cell in columns]

    def row(label, cells):
        return (label, *cells, *[figures.get(label.strip(), "") for _, figures in plan.article])

    def median_row(label, field, digits=0, scale=1.0):
        return row(label, [comparison.cell_text(table.number(comparison.median(cell, field) * scale, digits), field, cell) for cell in runs])

    def latency_row(label, field):
        return row(label, [comparison.cell_text(table.number(comparison.median(cell, field) / 1e3, 2), field, cell) for cell in runs])

    def count_row(label, field, digits):
        return row(label, [table.number(counted[cell.key][field], digits) for cell in columns])

    def rate_row(label, field):
        return row(label, comparison.rates_where_known(runs, field, 2))

    headers = [[""], *[[*cell.title.split(", "), cell.path] for cell in columns], *[lines for lines, _ in plan.article]]
    return table.Table(headers, [
        median_row("requests/s", "requests_per_s"),
        row("the limit was", [comparison.limit_of(cell) for cell in runs]),
        latency_row("latency P99, ms", "latency_p99_us"),
        median_row("CPU-us/request (user + system)", "cpu_us_per_request", 2),
        median_row("  of these in user mode", "user_us_per_request", 2),
        median_row("server's CPUs busy, %", "server_share", 0, 100),
        median_row("client's CPUs busy, %", "client_share", 0, 100),
        median_row("peak RSS, MB", "peak_rss_kib", 1, 1024 / 1e6),
        count_row("allocations/request", "allocations_per_request", 2),
        count_row("bytes allocated/request", "allocated_bytes_per_request", 1),
        comparison.reclamation(options),
        rate_row("  purge passes/s", "purge_passes"),
        rate_row("  madvise calls/s", "purge_calls"),
        rate_row("  GC runs/s", "gc_runs"),
        *([row("  mean GC pause, ms", comparison.mean_pauses(runs))] if options.originals else []),
        *[row(*one) for one in comparison.collector_rows(options, runs)],
    ])


def ratio_table(ratios, by_cell):
    noise = ratios[-1][1]
    rows = []
    for label, field, _ in [*RATIOS, (DIFFERENCE, "cpu_us_per_request", False)]:
        cells = []
        for pair, values in ratios:
            is_ratio = label != DIFFERENCE and values is not noise
            tie = "~ " if is_ratio and stats.is_tie(values[label], noise[label]) else ""
            both = by_cell[pair.first.key], by_cell[pair.second.key]
            cells.append(comparison.ratio_text(tie + table.interval(values[label]), field, *both))
        rows.append((label, *cells))
    headers = [["median ratio of the rounds", "[95 % bootstrap interval]"], *[pair.heading for pair, _ in ratios]]
    return table.Table(headers, rows)


def draw(stem, heading, columns, by_cell, counted):
    colours = {"on": "#1f77b4", "off": "#ff7f0e", **{router: style.colour for router, style in styles.SUBJECTS.items()}}
    groups = [(cell.title.replace(", ", "\n"), colours[cell.pool or cell.router]) for cell in columns]
    metrics = []
    for title, field in (("requests/s", "requests_per_s"), ("CPU-us/request", "cpu_us_per_request")):
        values = [[record[field] for record in by_cell[cell.key]] for cell in columns]
        metrics.append((f"{title}: every run, median, 95 % interval", values, [stats.estimate(ys) for ys in values]))
    costs = [(title, [counted[cell.key][field] for cell in columns]) for title, field in (
        ("allocations/request", "allocations_per_request"), ("bytes allocated/request", "allocated_bytes_per_request"))]
    plots.runs_and_costs(stem, heading.partition("\n")[0], groups, metrics, costs)
