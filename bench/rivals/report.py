"""Tables and a plot of the results."""

import platform
import re
import statistics
import subprocess

from harness import environment, stats, table
from rivals import build

PAGE = build.HERE / "README.md"
BLOCK = re.compile(r"(<!-- table.txt: written by bench/rivals/run --write -->\n).*?(<!-- end of table.txt -->)", re.DOTALL)
# Our router, and its original in Go.
PAIRS = {"duel-gin": "gin", "duel-beego": "beego", "duel-echo": "echo", "duel-nethttp121": "nethttp121", "duel-nethttp122": "nethttp122"}
ORDERS = ("sequential", "random")

TITLES = {"github": "GitHub, 203 routes", "static": "static, 157", "gplus": "GPlus, 13", "parse": "Parse, 26",
          "misses": "misses, GitHub's routes", "long": "parameters of 200 bytes",
          "grown20": "20 routes", "grown200": "200 routes", "grown2000": "2000 routes"}


class Results:
    """The times of each rival, set and order, one per round."""

    def __init__(self, runs):
        self.ns = {}
        for _, rival, name, order, ns in runs:
            self.ns.setdefault((rival, name, order), []).append(ns)

    def cell(self, rival, name, order):
        ns = self.ns.get((rival, name, order))
        return f"{min(ns):.1f}" if ns else "-"

    def holds(self, rival, names):
        """Whether the rival was measured with at least one of these sets."""
        return any(rival == other and name in names for other, name, _ in self.ns)

    def median(self, rival, name, order):
        return statistics.median(self.ns.get((rival, name, order), [float("nan")]))  # nan is not drawn

    def ratio(self, rival, other, name, order):
        """The stats.Estimate of the ratios of all rounds; None if one of both was not measured."""
        found = [self.ns.get((each, name, order)) for each in (rival, other)]
        return stats.paired_ratio(*found) if all(found) else None


def lines(results, rivals, missing, sets, grown, options):
    names = [rival.name for rival in rivals]
    yield f"{platform.system()} {platform.release()}, {_cpu()}, CPU {options.cpu}; {options.rounds} rounds of {options.slice_ms:g} ms"
    yield from (f"{rival.name}: {rival.what}" for rival in rivals)
    yield from (f"{name}: not measured: {why}" for name, why in missing.items())
    yield ""
    yield "ns per lookup, minimum of the rounds"
    yield _table(results, names, sets)
    yield ""
    yield "The same with a growing number of routes (ten per resource of a REST service)"
    yield _table(results, names, grown)
    pairs = [(ours, original) for ours, original in PAIRS.items() if ours in names and original in names]
    if pairs:
        yield ""
        yield "Each style of this project beside its original in Go: ns per lookup (minimum), and the median of the ratios of the rounds"
        yield _pair_table(results, pairs, sets + grown)
        yield _highest_ratio(results, pairs, sets + grown)
    if "duel-gin" in names:
        yield ""
        yield "Compile cost of a route list in the Gin style: object files, including the code that measures (5 KiB, about 1 s)"
        yield _compile_table(("github", "static") + grown)


def _table(results, names, sets):
    names = [name for name in names if results.holds(name, sets[:1])]  # one of a single set would be a column of dashes
    compare = "duel-gin" in names and "matchit" in names
    headers = [["lookups"], ["order"]] + [name.split("-") for name in names] + ([["gin of", "matchit"]] if compare else [])
    rows = []
    for name in sets:
        for order in ORDERS:
            cells = [results.cell(rival, name, order) for rival in names]
            if compare:
                cells.append(f"{results.ratio('duel-gin', 'matchit', name, order).median:.2f}")
            rows.append((TITLES[name], order, *cells))
    return table.render(headers, rows)


def _pair_table(results, pairs, sets):
    headers = [["lookups"], ["order"]] + [column for _, original in pairs for column in ([original, "here"], ["", "Go"], ["", "ratio"])]
    rows = []
    for name in sets:
        for order in ORDERS:
            cells = []
            for pair in pairs:
                ratio = results.ratio(*pair, name, order)
                cells += [*(results.cell(rival, name, order) for rival in pair), f"{ratio.median:.2f}" if ratio else "-"]
            rows.append((TITLES[name], order, *cells))
    return table.render(headers, rows)


def _highest_ratio(results, pairs, sets):
    """A sentence: whether a style is slower than its original, and where it is closest to it."""
    found = [(results.ratio(*pair, name, order), pair[0], TITLES[name], order) for pair in pairs for name in sets for order in ORDERS]
    ratio, ours, title, order = max((each for each in found if each[0]), key=lambda each: each[0].median)
    slower = sum(1 for each in found if each[0] and each[0].median > 1)
    verdict = "No style is slower than its original" if not slower else f"A style is slower than its original in {table.count(slower, 'row')}"
    return f"{verdict}: the highest ratio is {table.interval(ratio)}, of {ours} ({title}, {order})."


def write_page(text, page=PAGE):
    """Replaces the tables of README.md. `text` is that of table.txt."""
    block = f"```\n$ bench/rivals/run --write    # commit {environment.commit()[:12]}\n{text}\n```\n"
    found, count = BLOCK.subn(lambda match: match[1] + block + match[2], page.read_text(encoding="utf-8"))
    if count != 1:
        raise build.BuildError(f"{page} has no place for the tables; add the two comments of BLOCK in bench/rivals/report.py")
    page.write_text(found, encoding="utf-8")


def _compile_table(sets):
    rows = []
    for name in sets:
        seconds, kilobytes = (build.CC / f"{name}.compile").read_text(encoding="ascii").split()
        text, read_only = _sizes(build.CC / "CMakeFiles" / f"rival_duel_gin_{name}.dir" / "cc" / "duel_gin.cc.o")
        rows.append((TITLES[name], seconds, f"{int(kilobytes) / 1024:.0f}", f"{text / 1024:.1f}", f"{read_only / 1024:.1f}"))
    return table.render([["routes"], ["CPU s"], ["compiler's MiB"], [".text KiB"], [".rodata KiB"]], rows)


def _sizes(made):
    """Returns the sizes of code and constants. Reads the object file, because the program also contains the C++ runtime."""
    listing = subprocess.run(["size", "-A", made], capture_output=True, text=True, check=True).stdout
    sizes = re.findall(r"^(\.(?:text|rodata|data\.rel\.ro))\S*\s+(\d+)", listing, re.MULTILINE)
    text = sum(int(size) for section, size in sizes if section == ".text")
    return text, sum(int(size) for _, size in sizes) - text


def _cpu():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        found = re.search(r"model name\s*:\s*(.*)", file.read())
    return found[1].strip() if found else platform.machine()


def _colours(names, plt):
    """{name: colour} in the order of drawing: a style and its original stand side by side, dark and light."""
    colours, hues = {}, plt.get_cmap("tab20").colors
    for i, pair in enumerate(PAIRS.items()):
        colours.update({name: colour for name, colour in zip(pair, hues[2 * i:]) if name in names})
    colours.update(zip((name for name in names if name not in colours), ("black", "goldenrod", "sienna", "gray")))
    return colours


def draw(results, rivals, grown, plt):
    """Returns the figure: bars for some sets, and lines for the growing sets."""
    colours = _colours([rival.name for rival in rivals], plt)
    figure, panels = plt.subplots(2, 2, figsize=(12, 9), sharey="row")
    for column, order in enumerate(ORDERS):
        bars, growth = panels[0][column], panels[1][column]
        sets = ("github", "static", "gplus", "parse", "misses")
        width = 0.8 / len(colours)
        for i, (name, colour) in enumerate(colours.items()):
            heights = [results.median(name, which, order) for which in sets]
            bars.bar([x + (i - (len(colours) - 1) / 2) * width for x in range(len(sets))], heights, width, label=name, color=colour)
            routes = [int(which.removeprefix("grown")) for which in grown]
            growth.plot(routes, [results.median(name, which, order) for which in grown], "o-", label=name, color=colour)
        bars.set_xticks(range(len(sets)), sets)
        bars.set_title(f"ns per lookup, {order} order")
        growth.set_xscale("log")
        growth.set_xticks(routes, routes)
        growth.set_xlabel("routes")
        growth.set_title(f"ns per lookup by number of routes, {order} order")
        for panel in (bars, growth):
            panel.set_yscale("log")
            panel.yaxis.set_major_formatter("{x:g}")
            panel.grid(axis="y", alpha=0.3, which="both")
            panel.set_axisbelow(True)
        bars.set_ylim(bottom=1)
    figure.legend(*panels[0][0].get_legend_handles_labels(), loc="lower center", ncols=7, frameon=False)
    figure.tight_layout(rect=(0, 0.07, 1, 1))  # the legend is below the panels
    return figure


def plot(results, rivals, grown, to):
    """Writes the plot. Returns a sentence with its path, or with the reason why there is none."""
    try:
        import matplotlib
        matplotlib.use("Agg")  # no display is needed
        import matplotlib.pyplot as plt
    except ImportError as error:
        return f"No plot: {error} (install Debian's python3-matplotlib)"
    figure = draw(results, rivals, grown, plt)
    figure.savefig(to, dpi=110)
    plt.close(figure)
    return f"Plot: {to.relative_to(build.ROOT)}"
