"""router_style (S1, the article's chapter 1): a short answer in the Gin style and in the Beego style, in a closed loop."""

from harness import article, comparison, plots, stats, styles, table
from harness.comparison import ARTICLE_SECONDS
from harness.errors import HarnessError
from harness.session import Cell

DESCRIPTION = "What does a router style cost? Latency, CPU time, memory and allocations of both styles"

GIN_TEXT = Cell("gin_text", "Gin text", "gin", "/ping")
GIN_AGAIN = Cell("gin_text_again", "Gin text again", "gin", "/ping")
GIN_JSON = Cell("gin_json", "Gin JSON", "gin", "/json")
BEEGO_TEXT = Cell("beego_text", "Beego text", "beego", "/ping")
BEEGO_JSON = Cell("beego_json", "Beego JSON", "beego", "/json")
COLUMNS = [GIN_TEXT, BEEGO_TEXT, GIN_JSON, BEEGO_JSON]
TIMED = [*COLUMNS, GIN_AGAIN]

# (heading, Gin's cell, Beego's cell)
PAIRS = [("text/text", GIN_TEXT, BEEGO_TEXT), ("JSON/JSON", GIN_JSON, BEEGO_JSON),
         ("Gin text/Beego JSON", GIN_TEXT, BEEGO_JSON)]
# (label, field, whether a higher value is better, field of article.ROUTER_STYLE)
RATIOS = [("requests/s, Gin / Beego", "requests_per_s", True, "requests_per_s"),
          ("CPU-us/request, Beego / Gin", "cpu_us_per_request", False, None),
          ("P99, Beego / Gin", "latency_p99_us", False, None),
          ("peak RSS, Beego / Gin", "peak_rss_kib", False, "peak_rss_mb")]

defaults = comparison.defaults


def run(session):
    """Measures, prints and records; returns the table's text."""
    check_same_bytes(session)
    session.say("counting allocations (in separate runs, because counting costs time)")
    counted = session.counted([GIN_TEXT, GIN_JSON, BEEGO_TEXT, BEEGO_JSON])
    by_cell = comparison.time_in_rounds(session, TIMED)

    ratios = {heading: pair_ratios(by_cell[gin.key], by_cell[beego.key]) for heading, gin, beego in PAIRS}
    ratios["A/A"] = pair_ratios(by_cell[GIN_TEXT.key], by_cell[GIN_AGAIN.key])
    text = "\n\n".join([
        heading(session), cost_table(by_cell, counted), ratio_table(ratios, by_cell), notes(session, by_cell)])
    session.records.finish({"seed": session.options.seed, "ratios": {
        name: {label: vars(value) for label, value in values.items()} for name, values in ratios.items()}}, text)
    draw(session, by_cell, counted)
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


def pair_ratios(gin, beego):
    """{label: Estimate}: ratios that are above 1 where Gin is better, and the difference in CPU-us/request."""
    result = {}
    for label, field, more_is_better, _ in RATIOS:
        a, b = ([record[field] for record in runs] for runs in (gin, beego))
        result[label] = stats.paired_ratio(a, b) if more_is_better else stats.paired_ratio(b, a)
    cpu = [[record["cpu_us_per_request"] for record in runs] for runs in (beego, gin)]
    result["CPU-us/request, Beego - Gin"] = stats.paired_difference(*cpu)
    return result


def heading(session):
    return (f"{comparison.heading(session, 'Router style (S1)')}\n{comparison.allocator_and_contexts(session)}")


def cost_table(by_cell, counted):
    def median(cell, field):
        return comparison.median(by_cell[cell.key], field)

    def text(cell, field, value, digits):
        return comparison.cell_text(table.number(value, digits), field, by_cell[cell.key])

    def row(label, field, digits=0, scale=1.0, article_field=None, article_digits=0):
        cells = [text(cell, field, median(cell, field) * scale, digits) for cell in COLUMNS]
        return (label, *cells, *article_cells(article_field, article_digits))

    def article_cells(field, digits):
        return [table.number(article.ROUTER_STYLE[router][field], digits) if field else "" for router in ("gin", "beego")]

    def latency_row(label, field):
        return (label, *[text(cell, field, median(cell, field) / 1e3, 2) for cell in COLUMNS], "", "")

    def count_row(label, field, digits):
        return (label, *[table.number(counted[cell.key][field], digits) for cell in COLUMNS], "", "")

    def per_article_run(label, field):
        rates = [comparison.per_second(by_cell[cell.key], field) for cell in COLUMNS]
        return (label, *[table.number(rate * ARTICLE_SECONDS, 1) for rate in rates], "", "")

    nothing = ["n/a"] * len(COLUMNS)
    headers = [[""], *[[*cell.title.split(), cell.path] for cell in COLUMNS], ["article", "Gin"], ["article", "Beego"]]
    rows = [
        row("requests/s", "requests_per_s", article_field="requests_per_s"),
        ("  the limit was", *[comparison.limit_of(by_cell[cell.key]) for cell in COLUMNS], "", ""),
        latency_row("latency P50, ms", "latency_p50_us"),
        latency_row("latency P99, ms", "latency_p99_us"),
        row("CPU-us/request (user + system)", "cpu_us_per_request", 2),
        row("  of these in user mode", "user_us_per_request", 2),
        row("server's CPUs busy, %", "server_share", 0, 100),
        row("client's CPUs busy, %", "client_share", 0, 100),
        row("peak RSS, MB", "peak_rss_kib", 1, 1024 / 1e6, "peak_rss_mb", 1),
        row("  anonymous at the end, MB", "anonymous_kib", 1, 1024 / 1e6),
        count_row("allocations/request", "allocations_per_request", 2),
        count_row("bytes allocated/request", "allocated_bytes_per_request", 1),
        "reclamation work (no garbage collector here)",
        per_article_run("  purge passes in 60 s", "purge_passes"),
        per_article_run("  madvise calls in 60 s", "purge_calls"),
        row("  minor faults/1000 requests", "minor_faults_per_request", 2, 1000),
        ("  GC runs in 60 s", *nothing, *article_cells("gc_runs", 0)),
        ("  mean GC pause, ms", *nothing, *article_cells("gc_pause_ms", 2)),
    ]
    return table.render(headers, rows)


def ratio_table(ratios, by_cell):
    noise = ratios["A/A"]
    both = {name: (by_cell[gin.key], by_cell[beego.key]) for name, gin, beego in [*PAIRS, ("A/A", GIN_TEXT, GIN_AGAIN)]}
    rows = []
    for label, field, more_is_better, article_field in RATIOS:
        cells = []
        for name, values in ratios.items():
            tie = "~ " if name != "A/A" and stats.is_tie(values[label], noise[label]) else ""
            cells.append(comparison.ratio_text(tie + table.interval(values[label]), field, *both[name]))
        rows.append((label, *cells, article_ratio(article_field, more_is_better)))
    label = "CPU-us/request, Beego - Gin"
    rows.append((label, *[table.interval(values[label]) for values in ratios.values()], ""))
    headers = [["median ratio of the rounds", "[95 % bootstrap interval]"], *[[name] for name, _, _ in PAIRS],
               ["A/A: Gin text", "against itself"], ["article"]]
    return table.render(headers, rows)


def article_ratio(field, more_is_better):
    if field is None:
        return ""
    gin, beego = article.ROUTER_STYLE["gin"][field], article.ROUTER_STYLE["beego"][field]
    return table.number(gin / beego if more_is_better else beego / gin, 2)


def notes(session, by_cell):
    return table.notes([
        comparison.HOW_TO_READ_RATIOS.format(better="Gin is better"),
        "The article compares Gin's text with Beego's JSON. The columns text/text and JSON/JSON compare like with like.",
        *comparison.power_note(by_cell[GIN_TEXT.key], by_cell[GIN_AGAIN.key]), *comparison.remarks(session, by_cell)])


def draw(session, by_cell, counted):
    """Two plots: the picture of the README, and one with every run of every column."""
    def values(cell, field):
        return [record[field] for record in by_cell[cell.key]]

    def timed(cell, field):
        estimate = stats.estimate(values(cell, field))
        return estimate, estimate.median, values(cell, field)

    kinds = {f"text\nGET {GIN_TEXT.path}": (GIN_TEXT, BEEGO_TEXT), f"JSON\nGET {GIN_JSON.path}": (GIN_JSON, BEEGO_JSON)}
    facts, options = session.environment, session.options
    plots.styles(
        session.plot, "What a router style costs: the same HTTP core, the same bytes answered",
        f"Bar: median of {options.rounds} runs of {options.seconds} s. Dot: one run. Black line: 95 % bootstrap interval. "
        f"wrk -t{options.wrk_threads} -c{options.connections}, {facts['cpu_model']}, Linux {facts['kernel']}.",
        [("CPU time of the server per request (lower is better)", "microseconds per request", 2, {
            kind: {cell.router: timed(cell, "cpu_us_per_request") for cell in cells} for kind, cells in kinds.items()}),
         ("Memory allocations per request (exact count)", "allocations per request", 0, {
             kind: {cell.router: (None, counted[cell.key]["allocations_per_request"], []) for cell in cells}
             for kind, cells in kinds.items()})])

    groups = [(cell.title, styles.COLOURS[cell.router]) for cell in COLUMNS]
    metrics = []
    for title, field in (("requests/s", "requests_per_s"), ("CPU-us/request", "cpu_us_per_request")):
        runs = [values(cell, field) for cell in COLUMNS]
        metrics.append((f"{title}: every run, median, 95 % interval", runs, [stats.estimate(ys) for ys in runs]))
    costs = [(title, [counted[cell.key][field] for cell in COLUMNS]) for title, field in (
        ("allocations/request", "allocations_per_request"), ("bytes allocated/request", "allocated_bytes_per_request"))]
    plots.runs_and_costs(session.plot.with_name(f"{session.plot.name}_runs"), heading(session).partition("\n")[0], groups,
                         metrics, costs)
