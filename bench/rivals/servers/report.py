"""The page docs/rivals.md and its plot, from the runs."""

import statistics

from harness import environment, stats, table
from harness.environment import ROOT
from rivals.servers import catalogue, loads, measuring

PAGE = ROOT / "docs" / "rivals.md"
PLOT = ROOT / "docs" / "rivals.svg"
NOT_LIMIT = "*"
BASE = "null"
COMPARED = "of duel-gin's"
OURS = "duel-gin"
PLOTTED = ("ping-64", "ping-512", "ping-64x16")


class Results:
    def __init__(self, session):
        self.session = session
        self._runs = {}
        for run in session.runs:
            if not run["invalid"]:
                self._runs.setdefault((run["server"], run["load"]), []).append(run)
        self.names = [name for name in session.names if any(server == name for server, _ in self._runs)]
        self.scores = measuring.known_scores()

    def runs(self, name, load):
        return self._runs.get((name, load), [])

    def estimate(self, name, load, figure):
        values = [run[figure] for run in self.runs(name, load)]
        return stats.estimate(values) if values else None

    def ratio(self, name, other, load, figure="cpu_us_per_request"):
        """Of the rounds that both have; None if there are none."""
        mine, theirs = ({run["round"]: run[figure] for run in self.runs(each, load)} for each in (name, other))
        both = sorted(mine.keys() & theirs.keys())
        return stats.paired_ratio([mine[number] for number in both], [theirs[number] for number in both]) if both else None

    def peak_mb(self, name):
        peaks = [run["peak_rss_kib"] for run in self.runs(name, loads.PEAK_AFTER)]
        return statistics.median(peaks) * 1024 / 1e6 if peaks else None


def text(results, options):
    chosen = options.loads
    facts = environment.describe_client(options.cpus[1])
    lines = [
        f"Servers side by side: {facts['cpu_model']}, Linux {facts['kernel']}, server on CPU {','.join(map(str, options.cpus[0]))}, duel-load on CPU "
        f"{','.join(map(str, options.cpus[1]))}; {table.count(options.rounds, 'round')} of {options.seconds:g} s per load, medians", "",
        _table(results, chosen), "", table.notes(_notes(results, options))]
    return "\n".join(lines)


def _table(results, chosen):
    headers = [["server"], ["figure"], *(load.name.split("-") for load in chosen), ["peak RSS,", "MB"], ["bytes per", "idle conn."],
               ["HTTP:", "MUST"], ["HTTP:", "SHOULD"]]
    rows = []
    for name in results.names:
        rates, costs, ratios = ([each(results, name, load) for load in chosen] for each in (_rate, _cost, _ratio))
        score = results.scores.get(name)
        must, should = (f"{score[level][0]} of {score[level][1]}" for level in ("must", "should")) if score else ("-", "-")
        rows.append((name, "requests/s", *rates, table.number(results.peak_mb(name), 1), table.number(results.session.idle_bytes.get(name)), must, should))
        rows.append(("", "CPU-us/request", *costs, "", "", "", ""))
        if name != OURS and any(ratios):
            rows.append(("", COMPARED, *ratios, "", "", "", ""))
    return table.render(headers, rows)


def _rate(results, name, load):
    found = results.estimate(name, load.name, "requests_per_s")
    if found is None:
        return "cannot" if load.kind in catalogue.ALL[name].cannot else "-"
    limits = [run["limit"] for run in results.runs(name, load.name)]
    return f"{found.median:,.0f}" + (NOT_LIMIT if limits.count("server") * 2 <= len(limits) else "")


def _cost(results, name, load):
    found = results.estimate(name, load.name, "cpu_us_per_request")
    if found is None:
        return ""
    return f"{found.median:.2f}"


def _ratio(results, name, load):
    found = results.ratio(name, OURS, load.name)
    return table.interval(found) if found else ""


def _notes(results, options):
    yield ("The name of a load is the path, the connections, and x the requests in flight per connection: 1k and 100k are bodies of 1,024 and 102,400 "
           "bytes, echo is POST with 64 bytes.")
    yield (f"CPU-us/request is the CPU time of the whole process, user and kernel, per answered request. {COMPARED}: "
           "the ratio to duel-gin's in the same rounds, with its 95 % bootstrap interval. A slow phase of the machine meets both. "
           f"{NOT_LIMIT} The server was not the limit, so requests/s are no result about it; CPU-us/request is.")
    again = results.ratio(f"{OURS}-again", OURS, options.loads[0].name)
    if again:
        yield f"A/A, {OURS} against itself ({options.loads[0].name}): {table.interval(again)} of its CPU time. Differences of this size are noise."
    yield (f"Peak RSS: after {loads.PEAK_AFTER}. Bytes per idle connection: resident memory that {options.idle:,} connections add, each after one answer; "
           "memory of the kernel is not included.")
    yield ("HTTP: cases of tests/data/conformance that the server passes, without those about files and about paths that it has not. A missing Date or "
           "Content-Type does not count, and where a case expects an error, any error or the end of the connection is "
           "right. The cases expect the stricter answer where the RFCs allow two (README.md there), and this project is developed with them.")
    for name in results.names:
        for kind, why in catalogue.ALL[name].cannot.items():
            if name != BASE and any(load.kind == kind for load in options.loads):
                yield f"{name} cannot {kind}: {why}."
    for name, why in {**options.missing, **results.session.failed}.items():
        yield f"{name}: not measured: {why}."


def page(results, options):
    """docs/rivals.md."""
    session = results.session
    servers = "\n".join(f"| {name} | {catalogue.ALL[name].what} | {session.found[name][0]} | {catalogue.ALL[name].bodies} |" for name in results.names)
    return f"""# Servers of other projects

<!-- written by bench/rivals/servers/run --write -->
This page is written by `{options.command_line}` at commit {environment.commit()[:12]}.
[bench/rivals/servers](../bench/rivals/servers/README.md) says how the servers are built and measured.

```
{text(results, options)}
```

![CPU time per request, and HTTP cases passed](rivals.svg)

| server | what it is | version | its bodies come from |
|---|---|---|---|
{servers}
"""


def plot(results, options, to):
    """Two panels: CPU time per request of three loads; and CPU time against the cases of HTTP that a server passes."""
    import matplotlib
    matplotlib.use("Agg")  # no display is needed
    matplotlib.rcParams["svg.hashsalt"] = "duel"  # the same data give the same file
    import matplotlib.pyplot as plt
    chosen = [load.name for load in options.loads if load.name in PLOTTED] or [options.loads[0].name]
    names = [name for name in results.names if results.runs(name, chosen[0])]
    names.sort(key=lambda name: results.estimate(name, chosen[0], "cpu_us_per_request").median, reverse=True)
    figure, (costs, strict) = plt.subplots(1, 2, figsize=(14, 0.42 * len(names) + 2), width_ratios=(3, 2))
    _plot_costs(costs, results, names, chosen)
    _plot_strictness(strict, results, names, chosen[0])
    for panel in (costs, strict):
        panel.set_xscale("log")
        panel.xaxis.set_major_formatter("{x:g}")
        panel.xaxis.set_minor_formatter("{x:g}")
        panel.tick_params(axis="x", which="minor", labelsize=7)
        panel.grid(alpha=0.3)
        panel.set_axisbelow(True)
    figure.tight_layout()
    figure.savefig(to, metadata={"Date": None})
    plt.close(figure)


def _plot_costs(panel, results, names, loads):
    """Dots, because the length of a bar means nothing on a logarithmic axis."""
    for place, load in enumerate(loads):
        found = {y: results.estimate(name, load, "cpu_us_per_request") for y, name in enumerate(names)}
        found = {y: estimate for y, estimate in found.items() if estimate is not None}
        rows = [y + (place - (len(loads) - 1) / 2) * -0.8 / len(loads) for y in found]
        panel.plot([estimate.median for estimate in found.values()], rows, "o", markersize=5, color=f"C{place}", label=load)
        for row, estimate in zip(rows, found.values()):
            panel.annotate(f"{estimate.median:.2f}", (estimate.median, row), xytext=(5, 0), textcoords="offset points", va="center", fontsize=7)
    panel.set_yticks(range(len(names)), names)
    panel.set_xlabel("CPU-us/request, logarithmic; left is better")
    panel.margins(x=0.12)
    panel.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=len(loads), frameon=False, fontsize=8)


def _plot_strictness(panel, results, names, load):
    judged = [name for name in names if name in results.scores and name != f"{OURS}-again"]
    for number, name in enumerate(judged):
        score = results.scores[name]
        passed = (score["must"][0] + score["should"][0]) / (score["must"][1] + score["should"][1])
        cost = results.estimate(name, load, "cpu_us_per_request").median
        panel.plot([cost], [passed * 100], "o", color="#d62728" if name.startswith("duel") else "#555555")
        above = 3 if number % 2 else -10  # neighbours in cost
        panel.annotate(name, (cost, passed * 100), xytext=(4, above), textcoords="offset points", fontsize=8)
    panel.set(xlabel=f"CPU-us/request of {load}; left is better", ylabel="cases of HTTP passed, %; up is better", ylim=(None, 103))
    panel.margins(x=0.15)
    if not judged:
        panel.set_title("no server was judged; run with --conformance", fontsize=9)
